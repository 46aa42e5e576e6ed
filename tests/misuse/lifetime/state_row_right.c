/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds what it copies of a row.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
} user;

DERIVE(state)
typedef struct app_state {
    database *db;
    int32_t newest_id;
    kept_str newest_name;
} app_state;
