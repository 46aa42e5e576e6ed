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

/* Whether the pattern's segment answers the path's: text, or text around one capture. */
static bool answers_segment(weft_str pattern, weft_str path)
{
    const char *open = pattern.len != 0 ? memchr(pattern.at, '{', pattern.len) : NULL;
    if (open == NULL)
        return weft_str_equal(pattern, path);
    weft_str before = {pattern.at, (size_t)(open - pattern.at)};
    weft_str after = weft_str_skip(pattern, before.len);
    (void)input_until(&after, '}');
    return path.len > before.len + after.len && weft_str_starts_with(path, before) &&
           weft_str_equal(weft_str_skip(path, path.len - after.len), after);
}

/* Whether the pattern answers the path: the rules of weft/router.h, said simply. */
static bool answers(weft_str pattern, weft_str path)
{
    while (pattern.len != 0 && path.len != 0) {
        pattern = weft_str_skip(pattern, 1);
        path = weft_str_skip(path, 1);
        if (weft_str_starts_with(pattern, WEFT_STR("{*")))
            return path.len != 0;
        const char *slash = path.len != 0 ? memchr(path.at, '/', path.len) : NULL;
        size_t len = slash != NULL ? (size_t)(slash - path.at) : path.len;
        slash = pattern.len != 0 ? memchr(pattern.at, '/', pattern.len) : NULL;
        size_t want = slash != NULL ? (size_t)(slash - pattern.at) : pattern.len;
        if (!answers_segment((weft_str){pattern.at, want}, (weft_str){path.at, len}))
            return false;
        pattern = weft_str_skip(pattern, want);
        path = weft_str_skip(path, len);
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

/* Paths that begin as this one lead where they lead without it. */
static void find_again(const weft__tree *tree, weft_str path)
{
    weft__param plain[WEFT__PARAMS_MAX], params[WEFT__PARAMS_MAX];
    weft__path_kept kept = {0};
    size_t plain_count = 0, count = 0;
    for (size_t len = path.len; len != 0; len = len / 2) {
        weft_str part = {path.at, len};
        const weft__endpoint *again = weft__tree_again(&kept, part, params, &count);
        const weft__endpoint *found = weft__tree_find(tree, part, plain, &plain_count, &kept);
        CHECK(again == NULL || (again == found && count == plain_count));
        for (size_t i = 0; again != NULL && i < count; i++)
            CHECK(params[i].raw.at == plain[i].raw.at && params[i].raw.len == plain[i].raw.len);
    }
}

static void find(const weft__table *table, weft__rows rows, weft_str path, weft_arena *arena)
{
    weft__param params[WEFT__PARAMS_MAX];
    size_t count = 0;
    const weft__endpoint *found = weft__tree_find(&table->tree, path, params, &count, NULL);
    find_again(&table->tree, path);
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
