/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_interval.c: beats, in time and late, in virtual time.
 */
#include "fibers.h"

enum { BEATS = 7 };
#define PERIOD (10 * WEFT_MILLISECOND)

struct plan {
    weft_missed missed;
    int64_t expected[BEATS]; /* milliseconds since the first */
};

/* After the second beat it is busy for three and a half periods. */
static void listen(void *arg)
{
    const struct plan *plan = arg;
    weft_interval beats = weft_interval_every(PERIOD, plan->missed);
    int64_t begin = weft_clock_now();
    for (int i = 0; i < BEATS; i++) {
        CHECK(weft_interval_wait(&beats) == WEFT_OK);
        int64_t at = weft_clock_now() - begin, expected = plan->expected[i] * WEFT_MILLISECOND;
        CHECK(at >= expected && at < expected + 2 * WEFT_MILLISECOND);
        if (i == 1)
            CHECK(weft_sleep(7 * PERIOD / 2) == WEFT_OK);
    }
}

static void run_virtual(weft_fiber_fn *fn, void *arg)
{
    weft_runtime_options options = {.virtual_time = true};
    assert_int_equal(weft_runtime_run(&options, fn, arg), WEFT_OK);
}

static void missed_beats(void **state)
{
    (void)state;
    static struct plan plans[] = {
        {WEFT_MISSED_CATCH_UP, {0, 10, 45, 45, 45, 50, 60}},
        {WEFT_MISSED_DELAY, {0, 10, 45, 55, 65, 75, 85}},
        {WEFT_MISSED_SKIP, {0, 10, 45, 50, 60, 70, 80}},
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        run_virtual(listen, &plans[i]);
}

static void wait_in_vain(void *arg)
{
    (void)arg;
    weft_interval none = {0}, odd = weft_interval_every(-1, WEFT_MISSED_SKIP);
    weft_interval unknown = weft_interval_every(PERIOD, (weft_missed)3);
    CHECK(weft_interval_wait(&none) == WEFT_INVALID);
    CHECK(weft_interval_wait(&odd) == WEFT_INVALID);
    CHECK(weft_interval_wait(&unknown) == WEFT_INVALID);

    /* A beat that was not heard is still to come. */
    weft_interval beats = weft_interval_every(PERIOD, WEFT_MISSED_CATCH_UP);
    int64_t begin = weft_clock_now();
    CHECK(weft_interval_wait(&beats) == WEFT_OK);
    int64_t outer = weft_deadline_narrow(weft_deadline_after(PERIOD / 2));
    CHECK(weft_interval_wait(&beats) == WEFT_TIMED_OUT);
    weft_deadline_restore(outer);
    CHECK(weft_interval_wait(&beats) == WEFT_OK);
    CHECK(weft_clock_now() - begin < PERIOD + 2 * WEFT_MILLISECOND);

    /* The end of time is no overflow. */
    weft_interval rare = weft_interval_every(INT64_MAX, WEFT_MISSED_SKIP);
    CHECK(weft_interval_wait(&rare) == WEFT_OK);
    CHECK(rare.next == WEFT_NEVER);
}

static void what_cannot_be_heard(void **state)
{
    (void)state;
    run_virtual(wait_in_vain, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missed_beats),
        cmocka_unit_test(what_cannot_be_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
