/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What lasts cannot hold what belongs to a request.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
} user;
ARRAY_OF(user);

struct entry {
    struct entry *next;
    user user;
};

struct cache {
    mutex lock;
    struct entry *newest;
};

DERIVE(state)
typedef struct app_state {
    database *db;
    str motto;
} app_state;

DERIVE(state)
typedef struct other_state {
    struct cache *cache;
} other_state;

DERIVE(state)
typedef struct third_state {
    OPTIONAL(bytes) picture;
} third_state;

DERIVE(state)
typedef struct fourth_state {
    request *last;
} fourth_state;

DERIVE(state)
typedef struct fifth_state {
    ARRAY(user) users;
} fifth_state;
