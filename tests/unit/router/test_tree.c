/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Which pattern answers which path, in every order of registration, and against a slow and simple
 * matcher on random tables.
 */
#include "router/pattern.h"
#include "router/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATTERNS_MAX = 64 };

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    return WEFT_HTTP_OK;
}

static weft_arena arena;

static weft__tree compile_routes(weft_routes routes)
{
    const weft_router router = {.routes = routes};
    weft__rows rows;
    weft__table table;
    assert_int_equal(weft__rows_list(&router, &arena, &rows), WEFT_OK);
    assert_int_equal(weft__table_compile(rows, &arena, &table), WEFT_OK);
    return table.tree;
}

static weft__tree compile(const char *const *patterns, size_t count)
{
    weft_route *routes = WEFT_NEW_ARRAY(&arena, weft_route, count);
    for (size_t i = 0; i < count; i++)
        routes[i] = (weft_route){.method = "GET",
                                 .path = patterns[i],
                                 .handler_name = "answer",
                                 .call = answer,
                                 .file = "t.c",
                                 .line = (int)i + 1};
    return compile_routes((weft_routes){routes, count});
}

/* "pattern name=value name=value", or "none". */
static const char *find(const weft__tree *tree, const char *path)
{
    weft__param params[WEFT__PARAMS_MAX];
    size_t count = 0;
    char *exact = malloc(strlen(path) + 1); /* so that ASan sees a byte too many */
    memcpy(exact, path, strlen(path));
    const weft__endpoint *endpoint = weft__tree_find(tree, (weft_str){exact, strlen(path)}, params,
                                                     &count, NULL);
    weft_buffer text;
    weft_buffer_init(&text, &arena);
    if (endpoint == NULL)
        weft_buffer_printf(&text, "none");
    else
        weft_buffer_append_str(&text, endpoint->targets->pattern);
    for (size_t i = 0; endpoint != NULL && i < count; i++)
        weft_buffer_printf(&text, " %.*s=%.*s", WEFT_STR_ARGS(endpoint->targets->names[i]),
                           WEFT_STR_ARGS(params[i].raw));
    weft_buffer_append(&text, "", 1);
    free(exact);
    return text.at;
}

typedef struct expectation {
    const char *path, *found;
} expectation;

/* The same answers whatever the order of the rows. */
static void assert_finds(const char **patterns, size_t count, const expectation *expected,
                         size_t paths)
{
    for (size_t rotation = 0; rotation < count; rotation++) {
        weft__tree tree = compile(patterns, count);
        for (size_t i = 0; i < paths; i++)
            assert_string_equal(find(&tree, expected[i].path), expected[i].found);
        const char *first = patterns[0];
        memmove(patterns, patterns + 1, (count - 1) * sizeof *patterns);
        patterns[count - 1] = first;
        weft_arena_reset(&arena);
    }
}
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_static_beats_capture_beats_wildcard(void **unused)
{
    (void)unused;
    const char *patterns[] = {"/",
                              "/users",
                              "/users/{id}",
                              "/users/me",
                              "/users/{id}/posts",
                              "/users/me/posts/{post}",
                              "/users/{*rest}"};
    const expectation expected[] = {
        {"/", "/"},
        {"", "none"},
        {"/users", "/users"},
        {"/users/", "none"},
        {"/users/me", "/users/me"},
        {"/users/m", "/users/{id} id=m"},
        {"/users/men", "/users/{id} id=men"},
        {"/users/7", "/users/{id} id=7"},
        {"/users/7/posts", "/users/{id}/posts id=7"},
        {"/users/me/posts", "/users/{id}/posts id=me"},
        {"/users/me/posts/1", "/users/me/posts/{post} post=1"},
        {"/users/7/posts/1", "/users/{*rest} rest=7/posts/1"},
        {"/users/me/", "/users/{*rest} rest=me/"},
        {"/users//x", "/users/{*rest} rest=/x"},
        {"/user", "none"},
        {"/usersx", "none"},
        {"/Users", "none"},
        {"//users", "none"},
        {"*", "none"},
    };
    assert_finds(patterns, COUNT(patterns), expected, COUNT(expected));
}

