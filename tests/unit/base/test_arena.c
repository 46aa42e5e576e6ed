/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Arenas: alignment, limits, large pieces, reuse of chunks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/chunk.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/arena.h>
#include <weft/check.h>

/* Bytes between two pieces at most, for AddressSanitizer to watch; and whether chunks are used
 * again. */
#ifdef WEFT__UNDER_ASAN
enum { APART = 32, REUSED = 0 };
#else
enum { APART = 0, REUSED = 1 };
#endif

static void pieces_are_aligned_and_apart(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *before_end = NULL;
    for (size_t i = 0; i < 2000; i++) {
        size_t align = (size_t)1 << (i % 13), size = i % 97;
        char *at = weft_arena_alloc(&arena, size, align);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % align, 0);
        memset(at, (int)i, size);
        assert_true(before_end == NULL || at >= before_end || at + size <= before_end);
        before_end = at + size;
    }
    weft_arena_reset(&arena);
    assert_null(arena.chunks);
    assert_int_equal(arena.reserved, 0);
}

static void a_large_piece_leaves_the_current_chunk_in_use(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *small = weft_arena_alloc(&arena, 16, 16);
    char *large = weft_arena_alloc(&arena, 100000, 16);
    assert_non_null(large);
    memset(large, 1, 100000);
    char *next = weft_arena_alloc(&arena, 16, 16);
    assert_true(next > small && next <= small + 16 + APART);
    weft_arena_reset(&arena);

    large = weft_arena_alloc(&arena, 100000, 4096); /* also as the first piece */
    assert_int_equal((uintptr_t)large % 4096, 0);
    memset(large, 1, 100000);
    memset(weft_arena_alloc(&arena, 64, 8), 2, 64);
    assert_int_equal(large[99999], 1);
    weft_arena_reset(&arena);
}

static void the_limit_holds(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 3 * WEFT_ARENA_CHUNK_SIZE);
    size_t count = 0;
    while (weft_arena_alloc(&arena, 1000, 1) != NULL)
        count++;
    assert_int_equal(count, 12);
    assert_int_equal(arena.reserved, 3 * WEFT_ARENA_CHUNK_SIZE);
    assert_null(weft_arena_alloc(&arena, 3 * WEFT_ARENA_CHUNK_SIZE, 1));
    weft_arena_reset(&arena);
    assert_non_null(weft_arena_alloc(&arena, 1000, 1));
    weft_arena_reset(&arena);
}

static void sizes_that_overflow_are_refused(void **unused)
{
    (void)unused;
    weft_arena arena = {0};
    assert_null(weft_arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(weft_arena_alloc(&arena, SIZE_MAX - 8, 4096));
    assert_null(weft__arena_array(&arena, 16, 8, SIZE_MAX / 8));
    assert_non_null(weft_arena_alloc(&arena, 0, 1));
    assert_null(weft_arena_alloc(&arena, SIZE_MAX, 1));
    weft_arena_reset(&arena);
}

static void chunks_are_reused(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    void *first = weft_arena_alloc(&arena, 8, 8);
    weft_arena_reset(&arena);
    assert_int_equal(weft_arena_alloc(&arena, 8, 8) == first, REUSED);
    for (size_t i = 0; i < 2 * (size_t)WEFT__CHUNK_CACHE * 5; i++) /* more than the cache keeps */
        assert_non_null(weft_arena_alloc(&arena, 1000, 1));
    weft_arena_reset(&arena);
}

static void a_rewound_arena_is_empty(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 2 * WEFT_ARENA_CHUNK_SIZE);
    weft__arena_rewind(&arena); /* nothing yet */
    void *first = weft_arena_alloc(&arena, 8, 8);
    for (size_t round = 0; round < 10; round++) {
        for (size_t i = 0; i < 4; i++)
            assert_non_null(weft_arena_alloc(&arena, 1000, 1)); /* more than one chunk */
        weft__arena_rewind(&arena);
        assert_int_equal(weft_arena_alloc(&arena, 8, 8) == first, REUSED);
        weft__arena_rewind(&arena); /* just one */
        assert_int_equal(weft_arena_alloc(&arena, 8, 8) == first, REUSED);
    }
    weft__arena_rewind(&arena);
    assert_non_null(weft_arena_alloc(&arena, 3000, 1)); /* a chunk of its own */
    weft__arena_rewind(&arena);
    assert_true(arena.reserved <= WEFT_ARENA_CHUNK_SIZE);
    assert_non_null(weft_arena_alloc(&arena, 8, 8));
    weft_arena_reset(&arena);
}

