/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Buffers: growth in place and by moving, failure that sticks, printf.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/guarded.h"
#include <weft/buffer.h>

static void grows_byte_by_byte(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_buffer buffer;
    weft_buffer_init(&buffer, &arena);
    for (int i = 0; i < 50000; i++) {
        char byte = (char)(i % 251);
        weft_buffer_append(&buffer, &byte, 1);
    }
    assert_false(buffer.failed);
    assert_int_equal(buffer.len, 50000);
    for (int i = 0; i < 50000; i++)
        assert_int_equal(buffer.at[i], (char)(i % 251));
    weft_arena_reset(&arena);
}

static void grows_in_place_while_it_is_the_last(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_buffer buffer;
    weft_buffer_init(&buffer, &arena);
    weft_buffer_append_str(&buffer, WEFT_STR("first"));
    const char *before = buffer.at;
    assert_non_null(weft_buffer_reserve(&buffer, 2000));
#ifndef WEFT__UNDER_ASAN /* where every piece stands alone, so that what is beside it is noticed */
    assert_ptr_equal(buffer.at, before);
#endif

    char *other = weft_arena_alloc(&arena, 8, 1);
    memset(other, 'x', 8);
    char *more = weft_buffer_reserve(&buffer, 2500);
    assert_ptr_not_equal(buffer.at, before);
    memset(more, 'y', 2500);
    assert_memory_equal(other, "xxxxxxxx", 8);
    assert_memory_equal(buffer.at, "first", 5);
    weft_arena_reset(&arena);
}

static void failure_sticks(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, WEFT_ARENA_CHUNK_SIZE);
    weft_buffer buffer;
    weft_buffer_init(&buffer, &arena);
    weft_buffer_append_str(&buffer, WEFT_STR("kept"));
    assert_null(weft_buffer_reserve(&buffer, 100000));
    assert_true(buffer.failed);
    weft_buffer_append_str(&buffer, WEFT_STR("x"));
    weft_buffer_printf(&buffer, "%d", 1);
    weft_buffer_append_quoted(&buffer, WEFT_STR("x"));
    assert_true(weft_str_equal(weft_buffer_str(&buffer), WEFT_STR("kept")));
    assert_null(weft_buffer_reserve(&buffer, SIZE_MAX));
    weft_arena_reset(&arena);
}

static void prints(void **unused)
{
    (void)unused;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_buffer buffer;
    weft_buffer_init(&buffer, &arena);
    for (int i = 0; i < 1000; i++)
        weft_buffer_printf(&buffer, "%04d", i);
    assert_int_equal(buffer.len, 4000);
    assert_memory_equal(buffer.at + 3996, "0999", 4);
    weft_buffer_printf(&buffer, "%s", "");
    assert_int_equal(buffer.len, 4000);
    assert_false(buffer.failed);
    weft_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_byte_by_byte),
        cmocka_unit_test(grows_in_place_while_it_is_the_last),
        cmocka_unit_test(failure_sticks),
        cmocka_unit_test(prints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
