/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds a row, whose texts are a request's.
 *
 * weftgen: but "newest.name" is str, which ends with its request
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
    user newest;
} app_state;