static void *use_and_leave(void *arena)
{
    if (weft_arena_alloc(arena, 3000, 1) == NULL)
        return arena;
    weft_arena_reset(arena); /* chunks of another thread end in this thread's cache */
    return NULL;
}

static void an_arena_may_move_between_threads(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (int i = 0; i < 4; i++) {
        assert_non_null(weft_arena_alloc(&arena, 900, 1));
        pthread_t thread;
        void *failed;
        assert_int_equal(pthread_create(&thread, NULL, use_and_leave, &arena), 0);
        assert_int_equal(pthread_join(thread, &failed), 0);
        assert_null(failed);
    }
}

static void copies_and_formats(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, WEFT_ARENA_CHUNK_SIZE);
    weft_str copy = {NULL, 0};
    assert_true(weft_arena_copy(&arena, WEFT_STR("abc"), &copy));
    assert_true(weft_str_equal(copy, WEFT_STR("abc")));
    weft_str text = weft_arena_printf(&arena, "%s=%d", "x", 42);
    assert_int_equal(text.len, 4);
    assert_string_equal(text.at, "x=42");
    assert_true(weft_arena_copy(&arena, (weft_str){NULL, 0}, &copy));
    assert_int_equal(copy.len, 0);

    weft_str kept = copy;
    assert_false(weft_arena_copy(&arena, (weft_str){text.at, 100000}, &copy));
    assert_ptr_equal(copy.at, kept.at);
    text = weft_arena_printf(&arena, "%5000d", 1);
    assert_null(text.at);
    assert_int_equal(text.len, 0);
    weft_arena_reset(&arena);
}

static void violations_are_kept_to_a_limit_and_counted_beyond(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_violations list = {.arena = &arena};
    for (int i = 0; i < 100; i++)
        weft_violations_add(&list, "body", WEFT_STR("/x"), "type", "number %d", i);
    assert_int_equal(list.total, 100);
    assert_int_equal(list.len, WEFT_VIOLATIONS_MAX);
    for (size_t i = 0; i < list.len; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "number %zu", i);
        assert_true(weft_str_equal(list.at[i].detail, weft_str_from(expected)));
        assert_true(weft_str_equal(list.at[i].pointer, WEFT_STR("/x")));
    }
    weft_arena_reset(&arena);

    weft_arena_init(&arena, 1); /* no memory at all */
    list = (weft_violations){.arena = &arena};
    weft_violations_add(&list, "body", WEFT_STR("/x"), "type", "lost");
    assert_int_equal(list.total, 1);
    assert_int_equal(list.len, 0);
}

static void what_one_arena_holds_is_given_to_another(void **state)
{
    (void)state;
    weft_arena to, from;
    weft_arena_init(&to, 0);
    weft_arena_init(&from, 0);
    weft__arena_give(&to, &from); /* nothing to nobody */
    assert_null(to.chunks);
    char *first = weft_arena_alloc(&from, 100, 1), *large = weft_arena_alloc(&from, 9000, 1);
    memset(first, 'a', 100);
    memset(large, 'b', 9000);
    weft__arena_give(&to, &from);
    assert_null(from.chunks);
    assert_int_equal(from.reserved, 0);
    char *second = weft_arena_alloc(&from, 100, 1), *own = weft_arena_alloc(&to, 100, 1);
    memset(second, 'c', 100);
    memset(own, 'd', 100);
    weft__arena_give(&to, &from);
    char *next = weft_arena_alloc(&to, 100, 1); /* its own chunk stays in use */
    assert_true(next > own && next <= own + 100 + APART);
    assert_true(to.reserved >= (size_t)2 * WEFT_ARENA_CHUNK_SIZE + 9000);
    assert_true(first[99] == 'a' && large[8999] == 'b' && second[99] == 'c' && own[99] == 'd');
    weft_arena_reset(&to);
    assert_int_equal(to.reserved, 0);
    weft_arena_reset(&from);
}

int main(void)
{
    setenv("WEFT_GUARD_MEMORY", "0", 1); /* test_guarded.c has the rest */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(a_large_piece_leaves_the_current_chunk_in_use),
        cmocka_unit_test(the_limit_holds),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(chunks_are_reused),
        cmocka_unit_test(a_rewound_arena_is_empty),
        cmocka_unit_test(an_arena_may_move_between_threads),
        cmocka_unit_test(copies_and_formats),
        cmocka_unit_test(violations_are_kept_to_a_limit_and_counted_beyond),
        cmocka_unit_test(what_one_arena_holds_is_given_to_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
