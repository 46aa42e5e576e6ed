/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A tag that is no enum; two tags; a tag that may be absent.
 */
#include <weft/prelude.h>

typedef enum kind { KIND_CIRCLE, KIND_DISC } kind;

DERIVE(json)
typedef struct circle {
    double radius;
} circle;

DERIVE(json)
typedef struct numbered {
    int32_t kind TAG;
    union {
        circle circle;
        circle disc;
    };
} numbered;

DERIVE(json)
typedef struct twice {
    kind kind TAG;
    kind other TAG;
    union {
        circle circle;
        circle disc;
    };
} twice;

DERIVE(json)
typedef struct guessed {
    kind kind TAG DEFAULT(KIND_DISC);
    union {
        circle circle;
        circle disc;
    };
} guessed;
