/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_watermark.c: how deep the stacks of fibers were used.
 */
#include "fibers.h"
#include <sys/wait.h>
#include <unistd.h>

/* Down to `depth` bytes below `from`, whatever the size of a frame is. */
static __attribute__((noinline)) void use(const char *from, size_t depth)
{
    volatile char block[512];
    block[0] = 1;
    if ((size_t)(from - (const char *)__builtin_frame_address(0)) < depth)
        use(from, depth);
    block[1] = block[0]; /* no tail call */
}

static void use_stack(void *arg)
{
    use(__builtin_frame_address(0), *(size_t *)arg);
}

static size_t high_water_of(size_t depth)
{
    run_with(1, use_stack, &depth);
    return weft_stack_high_water();
}

static void nothing_is_measured_unasked(void **state)
{
    (void)state;
    unsetenv("WEFT_STACK_WATERMARK");
    assert_int_equal(high_water_of(100u << 10), 0);
    setenv("WEFT_STACK_WATERMARK", "0", 1);
    assert_int_equal(high_water_of(100u << 10), 0);
}

static void the_deepest_use_is_told(void **state)
{
    (void)state;
    setenv("WEFT_STACK_WATERMARK", "1", 1);
    size_t little = high_water_of(1), much = high_water_of(100u << 10);
    assert_true(little > 0 && little < 32u << 10);
    assert_true(much >= 100u << 10 && much < 200u << 10);
    assert_true(high_water_of(1) < much); /* each runtime has its own */
}

static void other_words_are_refused(void **state)
{
    (void)state;
    size_t depth = 1;
    setenv("WEFT_STACK_WATERMARK", "yes", 1);
    assert_int_equal(weft_runtime_run(NULL, use_stack, &depth), WEFT_INVALID);
    unsetenv("WEFT_STACK_WATERMARK");
}

static void go_deep_once(void *arg)
{
    (void)arg;
    size_t depth = 1;
    weft_fiber *fiber;
    size_t deep = 160u << 10;
    CHECK(weft_fiber_spawn(&fiber, "deep", use_stack, &deep) == WEFT_OK);
    weft_fiber_join(fiber);
    for (unsigned i = 0; i < 10; i++) {
        CHECK(weft_fiber_spawn(&fiber, "shallow", use_stack, &depth) == WEFT_OK);
        weft_fiber_join(fiber);
    }
}

/* In a process of its own, whose log is read; the stack of the deep one is used by the shallow ones.
 */
static void who_goes_deep_is_logged(void **state)
{
    (void)state;
    int ends[2];
    char said[4096];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("WEFT_STACK_WATERMARK", "1", 1);
        setenv("WEFT_LOG", "debug", 1);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        weft_runtime_options options = {.workers = 1, .stack_size = 192u << 10};
        exit(weft_runtime_run(&options, go_deep_once, NULL) == WEFT_OK ? 0 : 1);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], said + len, sizeof said - 1 - len)) > 0;)
        len += (size_t)got;
    said[len] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_non_null(strstr(said, "a fiber has used most of its stack"));
    assert_non_null(strstr(said, "deep"));
    assert_null(strstr(said, "shallow"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_measured_unasked),
        cmocka_unit_test(the_deepest_use_is_told),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(who_goes_deep_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
