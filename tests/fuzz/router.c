/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Tables of routes and paths. The input's lines are patterns, the last one a path. A table that is
 * not refused finds an endpoint exactly when one of its patterns, taken segment by segment, answers
 * the path; the pattern with the captures filled in is that path.
 */
#include "fuzz.h"
#include "router/table.h"

enum { ROUTES_MAX = 24 };

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return setenv("WEFT_LOG", "off", 1); /* refused tables are the rule here */
}

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    return WEFT_HTTP_OK;
}

/* Each pattern as a C string in the arena; their number. */
static size_t read_routes(weft_str lines, weft_arena *arena, weft_route routes[ROUTES_MAX])
{
    size_t count = 0;
    while (lines.len != 0 && count < ROUTES_MAX) {
        weft_str line = input_until(&lines, '\n');
        routes[count] = (weft_route){
            .method = "GET",
            .path = weft_arena_printf(arena, "%.*s", WEFT_STR_ARGS(line)).at,
            .handler_name = "answer",
            .call = answer,
            .file = "fuzz.c",
            .line = (int)count + 1};
        count++;
    }
    return count;
}

/* Whether the pattern answers the path: the rules of weft/router.h, said simply. */
static bool answers(weft_str pattern, weft_str path)
{
    while (pattern.len != 0 && path.len != 0) {
        if (weft_str_starts_with(pattern, WEFT_STR("{*")))
            return true;
        if (*pattern.at != '{') {
            if (*pattern.at != *path.at)
                return false;
            pattern = weft_str_skip(pattern, 1);
            path = weft_str_skip(path, 1);
            continue;
        }
        (void)input_until(&pattern, '}');
        const char *slash = memchr(path.at, '/', path.len);
        size_t segment = slash != NULL ? (size_t)(slash - path.at) : path.len;
        if (segment == 0)
            return false;
        path = weft_str_skip(path, segment);
    }
    return pattern.len == 0 && path.len == 0;
}

/* The pattern with its captures in the place of their names. */
static weft_str filled(weft_str pattern, const weft__param *params, weft_arena *arena)
{
    weft_buffer to;
    weft_buffer_init(&to, arena);
    while (pattern.len != 0) {
        weft_buffer_append_str(&to, input_until(&pattern, '{'));
        if (pattern.len != 0) {
            (void)input_until(&pattern, '}');
            weft_buffer_append_str(&to, (params++)->raw);
        }
    }
    return weft_buffer_str(&to);
}

static void find(const weft__table *table, weft__rows rows, weft_str path, weft_arena *arena)
{
    weft__param params[WEFT__PARAMS_MAX];
    size_t count = 0;
    const weft__endpoint *found = weft__tree_find(&table->tree, path, params, &count);
    bool expected = false;
    for (size_t i = 0; i < rows.len; i++)
        expected = expected || answers(rows.at[i].path, path);
    CHECK((found != NULL) == expected);
    if (found == NULL)
        return;
    const weft__target *target = found->targets;
    CHECK(count == target->name_count && count <= WEFT__PARAMS_MAX);
    CHECK(weft_str_equal(filled(target->pattern, params, arena), path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str lines = input_of(data, size);
    const char *last = size > 0 ? memrchr(data, '\n', size) : NULL;
    if (last == NULL)
        return 0;
    weft_str path = weft_str_skip(lines, (size_t)(last + 1 - lines.at));
    lines.len = (size_t)(last - lines.at);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_route routes[ROUTES_MAX];
    const weft_router router = {.routes = {routes, read_routes(lines, &arena, routes)}};
    weft__rows rows;
    weft__table table;
    if (weft__rows_list(&router, &arena, &rows) == WEFT_OK &&
        weft__table_compile(rows, &arena, &table) == WEFT_OK && path.len != 0 && *path.at == '/')
        find(&table, rows, path, &arena);
    weft_arena_reset(&arena);
    return 0;
}
