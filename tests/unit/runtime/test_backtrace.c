/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_backtrace.c: stacks that hold anything: what looks for frames follows none that are not there.
 */
#include "fibers.h"
#include "runtime/backtrace.h"
#include "runtime/fiber.h"

/* Interrupted where nothing keeps a frame pointer, above these words. */
static ucontext_t interrupted_at(uintptr_t *words)
{
    ucontext_t machine = {0};
#if defined(__x86_64__)
    machine.uc_mcontext.gregs[REG_RIP] = 1;
    machine.uc_mcontext.gregs[REG_RSP] = (greg_t)words;
#else
    machine.uc_mcontext.pc = 1;
    machine.uc_mcontext.sp = (uintptr_t)words;
#endif
    return machine;
}

/* Pointers to the end of memory, to the last word of the stack, beyond it, askew. */
static void walk_wild_words(void *arg)
{
    (void)arg;
    const weft_fiber *self = weft__fiber_running();
    uintptr_t end = (uintptr_t)self;
    const uintptr_t wild[] = {UINTPTR_MAX - 15, UINTPTR_MAX - 7, end - 8, end,
                              end + 8,          end - 17,        0};
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        uintptr_t words[2] = {wild[i], 1};
        ucontext_t machine = interrupted_at(words);
        weft__backtrace trace;
        weft__backtrace_walk(&trace, self, &machine);
        assert_in_range(trace.count, 1, WEFT__BACKTRACE_FRAMES);
        assert_ptr_equal(trace.frames[0], (void *)1);
    }
}

static void words_that_are_no_frames(void **state)
{
    (void)state;
    run_with(1, walk_wild_words, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_are_no_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
