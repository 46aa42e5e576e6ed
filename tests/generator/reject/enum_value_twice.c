/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One value with two names outside C.
 */
#include <weft/prelude.h>

typedef enum color { COLOR_RED = 1, COLOR_BLUE = 2, COLOR_AZURE = 2 } color;

DERIVE(json)
typedef struct car {
    color paint;
} car;
