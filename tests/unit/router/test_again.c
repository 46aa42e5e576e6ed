/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/router/test_again.c: paths that lead where the one before did: they are not looked up in
 * the tree, and come to what looking them up comes to.
 */
#include "router/table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATTERNS_MAX = 6, PATH_MAX_SIZE = 64 };

static weft_http_status answer(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    return WEFT_HTTP_OK;
}

static weft_arena arena;

static weft__tree compile(const char *const *patterns, size_t count)
{
    weft_route routes[PATTERNS_MAX];
    for (size_t i = 0; i < count; i++)
        routes[i] = (weft_route){.method = "GET",
                                 .path = patterns[i],
                                 .handler_name = "answer",
                                 .call = answer,
                                 .file = "t.c",
                                 .line = (int)i + 1};
    const weft_router router = {.routes = {routes, count}};
    weft__rows rows;
    weft__table table;
    assert_int_equal(weft__rows_list(&router, &arena, &rows), WEFT_OK);
    assert_int_equal(weft__table_compile(rows, &arena, &table), WEFT_OK);
    return table.tree;
}

/* Whether the path leads somewhere without the tree: then where it leads through it, too. */
static bool found_again(const weft__tree *tree, weft_str path, weft__path_kept *kept)
{
    weft__param plain[WEFT__PARAMS_MAX], again[WEFT__PARAMS_MAX];
    size_t plain_count = 0, count = 0;
    const weft__endpoint *taken = weft__tree_again(kept, path, again, &count);
    const weft__endpoint *found = weft__tree_find(tree, path, plain, &plain_count, kept);
    if (taken == NULL)
        return false;
    assert_ptr_equal(taken, found);
    assert_int_equal(count, plain_count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(again[i].raw.at, plain[i].raw.at);
        assert_int_equal(again[i].raw.len, plain[i].raw.len);
    }
    return true;
}

static void test_which_are_taken(void **unused)
{
    (void)unused;
    static const struct {
        const char *patterns[PATTERNS_MAX];
        const char *first, *second;
        bool taken;
    } cases[] = {
        {{"/users/{id}"}, "/users/1", "/users/1", true},
        {{"/users/{id}"}, "/users/1", "/users/23456", true},
        {{"/users/{id}", "/users", "/u"}, "/users/1", "/users/2", true},
        {{"/{a}"}, "/a", "/b", true},
        {{"/plaintext", "/json"}, "/plaintext", "/plaintext", true},
        {{"/"}, "/", "/", true},
        {{"/users/{id}", "/users/{id}/posts"}, "/users/1", "/users/2", true},
        /* they lead elsewhere, or nowhere */
        {{"/users/{id}"}, "/users/1", "/users/", false},
        {{"/users/{id}"}, "/users/1", "/users", false},
        {{"/users/{id}"}, "/users/1", "/users/1/", false},
        {{"/users/{id}"}, "/users/1", "/users/1/2", false},
        {{"/users/{id}"}, "/users/1", "/Users/1", false},
        {{"/users/{id}", "/users"}, "/users", "/users/1", false},
        {{"/plaintext", "/json"}, "/plaintext", "/json", false},
        {{"/plaintext", "/plaintexts"}, "/plaintext", "/plaintexts", false},
        {{"/users/{id}", "/users/{id}/posts"}, "/users/1", "/users/2/posts", false},
        {{"/a"}, "/b", "/b", false},
        /* there was a choice, or more than one capture */
        {{"/users/{id}", "/users/me"}, "/users/1", "/users/2", false},
        {{"/users/{id}", "/users/me"}, "/users/1", "/users/me", false},
        {{"/{a}/x", "/{b}/y"}, "/1/x", "/1/x", false},
        {{"/{a}/{b}"}, "/1/2", "/1/2", false},
        {{"/{*rest}"}, "/1/2", "/1/2", false},
        {{"/{name}.jpg"}, "/1.jpg", "/1.jpg", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = 0;
        while (count < PATTERNS_MAX && cases[i].patterns[count] != NULL)
            count++;
        weft__path_kept kept = {0};
        weft__tree tree = compile(cases[i].patterns, count);
        assert_false(found_again(&tree, weft_str_from(cases[i].first), &kept));
        if (found_again(&tree, weft_str_from(cases[i].second), &kept) != cases[i].taken)
            fail_msg("%s, then %s", cases[i].first, cases[i].second);
        weft_arena_reset(&arena);
    }
}

/* ---- chance ---------------------------------------------------------------------------------- */

static uint64_t chance = 88172645463325252u;

static unsigned pick(unsigned bound)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned)((chance >> 32) % bound);
}

static void random_path(char *to, bool pattern)
{
    static const char *const texts[] = {"a", "b", "ab", "", "c"};
    unsigned depth = 1 + pick(3);
    *to = '\0';
    for (unsigned i = 0; i < depth; i++) {
        unsigned kind = pick(4);
        if (pattern && kind == 0)
            sprintf(to + strlen(to), "/{x%u}", i);
        else if (pattern && kind == 1 && pick(4) == 0)
            sprintf(to + strlen(to), "/a{x%u}b", i);
        else
            sprintf(to + strlen(to), "/%s", texts[pick(pattern ? 3 : 5)]);
    }
}

/* Another last segment, which may be empty, or two, in the place of the last one. */
static void other_end(char *to, const char *path)
{
    static const char *const ends[] = {"a", "bc", "abcdefgh", "", "a/b"};
    size_t kept = (size_t)(strrchr(path, '/') + 1 - path);
    memcpy(to, path, kept);
    strcpy(to + kept, ends[pick(sizeof ends / sizeof *ends)]);
}

/* Patterns of different shapes; how many. */
static size_t random_patterns(char (*texts)[PATH_MAX_SIZE], const char **patterns)
{
    size_t count = 0;
    for (unsigned wanted = 1 + pick(PATTERNS_MAX); wanted > 0; wanted--) {
        random_path(texts[count], true);
        bool known = false;
        for (size_t j = 0; j < count; j++)
            known |= strcmp(texts[j], texts[count]) == 0;
        patterns[count] = texts[count];
        count += !known;
    }
    return count;
}

static void test_random_paths(void **unused)
{
    (void)unused;
    size_t taken = 0, paths = 0;
    for (int round = 0; round < 1000; round++) {
        static char texts[PATTERNS_MAX + 1][PATH_MAX_SIZE], path[50][PATH_MAX_SIZE];
        const char *patterns[PATTERNS_MAX + 1];
        weft__path_kept kept = {0};
        weft__tree tree = compile(patterns, random_patterns(texts, patterns));
        for (size_t i = 0; i < sizeof path / sizeof *path; i++, paths++) {
            if (i != 0 && strlen(path[i - 1]) < PATH_MAX_SIZE / 2 && pick(4) != 0)
                other_end(path[i], path[i - 1]);
            else
                random_path(path[i], false);
            taken += found_again(&tree, weft_str_from(path[i]), &kept);
        }
        weft_arena_reset(&arena);
    }
    print_message("# %zu of %zu paths were taken\n", taken, paths);
    assert_true(taken > 300);
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
        cmocka_unit_test(test_which_are_taken),
        cmocka_unit_test(test_random_paths),
    };
    return cmocka_run_group_tests_name("paths again", tests, start, NULL);
}