/* Each byte of a text counts, however many are compared at once. */
static void test_texts_of_each_length(void **unused)
{
    (void)unused;
    enum { LONGEST = 40 };
    char text[LONGEST + 1] = "/bcdefghijklmnopqrstuvwxyz0123456789ABCD";
    for (size_t len = LONGEST; len > 0; len--) {
        text[len] = '\0';
        const char *pattern = text;
        weft__tree tree = compile(&pattern, 1);
        assert_string_equal(find(&tree, text), text);
        for (size_t i = 0; i < len; i++) {
            char other[LONGEST + 1];
            memcpy(other, text, sizeof other);
            other[i] ^= 1;
            assert_string_equal(find(&tree, other), "none");
            other[i] = '\0';
            assert_string_equal(find(&tree, other), "none");
        }
    }
    weft_arena_reset(&arena);
}

static void test_dead_ends_are_left_again(void **unused)
{
    (void)unused;
    const char *patterns[] = {"/a/b/c",     "/a/{x}/d", "/{y}/b/e",    "/{y}/{x}/{z}/w",
                              "/a/b/{z}/v", "/{*rest}", "/a/{x}/{z}/u"};
    const expectation expected[] = {
        {"/a/b/c", "/a/b/c"},
        {"/a/b/d", "/a/{x}/d x=b"},
        {"/a/b/e", "/{y}/b/e y=a"},
        {"/a/b/f", "/{*rest} rest=a/b/f"},
        {"/a/b/c/v", "/a/b/{z}/v z=c"},
        {"/a/b/c/u", "/a/{x}/{z}/u x=b z=c"},
        {"/a/b/c/w", "/{y}/{x}/{z}/w y=a x=b z=c"},
        {"/a/b/c/t", "/{*rest} rest=a/b/c/t"},
        {"/q", "/{*rest} rest=q"},
    };
    assert_finds(patterns, COUNT(patterns), expected, COUNT(expected));
}

static void test_captures_are_as_sent(void **unused)
{
    (void)unused;
    const char *patterns[] = {"/files/{*rest}", "/x/{a}/{b}", "/gr%C3%BCn/{a}"};
    const expectation expected[] = {
        {"/files/", "none"},
        {"/files/a", "/files/{*rest} rest=a"},
        {"/files/a/b/", "/files/{*rest} rest=a/b/"},
        {"/x/a%2Fb/%FF", "/x/{a}/{b} a=a%2Fb b=%FF"},
        {"/x//b", "none"},
        {"/x/a/", "none"},
        {"/gr%C3%BCn/1", "/gr%C3%BCn/{a} a=1"},
        {"/gr\xC3\xBCn/1", "none"},
        {"/x/\xFF\x01/\x02", "/x/{a}/{b} a=\xFF\x01 b=\x02"}, /* no byte is special in a path */
    };
    assert_finds(patterns, COUNT(patterns), expected, COUNT(expected));
}

static void test_captures_between_text(void **unused)
{
    (void)unused;
    const char *patterns[] = {"/{name}",
                              "/{name}.jpg",
                              "/{name}.min.jpg",
                              "/avatar-{id}",
                              "/avatar-{id}.jpg",
                              "/avatar-me.jpg",
                              "/ava{x}",
                              "/{name}.jpg/{size}",
                              "/avatar-{id}.jpg/small",
                              "/@{user}/{*rest}",
                              "/{*any}"};
    const expectation expected[] = {
        {"/a", "/{name} name=a"},
        {"/a.jpg", "/{name}.jpg name=a"},
        {"/.jpg", "/{name} name=.jpg"}, /* a capture is never empty */
        {"/a.min.jpg", "/{name}.min.jpg name=a"},
        {"/.min.jpg", "/{name}.jpg name=.min"},
        {"/a.jpg.jpg", "/{name}.jpg name=a.jpg"},
        {"/a.jpgx", "/{name} name=a.jpgx"},
        {"/avatar-7", "/avatar-{id} id=7"},
        {"/avatar-7.jpg", "/avatar-{id}.jpg id=7"},
        {"/avatar-me.jpg", "/avatar-me.jpg"},
        {"/avatar-mee.jpg", "/avatar-{id}.jpg id=mee"},
        {"/avatar-", "/ava{x} x=tar-"},
        {"/avatar-.jpg", "/avatar-{id} id=.jpg"}, /* the longer text before it wins */
        {"/avatar.jpg", "/ava{x} x=tar.jpg"},
        {"/ava", "/{name} name=ava"},
        {"/a.jpg/1", "/{name}.jpg/{size} name=a size=1"},
        {"/avatar-7.jpg/1", "/{name}.jpg/{size} name=avatar-7 size=1"},
        {"/avatar-7.jpg/small", "/avatar-{id}.jpg/small id=7"},
        {"/a.jpg/", "/{*any} any=a.jpg/"},
        {"/a.png/1", "/{*any} any=a.png/1"},
        {"/@ada/x/y", "/@{user}/{*rest} user=ada rest=x/y"},
        {"/@/x", "/{*any} any=@/x"},
    };
    assert_finds(patterns, COUNT(patterns), expected, COUNT(expected));
}

