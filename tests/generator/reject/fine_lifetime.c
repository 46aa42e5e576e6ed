/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What lasts holds what lasts.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct user {
    int32_t id;
    str name;
} user;

struct entry {
    struct entry *next;
    kept_str name;
    int32_t id;
};

DERIVE(state)
typedef struct app_state {
    database *db;
    kept_str motto;
    const char *greeting;
    struct entry *first;
    uuid boot;
    OPTIONAL(timestamp) since;
    FILE *log;
} app_state;

static const str empty = {"", 0};
static const user nobody = {.id = 0};
static int32_t visits;
static kept_str last_name;
static struct entry *first_entry;
static app_state state;

http_status greet(str name);

http_status greet(str name)
{
    static int32_t before;
    str text = name.len != 0 ? name : empty;
    before += (int32_t)text.len + nobody.id + visits + (first_entry != NULL) + (state.db != NULL);
    return before > 7 ? HTTP_OK : kept_set(&last_name, text) == WEFT_OK ? HTTP_OK : HTTP_CONFLICT;
}
