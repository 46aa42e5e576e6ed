/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the state points to holds texts of its own.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

struct entry {
    struct entry *next;
    kept_str name;
};

struct cache {
    struct entry *newest;
};

DERIVE(state)
typedef struct app_state {
    database *db;
    struct cache *cache;
} app_state;