static void test_marks_of_shapes_do_not_match_themselves(void **unused)
{
    (void)unused;
    const char *patterns[] = {"/a/{x}/end", "/b/{*x}", "/c/d", "/e/{x}.f"};
    const expectation expected[] = {{"/a/\x01/end", "/a/{x}/end x=\x01"},
                                    {"/b/\x02", "/b/{*x} x=\x02"},
                                    {"/c/\x01", "none"},
                                    {"/e/\x03.f\x03", "none"},
                                    {"/e/\x03.f", "/e/{x}.f x=\x03"}};
    assert_finds(patterns, COUNT(patterns), expected, COUNT(expected));
}

static void test_an_empty_table_finds_nothing(void **unused)
{
    (void)unused;
    weft__tree tree = compile_routes((weft_routes){NULL, 0});
    assert_string_equal(find(&tree, "/"), "none");
    assert_string_equal(find(&tree, ""), "none");
    weft_arena_reset(&arena);
}

/* The most segments and captures that a pattern may have, with a choice at each. */
static void test_the_deepest_patterns(void **unused)
{
    (void)unused;
    enum { DEPTH = WEFT_SEGMENTS_MAX };
    static char texts[2 * DEPTH][DEPTH * 8];
    const char *patterns[2 * DEPTH];
    size_t count = 0;
    for (size_t i = 0; i < DEPTH; i++) { /* "/s/s/../{*rest}" for each depth */
        for (size_t s = 0; s < i; s++)
            strcat(texts[count], "/s");
        strcat(texts[count], "/{*rest}");
        patterns[count] = texts[count];
        count++;
    }
    for (size_t s = 0; s < WEFT__PARAMS_MAX; s++)
        sprintf(texts[count] + strlen(texts[count]), "/{p%zu}", s);
    patterns[count] = texts[count];
    count++;
    weft__tree tree = compile(patterns, count);
    char path[DEPTH * 2 + 3] = "";
    for (size_t s = 0; s < DEPTH - 1; s++)
        strcat(path, "/s");
    strcat(path, "/x");
    char expected[DEPTH * 8 + 16];
    snprintf(expected, sizeof expected, "%s rest=x", texts[DEPTH - 1]);
    assert_string_equal(find(&tree, path), expected);
    assert_non_null(strstr(find(&tree, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"), "p15=16"));
    weft_arena_reset(&arena);
}

/* A capture that begins at each byte of one segment: "/a{x}", "/aa{x}", ... */
static bool compiles_choices(size_t count)
{
    static char texts[WEFT_CHOICES_MAX + 1][WEFT_CHOICES_MAX + 8];
    weft_route routes[WEFT_CHOICES_MAX + 1];
    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "/%.*s{x}", (int)i,
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        routes[i] = (weft_route){.method = "GET",
                                 .path = texts[i],
                                 .handler_name = "answer",
                                 .call = answer,
                                 .file = "t.c",
                                 .line = 1};
    }
    const weft_router router = {.routes = {routes, count}};
    weft__rows rows;
    weft__table table;
    assert_int_equal(weft__rows_list(&router, &arena, &rows), WEFT_OK);
    weft_error result = weft__table_compile(rows, &arena, &table);
    if (result == WEFT_OK) {
        char path[WEFT_CHOICES_MAX + 8] = "/";
        memset(path + 1, 'a', count);
        assert_memory_equal(find(&table.tree, path), texts[count - 1], strlen(texts[count - 1]));
        strcat(path, "/none");
        assert_string_equal(find(&table.tree, path), "none");
    }
    weft_arena_reset(&arena);
    assert_true(result == WEFT_OK || result == WEFT_LIMIT);
    return result == WEFT_OK;
}

static void test_the_most_choices(void **unused)
{
    (void)unused;
    assert_true(compiles_choices(WEFT_CHOICES_MAX));
    assert_false(compiles_choices(WEFT_CHOICES_MAX + 1));
}

/* ---- against a simple matcher ------------------------------------------------------------------- */

/* Rank of one segment: text is best; of captures that with the longer text before it, then after
 * it. 0: it does not match. Texts of the random patterns are shorter than 8. */
static char rank_segment(const char *pattern, size_t want, const char *path, size_t have)
{
    const char *open = memchr(pattern, '{', want);
    if (open == NULL)
        return want == have && memcmp(pattern, path, want) == 0 ? 'z' : 0;
    size_t before = (size_t)(open - pattern);
    const char *close = open + strcspn(open, "}") + 1;
    size_t after = (size_t)(pattern + want - close);
    bool matches = have > before + after && memcmp(pattern, path, before) == 0 &&
                   memcmp(close, path + have - after, after) == 0;
    return matches ? (char)('1' + before * 8 + after) : 0;
}

/* Rank of one pattern for one path, '0' a wildcard; false when it does not match. */
static bool rank(const char *pattern, const char *path, char *out)
{
    while (*pattern == '/' && *path == '/') {
        pattern++, path++;
        size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");
        if (pattern[0] == '{' && pattern[1] == '*') {
            *out++ = '0';
            *out = '\0';
            return *path != '\0';
        }
        *out = rank_segment(pattern, want, path, have);
        if (*out++ == 0)
            return false;
        pattern += want, path += have;
    }
    *out = '\0';
    return *pattern == '\0' && *path == '\0';
}

/* The pattern whose rank is the greatest, compared from the left. */
static const char *best(const char *const *patterns, size_t count, const char *path)
{
    const char *found = "none";
    char best_rank[64] = "", its_rank[64];
    for (size_t i = 0; i < count; i++) {
        if (rank(patterns[i], path, its_rank) && strcmp(its_rank, best_rank) > 0) {
            found = patterns[i];
            strcpy(best_rank, its_rank);
        }
    }
    return found;
}

static unsigned state = 1;

static unsigned pick(unsigned below)
{
    state = state * 1103515245 + 12345;
    return (state >> 16) % below;
}

static void random_path(char *to, bool pattern)
{
    static const char *const texts[] = {"a", "b", "ab", "abc", "ba", "c"};
    static const char *const affixes[] = {"", "", "", "a", "b", "ab"};
    unsigned depth = 1 + pick(4);
    *to = '\0';
    for (unsigned i = 0; i < depth; i++) {
        unsigned kind = pick(4);
        if (pattern && kind == 0)
            sprintf(to + strlen(to), "/%s{x%u}%s", affixes[pick(COUNT(affixes))], i,
                    affixes[pick(COUNT(affixes))]);
        else if (pattern && kind == 1 && i + 1 == depth)
            strcat(to, "/{*rest}");
        else
            sprintf(to + strlen(to), "/%s", !pattern && kind == 0 ? "" : texts[pick(COUNT(texts))]);
    }
}

static void test_random_tables(void **unused)
{
    (void)unused;
    size_t matched = 0;
    for (int round = 0; round < 300; round++) {
        static char texts[PATTERNS_MAX][64];
        const char *patterns[PATTERNS_MAX];
        size_t count = 0;
        for (size_t i = 0; i < PATTERNS_MAX; i++) {
            random_path(texts[count], true);
            bool known = false;
            for (size_t j = 0; j < count; j++)
                known |= strcmp(texts[j], texts[count]) == 0;
            if (!known) {
                patterns[count] = texts[count];
                count++;
            }
        }
        weft__tree tree = compile(patterns, count);
        for (int i = 0; i < 200; i++) {
            char path[64];
            random_path(path, false);
            const char *expected = best(patterns, count, path), *found = find(&tree, path);
            size_t len = strlen(expected);
            assert_memory_equal(found, expected, len);
            assert_true(found[len] == '\0' || found[len] == ' ');
            matched += strcmp(expected, "none") != 0;
        }
        weft_arena_reset(&arena);
    }
    assert_true(matched > 10000);
}

static int start(void **unused)
{
    (void)unused;
    weft_arena_init(&arena, 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_static_beats_capture_beats_wildcard),
        cmocka_unit_test(test_texts_of_each_length),
        cmocka_unit_test(test_dead_ends_are_left_again),
        cmocka_unit_test(test_captures_are_as_sent),
        cmocka_unit_test(test_captures_between_text),
        cmocka_unit_test(test_the_most_choices),
        cmocka_unit_test(test_marks_of_shapes_do_not_match_themselves),
        cmocka_unit_test(test_an_empty_table_finds_nothing),
        cmocka_unit_test(test_the_deepest_patterns),
        cmocka_unit_test(test_random_tables),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
