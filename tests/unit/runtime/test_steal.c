/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_steal.c: idle workers take fibers that have not started; nothing else moves, and nothing is
 * lost on the way.
 */
#include "fibers.h"
#include <runtime/park.h>
#include <runtime/reactor.h>
#include <runtime/sanitize.h>
#include <stdatomic.h>
#include <weft/metrics.h>

enum {
    CROWD = 24,
#ifdef WEFT__TSAN /* for which a fiber is expensive */
    ROUNDS = 300,
    HEIGHT = 4,
#else
    ROUNDS = 2000,
    HEIGHT = 6,
#endif
    PATIENCE = 50, /* crowds, until somebody has found the time to help */
};

static void run_stealing(unsigned workers, weft_stealing stealing, weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = workers, .stealing = stealing};
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
}

static void spin(int64_t duration)
{
    for (int64_t end = weft_deadline_after(duration); weft_clock_now() < end;)
        continue;
}

static unsigned stolen_in_all(void)
{
    uint64_t steals = 0, lost = 0;
    weft_worker_metrics worker;
    for (unsigned i = 0; i < weft_worker_count(); i++) {
        CHECK(weft_worker_measure(i, &worker));
        steals += worker.steals;
        lost += worker.stolen_from;
    }
    CHECK(steals == lost);
    return (unsigned)steals;
}

/* ---- who is taken ------------------------------------------------------------------------ */

struct task {
    unsigned first_on, later_on; /* the worker that it ran on, before and after it waited */
    weft_error slept;
};

static void work(void *arg)
{
    struct task *task = arg;
    task->first_on = weft_worker_index();
    spin(3 * WEFT_MILLISECOND);
    task->slept = weft_sleep(WEFT_MILLISECOND);
    task->later_on = weft_worker_index();
}

/* How many of the crowd did not run on worker 0. */
static unsigned run_crowd(bool pinned)
{
    struct task tasks[CROWD];
    weft_fiber *fibers[CROWD];
    unsigned elsewhere = 0;
    for (unsigned i = 0; i < CROWD; i++)
        if (pinned)
            CHECK(weft_fiber_spawn(&fibers[i], "pinned", work, &tasks[i]) == WEFT_OK);
        else
            CHECK(weft_fiber_spawn_on(&fibers[i], WEFT_ANYWHERE, "free", work, &tasks[i]) ==
                  WEFT_OK);
    for (unsigned i = 0; i < CROWD; i++) {
        weft_fiber_join(fibers[i]);
        CHECK(tasks[i].slept == WEFT_OK);
        CHECK(tasks[i].first_on == tasks[i].later_on);
        elsewhere += tasks[i].first_on != 0;
    }
    return elsewhere;
}

/* The first crowd may be needed to tell how long such fibers take, and that waking somebody pays. */
static void others_help(void *arg)
{
    (void)arg;
    unsigned helped = 0;
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK); /* the others fall asleep */
    for (unsigned crowd = 0; crowd < PATIENCE && helped == 0; crowd++)
        helped = run_crowd(false);
    CHECK(helped > 0);
    CHECK(stolen_in_all() >= helped);
}

static void idle_workers_help(void **state)
{
    (void)state;
    run_stealing(2, WEFT_STEALING_EAGER, others_help);
    run_stealing(4, WEFT_STEALING_EAGER, others_help);
}

static void idle_workers_help_when_it_pays(void **state)
{
    (void)state;
    run_stealing(2, WEFT_STEALING_ON, others_help);
}

static void nobody_helps(void *arg)
{
    (void)arg;
    CHECK(run_crowd(false) == 0);
    CHECK(stolen_in_all() == 0);
}

static void stealing_can_be_off(void **state)
{
    (void)state;
    run_stealing(2, WEFT_STEALING_OFF, nobody_helps);
    assert_int_equal(setenv("WEFT_STEAL", "off", 1), 0);
    run_stealing(2, WEFT_STEALING_DEFAULT, nobody_helps);
    assert_int_equal(setenv("WEFT_STEAL", "eager", 1), 0);
    run_stealing(2, WEFT_STEALING_DEFAULT, others_help);
    assert_int_equal(setenv("WEFT_STEAL", "perhaps", 1), 0);
    assert_int_equal(weft_runtime_run(NULL, nobody_helps, NULL), WEFT_INVALID);
    assert_int_equal(unsetenv("WEFT_STEAL"), 0);
}

