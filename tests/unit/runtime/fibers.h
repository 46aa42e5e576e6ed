/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * fibers.h: help for tests whose code runs in fibers, where cmocka's assertions, which jump out,
 * cannot be used.
 */
#ifndef WEFT_TESTS_FIBERS_H
#define WEFT_TESTS_FIBERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <weft/runtime.h>

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

static inline void run_with(unsigned workers, weft_fiber_fn *fn, void *arg)
{
    weft_runtime_options options = {.workers = workers};
    assert_int_equal(weft_runtime_run(&options, fn, arg), WEFT_OK);
}

#endif
