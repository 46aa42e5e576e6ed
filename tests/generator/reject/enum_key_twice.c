/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two enumerators with one name outside C.
 */
#include <weft/prelude.h>

typedef enum color { COLOR_RED, COLOR_ROUGE RENAME("red") } color;

DERIVE(json)
typedef struct car {
    color paint;
} car;