static void nobody_moves(void *arg)
{
    (void)arg;
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(run_crowd(true) == 0);
    CHECK(stolen_in_all() == 0);
}

static void pinned_fibers_stay(void **state)
{
    (void)state;
    run_stealing(3, WEFT_STEALING_EAGER, nobody_moves);
}

/* ---- what is told on the way ------------------------------------------------------------- */

static void expect_cancelled(void *arg)
{
    weft_error error = weft_sleep(WEFT_MINUTE);
    *(bool *)arg = error == WEFT_CANCELLED;
}

static void cancel_all(void *arg)
{
    (void)arg;
    for (unsigned round = 0; round < ROUNDS / 10; round++) {
        bool cancelled[CROWD] = {false};
        weft_fiber *fibers[CROWD];
        for (unsigned i = 0; i < CROWD; i++)
            CHECK(weft_fiber_spawn_on(&fibers[i], WEFT_ANYWHERE, "sleeper", expect_cancelled,
                                      &cancelled[i]) == WEFT_OK);
        if (round % 2)
            weft_yield();
        for (unsigned i = 0; i < CROWD; i++)
            weft_fiber_cancel(fibers[i]);
        for (unsigned i = 0; i < CROWD; i++) {
            weft_fiber_join(fibers[i]);
            CHECK(cancelled[i]);
        }
    }
}

static void cancellation_reaches_the_stolen(void **state)
{
    (void)state;
    run_stealing(4, WEFT_STEALING_EAGER, cancel_all);
}

/* ---- nothing is lost --------------------------------------------------------------------- */

static _Atomic unsigned leaves;

static void leaf(void *arg)
{
    (void)arg;
    atomic_fetch_add(&leaves, 1);
}

static void branch(void *arg)
{
    unsigned depth = *(const unsigned *)arg;
    weft_fiber *children[3];
    unsigned below = depth - 1;
    for (unsigned i = 0; i < 3; i++)
        CHECK(weft_fiber_spawn_on(&children[i], WEFT_ANYWHERE, "child", below ? branch : leaf,
                                  &below) == WEFT_OK);
    for (unsigned i = 0; i < 3; i++)
        weft_fiber_join(children[i]);
}

static void grow_trees(void *arg)
{
    (void)arg;
    for (unsigned tree = 0; tree < 10; tree++) {
        unsigned depth = HEIGHT, expected = 1;
        for (unsigned level = 0; level < depth; level++)
            expected *= 3;
        atomic_store(&leaves, 0);
        branch(&depth);
        CHECK(atomic_load(&leaves) == expected);
    }
}

static void every_fiber_runs_once(void **state)
{
    (void)state;
    for (unsigned workers = 1; workers <= 4; workers++)
        run_stealing(workers, WEFT_STEALING_EAGER, grow_trees);
}

static _Atomic unsigned started;

static void count_start(void *arg)
{
    (void)arg;
    atomic_fetch_add(&started, 1);
}

/* More than a deque holds, and nobody joins them. */
static void start_many(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++)
        CHECK(weft__fiber_start_anywhere("one of many", count_start, NULL) == WEFT_OK);
}

static void runtime_waits_for_the_stolen(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        atomic_store(&started, 0);
        run_stealing(3, WEFT_STEALING_EAGER, start_many);
        assert_int_equal(atomic_load(&started), ROUNDS);
    }
}

/* ---- everybody's turn comes -------------------------------------------------------------- */

struct ring {
    atomic_bool over;
    _Atomic unsigned turns[CROWD];
};

static struct ring ring;

static void take_turns(void *arg)
{
    _Atomic unsigned *turns = arg;
    while (!atomic_load(&ring.over)) {
        atomic_fetch_add(turns, 1);
        weft_yield();
    }
}

