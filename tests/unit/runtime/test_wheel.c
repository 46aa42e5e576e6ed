/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_wheel.c: the timer wheel by itself, in made-up time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <runtime/wheel.h>

#define MS WEFT_MILLISECOND

struct entry {
    weft__timer timer;
    int fired;
    int64_t at;    /* when it was fired */
    unsigned turn; /* how many were before it */
};

static weft__wheel wheel;
static int64_t now;
static unsigned turns;

static void record(weft__timer *timer)
{
    struct entry *entry = (struct entry *)(void *)timer;
    entry->fired++;
    entry->at = now;
    entry->turn = turns++;
}

static int start(void **state)
{
    (void)state;
    now = 12345 * WEFT_SECOND + 678;
    turns = 0;
    weft__wheel_init(&wheel, now);
    return 0;
}

static void arm(struct entry *entry, int64_t deadline)
{
    entry->timer.fn = record;
    weft__wheel_arm(&wheel, &entry->timer, deadline);
}

/* Goes from one busy moment to the next, as a worker does. */
static void run_until(int64_t end)
{
    for (int64_t next; (next = weft__wheel_next(&wheel)) <= end;) {
        if (next > now)
            now = next;
        weft__wheel_expire(&wheel, now);
    }
    now = end;
    weft__wheel_expire(&wheel, now);
}

static void fires_within_a_tick_and_never_early(void **state)
{
    (void)state;
    static const int64_t after[] = {
        1,
        MS - 1,
        MS,
        MS + 1,
        63 * MS,
        64 * MS,
        65 * MS,
        127 * MS,
        128 * MS,
        4095 * MS,
        4096 * MS,
        4097 * MS,
        262143 * MS,
        262144 * MS,
        3600000 * MS,
        86400000 * MS,
        86400000 * MS * 365 * 10,
    };
    enum { COUNT = sizeof after / sizeof *after };
    struct entry entries[COUNT] = {0};
    int64_t begin = now;
    for (size_t i = 0; i < COUNT; i++)
        arm(&entries[i], begin + after[i]);
    run_until(begin + after[COUNT - 1] + MS);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(entries[i].fired, 1);
        assert_true(entries[i].at >= begin + after[i]);
        assert_true(entries[i].at < begin + after[i] + MS);
    }
    assert_int_equal(weft__wheel_next(&wheel), WEFT_NEVER);
}

static void the_past_fires_at_the_next_turn(void **state)
{
    (void)state;
    struct entry entries[3] = {0};
    arm(&entries[0], now);
    arm(&entries[1], 0);
    arm(&entries[2], INT64_MIN);
    assert_true(weft__wheel_next(&wheel) <= now);
    weft__wheel_expire(&wheel, now);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(entries[i].fired, 1);
}

static void the_farthest_deadline_is_kept(void **state)
{
    (void)state;
    struct entry entry = {0};
    arm(&entry, WEFT_NEVER - 1);
    assert_true(weft__wheel_next(&wheel) > now);
    weft__wheel_expire(&wheel, now + 86400000 * MS * 365 * 100);
    assert_int_equal(entry.fired, 0);
    weft__timer_cancel(&entry.timer);
    assert_int_equal(weft__wheel_next(&wheel), WEFT_NEVER);
}

static void one_tick_is_first_come_first_served(void **state)
{
    (void)state;
    struct entry entries[6] = {0};
    int64_t deadline = now + 5000 * MS;
    for (unsigned i = 0; i < 3; i++)
        arm(&entries[i], deadline); /* come down from a higher level */
    run_until(now + 4990 * MS);
    for (unsigned i = 3; i < 6; i++)
        arm(&entries[i], deadline); /* straight into the lowest */
    run_until(deadline + MS);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(entries[i].turn, i);
}

static void cancelled_timers_do_not_fire(void **state)
{
    (void)state;
    struct entry entries[3] = {0};
    for (unsigned i = 0; i < 3; i++)
        arm(&entries[i], now + 100 * MS);
    weft__timer_cancel(&entries[1].timer);
    weft__timer_cancel(&entries[1].timer);
    run_until(now + 200 * MS);
    assert_int_equal(entries[0].fired, 1);
    assert_int_equal(entries[1].fired, 0);
    assert_int_equal(entries[2].fired, 1);
    weft__timer_cancel(&entries[0].timer); /* not armed any more */
}

static void armed_again_moves(void **state)
{
    (void)state;
    struct entry entry = {0};
    int64_t begin = now;
    arm(&entry, begin + 10 * MS);
    arm(&entry, begin + 5000 * MS);
    run_until(begin + 100 * MS);
    assert_int_equal(entry.fired, 0);
    arm(&entry, begin + 200 * MS);
    run_until(begin + 6000 * MS);
    assert_int_equal(entry.fired, 1);
    assert_true(entry.at < begin + 201 * MS);
}

