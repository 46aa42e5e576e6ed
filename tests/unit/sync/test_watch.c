/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_watch.c: the latest value, between fibers, workers and plain threads.
 */
#include "crowd.h"

static void refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_null(weft_watch_create(0, ""));
    assert_null(weft_watch_create(SIZE_MAX, ""));
    assert_null(weft_watch_create(PTRDIFF_MAX, ""));
    weft_watch_destroy(NULL);
}

static void shows_the_latest_only(void **state)
{
    (void)state;
    int value = 10, got = 0;
    uint64_t seen = 0;
    weft_watch *watch = weft_watch_create(sizeof value, &value);
    assert_int_equal(weft_watch_get(watch, &got), 1);
    assert_int_equal(got, 10);
    assert_int_equal(weft_watch_changed(watch, &seen, &got, 0), WEFT_OK);
    assert_int_equal(seen, 1);
    int64_t deadline = in_ms(2);
    assert_int_equal(weft_watch_try_changed(watch, &seen, &got), WEFT_BUSY);
    assert_int_equal(weft_watch_changed(watch, &seen, &got, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    for (value = 11; value <= 13; value++)
        assert_int_equal(weft_watch_set(watch, &value), WEFT_OK);
    assert_int_equal(weft_watch_changed(watch, &seen, &got, 0), WEFT_OK);
    assert_int_equal(seen, 4);
    assert_int_equal(got, 13);
    weft_watch_close(watch);
    assert_int_equal(weft_watch_set(watch, &value), WEFT_CLOSED);
    assert_int_equal(weft_watch_changed(watch, &seen, &got, WEFT_NEVER), WEFT_CLOSED);
    seen = 0; /* a newcomer still gets the last one */
    assert_int_equal(weft_watch_try_changed(watch, &seen, &got), WEFT_OK);
    assert_int_equal(weft_watch_get(watch, &got), 4);
    assert_int_equal(got, 13);
    weft_watch_destroy(watch);
}

/* ---- waiting ------------------------------------------------------------------------------ */

struct look {
    weft_watch *watch;
    weft_error end;
    int last;
};

static void look_on(void *arg)
{
    struct look *look = arg;
    uint64_t seen = 1;
    weft_error error;
    while ((error = weft_watch_changed(look->watch, &seen, &look->last, WEFT_NEVER)) == WEFT_OK)
        CHECK((int)seen == look->last + 1);
    CHECK(error == look->end);
}

static void end_waits(void *arg)
{
    (void)arg;
    int value = 0;
    weft_watch *watch = weft_watch_create(sizeof value, &value);
    struct look looks[3];
    weft_fiber *fibers[3];
    for (int i = 0; i < 3; i++) {
        looks[i] = (struct look){watch, i ? WEFT_CLOSED : WEFT_CANCELLED, 0};
        fibers[i] = start(look_on, &looks[i]);
    }
    weft_yield();
    for (value = 1; value <= 4; value++) {
        CHECK(weft_watch_set(watch, &value) == WEFT_OK);
        weft_yield();
        for (int i = 0; i < 3; i++)
            CHECK(looks[i].last == value);
    }
    weft_fiber_cancel(fibers[0]);
    weft_fiber_join(fibers[0]);
    weft_watch_close(watch);
    for (int i = 1; i < 3; i++)
        weft_fiber_join(fibers[i]);
    weft_watch_destroy(watch);
}

static void a_change_wakes_all(void **state)
{
    (void)state;
    run_with(1, end_waits, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { FIBERS = 8, THREADS = 2, CHANGES = 8000 };

struct value {
    uint64_t number, copies[6];
};

/* Whoever looks sees whole values, newer ones each time, and the last one in the end. */
static void look_and_set(void *arg, unsigned number)
{
    weft_watch *watch = arg;
    struct value value;
    if (number == 0) {
        for (uint64_t i = 2; i <= CHANGES; i++) {
            value = (struct value){i, {i, i, i, i, i, i}};
            CHECK(weft_watch_set(watch, &value) == WEFT_OK);
            if (i % 64 == 0)
                weft_yield();
        }
        weft_watch_close(watch);
        return;
    }
    uint64_t seen = 0, before = 0;
    weft_error error;
    while ((error = weft_watch_changed(watch, &seen, &value,
                                       number % 2 ? in_us(20) : WEFT_NEVER)) != WEFT_CLOSED) {
        if (error == WEFT_TIMED_OUT)
            continue;
        CHECK(error == WEFT_OK);
        CHECK(value.number == seen && seen > before && value.copies[5] == seen);
        before = seen;
    }
    CHECK(before == CHANGES);
}

static void nobody_misses_the_last_value(void **state)
{
    (void)state;
    struct value first = {1, {1, 1, 1, 1, 1, 1}};
    weft_watch *watch = weft_watch_create(sizeof first, &first);
    crowd_run((struct crowd){3, FIBERS, THREADS, look_and_set, watch});
    weft_watch_destroy(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(shows_the_latest_only),
        cmocka_unit_test(a_change_wakes_all),
        cmocka_unit_test(nobody_misses_the_last_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