/* Fibers that always want to run hold up neither those that come new, nor timers. */
static void stay_fair(void *arg)
{
    (void)arg;
    weft_fiber *fibers[CROWD], *late;
    atomic_store(&ring.over, false);
    for (unsigned i = 0; i < CROWD; i++) {
        atomic_store(&ring.turns[i], 0);
        CHECK(weft_fiber_spawn_on(&fibers[i], 0, "busy", take_turns, &ring.turns[i]) == WEFT_OK);
    }
    for (unsigned round = 0; round < 100; round++) {
        unsigned before = atomic_load(&ring.turns[0]);
        bool ran = false;
        atomic_store(&leaves, 0);
        CHECK(weft_fiber_spawn(&late, "late", leaf, &ran) == WEFT_OK);
        weft_fiber_join(late);
        CHECK(atomic_load(&ring.turns[0]) - before <= 4);
    }
    for (unsigned i = 1; i < CROWD; i++) {
        unsigned first = atomic_load(&ring.turns[0]), other = atomic_load(&ring.turns[i]);
        CHECK(first - other + 1 <= 2);
    }
    unsigned before = atomic_load(&ring.turns[0]);
    CHECK(weft_sleep(1) == WEFT_OK); /* due within a tick */
    CHECK(atomic_load(&ring.turns[0]) > before);
    atomic_store(&ring.over, true);
    for (unsigned i = 0; i < CROWD; i++)
        weft_fiber_join(fibers[i]);
}

static void runs_every_fiber_within_a_round(void **state)
{
    (void)state;
    run_stealing(1, WEFT_STEALING_OFF, stay_fair);
    run_stealing(1, WEFT_STEALING_EAGER, stay_fair);
}

/* ---- counting ---------------------------------------------------------------------------- */

static void count(void *arg)
{
    (void)arg;
    weft_worker_metrics before, after;
    weft_fiber *fibers[CROWD];
    weft_yield();
    CHECK(weft_worker_measure(0, &before));
    for (unsigned i = 0; i < CROWD; i++)
        CHECK(weft_fiber_spawn(&fibers[i], "leaf", leaf, NULL) == WEFT_OK);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    for (unsigned i = 0; i < CROWD; i++)
        weft_fiber_join(fibers[i]);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_worker_measure(0, &after));
    CHECK(after.spawned - before.spawned == CROWD);
    CHECK(after.fibers_run - before.fibers_run >= CROWD);
    CHECK(after.turns > before.turns);
    CHECK(after.parks > before.parks);
    CHECK(after.ready_max >= CROWD);
    uint64_t turns = 0;
    for (unsigned i = 0; i < WEFT_METRICS_BUCKETS; i++)
        turns += after.turn_time[i];
    CHECK(turns > 0 && turns <= after.turns);
    uint64_t crowded = 0;
    for (unsigned i = 0; i < WEFT_METRICS_DEPTHS; i++) {
        turns -= after.turn_depth[i];
        if (1u << i <= CROWD && CROWD < 2u << i)
            crowded = after.turn_depth[i] - before.turn_depth[i];
    }
    CHECK(turns == 0 && crowded >= 1);
    CHECK(!weft_worker_measure(1, &after) && after.turns == 0);
}

static void counts(void **state)
{
    (void)state;
    run_stealing(1, WEFT_STEALING_ON, count);
    weft_worker_metrics worker;
    weft_runtime_metrics runtime;
    assert_false(weft_worker_measure(0, &worker));
    assert_false(weft_runtime_measure(&runtime));
    assert_int_equal(runtime.workers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_workers_help),
        cmocka_unit_test(idle_workers_help_when_it_pays),
        cmocka_unit_test(stealing_can_be_off),
        cmocka_unit_test(pinned_fibers_stay),
        cmocka_unit_test(cancellation_reaches_the_stolen),
        cmocka_unit_test(every_fiber_runs_once),
        cmocka_unit_test(runtime_waits_for_the_stolen),
        cmocka_unit_test(runs_every_fiber_within_a_round),
        cmocka_unit_test(counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
