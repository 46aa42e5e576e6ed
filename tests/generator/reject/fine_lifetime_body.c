/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Texts that live long enough.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    str name;
} user;
CURSOR_OF(user);

SQL("SELECT id, name FROM authors ORDER BY id")
db_result each_user(database *db, CURSOR(user) * rows);

static bool greater(str a, str b)
{
    return a.len > b.len;
}

http_status longest(database *db, arena *memory, user *out, int64_t *sum);
http_status longest(database *db, arena *memory, user *out, int64_t *sum)
{
    CURSOR(user) rows;
    char text[32] = "nobody";
    static char before[8];
    TRY(each_user(db, &rows));
    bool copied = weft_arena_copy(memory, weft_str_from(text), &out->name);
    for (user one, two; copied && cursor_next(&rows, &one);) {
        two = one;
        str here = two.name;
        *sum += one.id;
        out->id = one.id;
        text[0] = (char)(here.len != 0 ? AT(here, 0) : ' ');
        if (greater(here, out->name))
            copied = weft_arena_copy(memory, here, &out->name);
    }
    str view = {text, 6};
    view = STR("somebody");
    out->name = greater(view, out->name) ? view : out->name;
    out->name = weft_str_from(before);
    struct {
        str text;
    } local;
    local.text = weft_str_from(text);
    bool same = local.text.len == out->name.len;
    TRY(cursor_close(&rows));
    return same ? HTTP_OK : HTTP_NOT_FOUND;
}

static const char *greeting;

struct board {
    const char *motto;
    size_t len;
};

DERIVE(state)
typedef struct app_state {
    struct board *board;
} app_state;

str shorter(str a, const user *b);
str shorter(str a, const user *b)
{
    return a.len < b->name.len ? a : b->name;
}

http_status set_len(const app_state *state, str name, user *out);
http_status set_len(const app_state *state, str name, user *out)
{
    const char *start = name.at;
    state->board->len = name.len;
    state->board->motto = "none";
    greeting = state->board->motto;
    *out = (user){.id = *start, .name = name};
    start = greeting;
    greeting = start;
    return HTTP_OK;
}
