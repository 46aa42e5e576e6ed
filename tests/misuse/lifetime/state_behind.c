/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the state points to holds a text of a request.
 *
 * weftgen: but "cache.newest.name" is str
 */
#include <weft/prelude.h>

struct entry {
    struct entry *next;
    str name;
};

struct cache {
    struct entry *newest;
};

DERIVE(state)
typedef struct app_state {
    database *db;
    struct cache *cache;
} app_state;
