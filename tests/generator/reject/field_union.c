/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A union does not say which member holds.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
    union {
        int64_t number;
        double real;
    } born;
} author;
