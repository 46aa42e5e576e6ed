/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds a text of its own.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    database *db;
    kept_str motto;
} app_state;
