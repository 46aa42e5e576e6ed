/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The current context and arena, clocks, deadlines, error codes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/context.h"
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *own_context(void *unused)
{
    (void)unused;
    weft_arena *arena = weft_arena_current();
    (void)weft_arena_alloc(arena, 100, 1); /* freed when the thread ends */
    return weft__context_current();
}

static void each_thread_has_its_own(void **unused)
{
    (void)unused;
    weft__context *mine = weft__context_current();
    assert_int_equal(mine->deadline, WEFT_NEVER);
    assert_null(mine->arena);
    assert_ptr_equal(weft_arena_current(), weft_arena_current());
    pthread_t thread;
    void *other;
    assert_int_equal(pthread_create(&thread, NULL, own_context, NULL), 0);
    assert_int_equal(pthread_join(thread, &other), 0);
    assert_ptr_not_equal(other, mine);
}

static void switching_answers_the_previous(void **unused)
{
    (void)unused;
    weft__context *mine = weft__context_current();
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__context other = {.arena = &arena, .deadline = 5};
    assert_ptr_equal(weft__context_switch(&other), mine);
    assert_ptr_equal(weft__context_current(), &other);
    assert_ptr_equal(weft_arena_current(), &arena);
    assert_ptr_equal(weft__context_switch(mine), &other);
    assert_ptr_not_equal(weft_arena_current(), &arena);
}

static void deadlines_do_not_overflow(void **unused)
{
    (void)unused;
    int64_t before = weft_clock_now();
    assert_true(weft_deadline_after(WEFT_NEVER) == WEFT_NEVER);
    assert_true(weft_deadline_after(WEFT_NEVER - 1) == WEFT_NEVER);
    int64_t past = weft_deadline_after(-1);
    assert_in_range(past, before, weft_clock_now());
    int64_t later = weft_deadline_after(WEFT_SECOND);
    assert_in_range(later, before + WEFT_SECOND, weft_clock_now() + WEFT_SECOND);
    assert_true(weft_clock_realtime() > INT64_C(1700000000) * WEFT_SECOND);
}

static void errors_have_names_and_texts(void **unused)
{
    (void)unused;
    assert_string_equal(weft_error_name(WEFT_TIMED_OUT), "TIMED_OUT");
    assert_string_equal(weft_error_text(WEFT_OK), "success");
    assert_string_equal(weft_error_text((weft_error)77), "unknown error");
    assert_string_equal(weft_error_name((weft_error)77), "UNKNOWN");
    assert_int_equal(weft_error_from_errno(0), WEFT_OK);
    assert_int_equal(weft_error_from_errno(ENOENT), WEFT_NOT_FOUND);
    assert_int_equal(weft_error_from_errno(ENOTDIR), WEFT_NOT_FOUND);
    assert_int_equal(weft_error_from_errno(EEXIST), WEFT_EXISTS);
    assert_int_equal(weft_error_from_errno(EISDIR), WEFT_INVALID);
    assert_int_equal(weft_error_from_errno(EROFS), WEFT_PERMISSION);
    assert_int_equal(weft_error_from_errno(EFBIG), WEFT_NO_SPACE);
    assert_int_equal(weft_error_from_errno(EMSGSIZE), WEFT_LIMIT);
    assert_int_equal(weft_error_from_errno(EPIPE), WEFT_CLOSED);
    assert_int_equal(weft_error_from_errno(99999), WEFT_IO);
}

static void expect_ends_the_program(void **unused)
{
    (void)unused;
    int value = 1;
    assert_ptr_equal(WEFT_EXPECT(&value, "not reached"), &value);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)weft__expect(NULL, "cannot open it", "users.c", 7);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    char text[64] = {0};
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "users.c:7: cannot open it\n");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(switching_answers_the_previous),
        cmocka_unit_test(deadlines_do_not_overflow),
        cmocka_unit_test(errors_have_names_and_texts),
        cmocka_unit_test(expect_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
