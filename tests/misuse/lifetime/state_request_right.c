/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds what it needs to know of one.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    database *db;
    uuid newest_id;
} app_state;