static struct entry victim;

static void cancel_victim(weft__timer *timer)
{
    record(timer);
    weft__timer_cancel(&victim.timer);
}

static void rearm_now(weft__timer *timer)
{
    record(timer);
    weft__wheel_arm(&wheel, timer, now);
}

static void callbacks_may_cancel_and_arm(void **state)
{
    (void)state;
    struct entry killer = {.timer.fn = cancel_victim}, restless = {.timer.fn = rearm_now};
    victim = (struct entry){.timer.fn = record};
    weft__wheel_arm(&wheel, &killer.timer, now + MS);
    weft__wheel_arm(&wheel, &victim.timer, now + MS);
    weft__wheel_arm(&wheel, &restless.timer, now + MS);
    now += 2 * MS;
    weft__wheel_expire(&wheel, now);
    assert_int_equal(killer.fired, 1);
    assert_int_equal(victim.fired, 0);
    assert_int_equal(restless.fired, 1); /* not again in the same turn */
    weft__wheel_expire(&wheel, now);
    assert_int_equal(restless.fired, 2);
    weft__timer_cancel(&restless.timer);
}

static void agrees_with_a_sorted_list(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct entry *entries = calloc(COUNT, sizeof *entries);
    assert_non_null(entries);
    srand(7);
    for (unsigned round = 0; round < 5; round++) {
        int64_t begin = now;
        for (unsigned i = 0; i < COUNT; i++) {
            int64_t span = (int64_t)1 << (rand() % 36);
            entries[i].fired = 0;
            arm(&entries[i], begin + (int64_t)rand() * 7919 % span);
        }
        for (unsigned i = 0; i < COUNT; i += 3)
            weft__timer_cancel(&entries[i].timer);
        run_until(begin + 100 * WEFT_SECOND);
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(entries[i].fired, i % 3 != 0);
            if (i % 3 == 0)
                continue;
            assert_true(entries[i].at >= entries[i].timer.deadline);
            assert_true(entries[i].at < entries[i].timer.deadline + MS);
        }
        assert_int_equal(weft__wheel_next(&wheel), WEFT_NEVER);
    }
    free(entries);
}

static void a_long_sleep_fires_all_in_order(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static struct entry entries[COUNT];
    for (unsigned i = 0; i < COUNT; i++)
        arm(&entries[i], now + (COUNT - i) * 7 * MS);
    now += WEFT_HOUR; /* the worker did not come round for an hour */
    weft__wheel_expire(&wheel, now);
    for (unsigned i = 0; i < COUNT; i++)
        assert_int_equal(entries[i].turn, COUNT - 1 - i);
}

/* A slot of 64 ticks has nothing left when its time begins, and no tick moved much more than its
 * share: the wheel does its work for a crowd tick by tick. */
static void a_crowd_moves_down_in_shares(void **state)
{
    (void)state;
    enum { COUNT = 64000, SLOT = 3, SHARE = COUNT / 64 };
    struct entry *entries = calloc(COUNT, sizeof *entries);
    assert_non_null(entries);
    for (unsigned i = 0; i < COUNT; i++)
        arm(&entries[i], now + (SLOT * 64 + i % 64) * MS);
    assert_int_equal(wheel.armed[1][SLOT], COUNT);
    for (unsigned tick = 1; tick < SLOT * 64; tick++) {
        unsigned before = wheel.armed[1][SLOT];
        weft__wheel_expire(&wheel, now + tick * MS);
        assert_true(before - wheel.armed[1][SLOT] <= SHARE + 64);
        if (wheel.armed[1][SLOT] < COUNT && wheel.armed[1][SLOT] > WEFT__WHEEL_CROWD)
            assert_int_equal(weft__wheel_next(&wheel), now + (tick + 1) * MS);
    }
    assert_int_equal(wheel.armed[1][SLOT], 0);
    run_until(now + (SLOT + 1) * 64 * MS);
    for (unsigned i = 0; i < COUNT; i++)
        assert_int_equal(entries[i].fired, 1);
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fires_within_a_tick_and_never_early, start),
        cmocka_unit_test_setup(the_past_fires_at_the_next_turn, start),
        cmocka_unit_test_setup(the_farthest_deadline_is_kept, start),
        cmocka_unit_test_setup(one_tick_is_first_come_first_served, start),
        cmocka_unit_test_setup(cancelled_timers_do_not_fire, start),
        cmocka_unit_test_setup(armed_again_moves, start),
        cmocka_unit_test_setup(callbacks_may_cancel_and_arm, start),
        cmocka_unit_test_setup(agrees_with_a_sorted_list, start),
        cmocka_unit_test_setup(a_long_sleep_fires_all_in_order, start),
        cmocka_unit_test_setup(a_crowd_moves_down_in_shares, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
