/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds a text of a request.
 *
 * weftgen: app_state lasts as long as the program, but "motto" is str
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    database *db;
    str motto;
} app_state;
