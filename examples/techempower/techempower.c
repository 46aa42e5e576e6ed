/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The six endpoints of the TechEmpower benchmarks, to their rules: each row is read by a SELECT of
 * its own, new numbers are written by one UPDATE, fortunes are sorted and escaped anew for each
 * request. On PostgreSQL or SQLite, as DATABASE_URL says.
 */
#include <weft/prelude.h>

enum { WORLDS = 10000, QUERIES_MAX = 500 };

DERIVE(json)
typedef struct greeting {
    str message;
} greeting;

DERIVE(json, row)
typedef struct world {
    int32_t id;
    int32_t random_number RENAME("randomNumber");
} world;
ARRAY_OF(world);

DERIVE(row)
typedef struct fortune {
    int32_t id;
    str message;
} fortune;
ARRAY_OF(fortune);

DERIVE(state)
typedef struct app_state {
    database *db;
} app_state;

SQL("SELECT id, randomNumber AS \"randomNumber\" FROM world WHERE id = $1")
http_status find_world(database *db, int32_t id, world *row);

SQL("UPDATE world SET randomNumber = :worlds.random_number FROM :worlds WHERE id = :worlds.id")
http_status update_worlds(database *db, const ARRAY(world) *worlds);

SQL("SELECT id, message FROM fortune")
http_status all_fortunes(database *db, ARRAY(fortune) *rows);

/* ---- numbers --------------------------------------------------------------------------------- */

/* 1 to WORLDS; xorshift, of each thread's own. */
static int32_t random_id(void)
{
    static _Thread_local uint64_t state;
    if (state == 0)
        state = (uint64_t)weft_clock_now() ^ (uint64_t)(uintptr_t)&state;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int32_t)(state % WORLDS) + 1;
}

/* What is missing or no number is 1. */
static size_t count_of(str queries)
{
    int64_t count = 1;
    if (!weft_text_to_i64(queries, INT64_MIN, INT64_MAX, &count) || count < 1)
        return 1;
    return count > QUERIES_MAX ? QUERIES_MAX : (size_t)count;
}

/* ---- endpoints ------------------------------------------------------------------------------- */

static http_status plaintext(response *res)
{
    TRY(response_text(res, STR("Hello, World!")));
    return HTTP_OK;
}

static http_status json(greeting *out)
{
    out->message = STR("Hello, World!");
    return HTTP_OK;
}

static http_status db(const app_state *state, world *out)
{
    return find_world(state->db, random_id(), out);
}

static http_status read_worlds(database *db, size_t count, arena *memory, ARRAY(world) *out)
{
    *out = (ARRAY(world)){WEFT_NEW_ARRAY(memory, world, count), count};
    if (out->at == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    for (size_t i = 0; i < count; i++)
        TRY(find_world(db, random_id(), &out->at[i]));
    return HTTP_OK;
}

static http_status queries(const app_state *state, str count RENAME("queries") DEFAULT(""),
                           arena *memory, ARRAY(world) *out)
{
    return read_worlds(state->db, count_of(count), memory, out);
}

static int by_id(const void *a, const void *b)
{
    const world *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

/* Rows are locked in the order of their ids, so that no two requests wait for each other; one
 * that was read twice gets one number. */
static void renumber(ARRAY(world) *worlds)
{
    qsort(worlds->at, worlds->len, sizeof(world), by_id);
    for (size_t i = 0; i < worlds->len; i++) {
        world *this = &worlds->at[i];
        bool again = i > 0 && this->id == this[-1].id;
        this->random_number = again ? this[-1].random_number : random_id();
    }
}

static http_status updates(const app_state *state, str count RENAME("queries") DEFAULT(""),
                           arena *memory, ARRAY(world) *out)
{
    TRY(read_worlds(state->db, count_of(count), memory, out));
    renumber(out);
    TRY(update_worlds(state->db, out));
    return HTTP_OK;
}

/* ---- fortunes -------------------------------------------------------------------------------- */

static int by_message(const void *a, const void *b)
{
    str left = ((const fortune *)a)->message, right = ((const fortune *)b)->message;
    size_t shorter = left.len < right.len ? left.len : right.len;
    int order = memcmp(left.at, right.at, shorter);
    return order != 0 ? order : (left.len > right.len) - (left.len < right.len);
}

static void append_escaped(weft_buffer *to, str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.at[i]) {
        case '<': weft_buffer_append_str(to, STR("&lt;")); break;
        case '>': weft_buffer_append_str(to, STR("&gt;")); break;
        case '&': weft_buffer_append_str(to, STR("&amp;")); break;
        case '"': weft_buffer_append_str(to, STR("&quot;")); break;
        case '\'': weft_buffer_append_str(to, STR("&#39;")); break;
        default: weft_buffer_append(to, &text.at[i], 1); break;
        }
}

static http_status fortunes(const app_state *state, arena *memory, response *res)
{
    ARRAY(fortune) read;
    TRY(all_fortunes(state->db, &read));
    fortune *all = WEFT_NEW_ARRAY(memory, fortune, read.len + 1);
    if (all == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (read.len != 0)
        memcpy(all, read.at, read.len * sizeof(fortune));
    all[read.len] = (fortune){.message = STR("Additional fortune added at request time.")};
    qsort(all, read.len + 1, sizeof(fortune), by_message);

    weft_buffer *to = response_body(res, STR("text/html; charset=utf-8"));
    weft_buffer_append_str(to, STR("<!DOCTYPE html><html><head><title>Fortunes</title></head><body>"
                                   "<table><tr><th>id</th><th>message</th></tr>"));
    for (size_t i = 0; i <= read.len; i++) {
        weft_buffer_printf(to, "<tr><td>%d</td><td>", all[i].id);
        append_escaped(to, all[i].message);
        weft_buffer_append_str(to, STR("</td></tr>"));
    }
    weft_buffer_append_str(to, STR("</table></body></html>"));
    return HTTP_OK;
}

/* ---- the program ----------------------------------------------------------------------------- */

/* The rules want to know who answers. */
static http_status name_server(request *req, response *res, next *rest)
{
    (void)!response_header_set(res, STR("Server"), STR("Weft"));
    return next_run(rest, req, res);
}

static const route endpoints[] = {
    GET("/plaintext", plaintext), GET("/json", json),         GET("/db", db),
    GET("/queries", queries),     GET("/fortunes", fortunes), GET("/updates", updates),
};

int main(void)
{
    database *opened = database_open(getenv("DATABASE_URL"));
    app_state state = {.db = expect(opened, "cannot open DATABASE_URL")};

    router app = {
        .state = &state,
        .layers = LAYERS(layer_from(name_server)),
        .routes = ROUTES(endpoints),
    };
    int result = serve("127.0.0.1:8080", &app);
    database_close(opened);
    return result;
}
