/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_reactor.c: sources, tasks, timers and slots of a running worker.
 */
#include "fibers.h"
#include <fcntl.h>
#include <pthread.h>
#include <runtime/park.h>
#include <runtime/reactor.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static void make_pair(int ends[2])
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
}

/* ---- sources ------------------------------------------------------------------------------ */

struct watched {
    weft__source source;
    unsigned calls;
    weft__source *closes; /* what on_ready closes */
};

static void count_call(weft__source *source)
{
    struct watched *watched = (struct watched *)(void *)source;
    CHECK(!weft_fiber_current());
    CHECK(weft_worker_index() == 0);
    watched->calls++;
    if (watched->closes)
        weft__source_close(watched->closes);
}

static void wait_for_input(void *arg)
{
    struct watched *watched = arg;
    CHECK(weft__source_wait(&watched->source, WEFT__READABLE, WEFT_NEVER) == WEFT_OK);
}

static void check_source(void *arg)
{
    WEFT__HOLD_WORKER();
    (void)arg;
    int ends[2];
    make_pair(ends);
    struct watched watched = {.source = {.fd = ends[0], .on_ready = count_call}};
    weft__source *source = &watched.source;
    CHECK(weft__source_open(source) == WEFT_OK);
    CHECK(weft__source_wait(source, WEFT__WRITABLE, WEFT_NEVER) == WEFT_OK);
    CHECK(watched.calls == 0);

    /* nobody waits: on_ready is called, once for each edge */
    CHECK(write(ends[1], "a", 1) == 1);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(watched.calls == 1 && (source->ready & WEFT__READABLE));
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(watched.calls == 1);
    CHECK(weft__source_wait(source, WEFT__READABLE, 0) == WEFT_OK); /* remembered */

    /* somebody waits: the fiber is woken instead */
    char byte;
    CHECK(read(ends[0], &byte, 1) == 1);
    weft__source_drained(source);
    weft_fiber *reader;
    CHECK(weft_fiber_spawn(&reader, "reader", wait_for_input, &watched) == WEFT_OK);
    weft_yield();
    CHECK(weft__source_wait(source, WEFT__READABLE, WEFT_NEVER) == WEFT_BUSY); /* one at a time */
    CHECK(write(ends[1], "b", 1) == 1);
    weft_fiber_join(reader);
    CHECK(watched.calls == 1);

    /* a deadline takes the wait back */
    CHECK(read(ends[0], &byte, 1) == 1);
    weft__source_blocked(source, WEFT__READABLE);
    int64_t deadline = weft_deadline_after(3 * WEFT_MILLISECOND);
    CHECK(weft__source_wait(source, WEFT__READABLE, deadline) == WEFT_TIMED_OUT);
    CHECK(!source->reader);

    /* after a hang-up reading goes on to the end */
    close(ends[1]);
    CHECK(weft__source_wait(source, WEFT__READABLE, WEFT_NEVER) == WEFT_OK);
    weft__source_drained(source);
    CHECK(source->ready & WEFT__READABLE);
    CHECK(read(ends[0], &byte, 1) == 0);
    weft__source_close(source);
    close(ends[0]);
}

static void source_wakes_a_fiber_or_calls(void **state)
{
    (void)state;
    run_with(1, check_source, NULL);
}

/* Both have an event in the same batch; whoever comes first closes the other. */
static void check_close_in_batch(void *arg)
{
    WEFT__HOLD_WORKER();
    (void)arg;
    int first[2], second[2];
    make_pair(first);
    make_pair(second);
    struct watched one = {.source = {.fd = first[0], .on_ready = count_call}};
    struct watched two = {.source = {.fd = second[0], .on_ready = count_call}};
    one.closes = &two.source;
    two.closes = &one.source;
    CHECK(weft__source_open(&one.source) == WEFT_OK);
    CHECK(weft__source_open(&two.source) == WEFT_OK);
    CHECK(write(first[1], "x", 1) == 1 && write(second[1], "x", 1) == 1);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(one.calls + two.calls == 1);
    weft__source_close(one.calls ? &one.source : &two.source);
    for (int i = 0; i < 2; i++) {
        close(first[i]);
        close(second[i]);
    }
}

static void closed_source_gets_no_event(void **state)
{
    (void)state;
    run_with(1, check_close_in_batch, NULL);
}

static void check_bad_descriptor(void *arg)
{
    WEFT__HOLD_WORKER();
    (void)arg;
    weft__source source = {.fd = -1};
    CHECK(weft__source_open(&source) != WEFT_OK);
}

static void bad_descriptor_is_refused(void **state)
{
    (void)state;
    run_with(1, check_bad_descriptor, NULL);
    weft__source source = {.fd = 0};
    assert_int_equal(weft__source_open(&source), WEFT_INVALID); /* not on a worker */
}

/* The reactor is asked within a bound, however busy the queue is. */
static bool input_came;

static void keep_busy(void *arg)
{
    (void)arg;
    for (unsigned turns = 0; !input_came; turns++) {
        CHECK(turns < 1000);
        weft_yield();
    }
}

static void spin_until_woken(void *arg)
{
    (void)arg;
    while (!input_came)
        weft_yield();
}

static void wait_while_others_spin(void *arg)
{
    (void)arg;
    int ends[2];
    make_pair(ends);
    struct watched watched = {.source = {.fd = ends[0]}};
    CHECK(weft__source_open(&watched.source) == WEFT_OK);
    weft_fiber *busy[2];
    input_came = false;
    for (int i = 0; i < 2; i++)
        CHECK(weft_fiber_spawn(&busy[i], "busy", keep_busy, NULL) == WEFT_OK);
    CHECK(write(ends[1], "x", 1) == 1);
    wait_for_input(&watched);
    input_came = true;
    for (int i = 0; i < 2; i++)
        weft_fiber_join(busy[i]);
    weft__source_close(&watched.source);
    close(ends[0]);
    close(ends[1]);
}

static void events_come_through_a_busy_queue(void **state)
{
    (void)state;
    run_with(1, wait_while_others_spin, NULL);
}

static void sleep_while_others_spin(void *arg)
{
    (void)arg;
    weft_fiber *busy[2];
    input_came = false;
    for (int i = 0; i < 2; i++)
        CHECK(weft_fiber_spawn(&busy[i], "busy", spin_until_woken, NULL) == WEFT_OK);
    int64_t deadline = weft_deadline_after(5 * WEFT_MILLISECOND);
    CHECK(weft_sleep_until(deadline) == WEFT_OK);
    CHECK(weft_clock_now() < deadline + WEFT_SECOND);
    input_came = true;
    for (int i = 0; i < 2; i++)
        weft_fiber_join(busy[i]);
}

static void timers_fire_through_a_busy_queue(void **state)
{
    (void)state;
    run_with(1, sleep_while_others_spin, NULL);
}

/* ---- tasks -------------------------------------------------------------------------------- */

enum { TASKS = 20000 };

static weft__task tasks[TASKS];
static unsigned tasks_run;
static weft_fiber *waiter;

static void run_task(weft__task *task)
{
    CHECK(!weft_fiber_current() && weft_worker_index() == 1);
    CHECK(task == &tasks[tasks_run]); /* in the order of posting */
    if (++tasks_run == TASKS)
        weft__unpark(waiter);
}

static void *post_all(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < TASKS; i++) {
        tasks[i].fn = run_task;
        weft__worker_post(1, &tasks[i]);
    }
    return NULL;
}

static void check_tasks(void *arg)
{
    (void)arg;
    pthread_t thread;
    waiter = weft_fiber_current();
    CHECK(pthread_create(&thread, NULL, post_all, NULL) == 0);
    weft__park_shielded();
    pthread_join(thread, NULL);
}

static void tasks_of_a_thread_run_in_order(void **state)
{
    (void)state;
    tasks_run = 0;
    run_with(2, check_tasks, NULL);
    assert_int_equal(tasks_run, TASKS);
}

/* ---- timers ------------------------------------------------------------------------------- */

static int64_t fired_at;

static void fire(weft__timer *timer)
{
    (void)timer;
    CHECK(!weft_fiber_current());
    fired_at = weft__worker_now();
}

static void check_timer(void *arg)
{
    WEFT__HOLD_WORKER();
    (void)arg;
    weft__timer timer = {.fn = fire}, cancelled = {.fn = fire};
    int64_t deadline = weft__worker_now() + 5 * WEFT_MILLISECOND;
    weft__timer_arm(&timer, deadline);
    weft__timer_arm(&cancelled, deadline - WEFT_MILLISECOND);
    weft__timer_cancel(&cancelled);
    CHECK(weft_sleep(10 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(fired_at >= deadline);
}

static void timers_of_a_worker_fire(void **state)
{
    (void)state;
    run_with(1, check_timer, NULL);
}

/* ---- slots -------------------------------------------------------------------------------- */

static _Atomic unsigned destroyed;

static void destroy_slot(void *value)
{
    CHECK(weft_worker_index() == *(unsigned *)value);
    CHECK(weft__fiber_start("too late", check_timer, NULL) == WEFT_SHUTTING_DOWN);
    free(value);
    destroyed++;
}

static void fill_slot(void *arg)
{
    WEFT__HOLD_WORKER();
    (void)arg;
    void **slot = weft__worker_slot(WEFT__SLOT_DB);
    CHECK(!*slot);
    unsigned *index = malloc(sizeof *index);
    CHECK(index);
    *index = weft_worker_index();
    *slot = index;
    CHECK(*weft__worker_slot(WEFT__SLOT_DB) == index);
    CHECK(!*weft__worker_slot(WEFT__SLOT_HTTP));
}

static void fill_slots(void *arg)
{
    for (unsigned on = 0; on < 2; on++) {
        weft_fiber *fiber;
        CHECK(weft_fiber_spawn_on(&fiber, on, "fill", fill_slot, arg) == WEFT_OK);
        weft_fiber_join(fiber);
    }
}

static void slots_are_destroyed_on_their_workers(void **state)
{
    (void)state;
    destroyed = 0;
    weft__worker_slot_destructor(WEFT__SLOT_DB, destroy_slot);
    run_with(3, fill_slots, NULL);
    assert_int_equal(destroyed, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_wakes_a_fiber_or_calls),
        cmocka_unit_test(closed_source_gets_no_event),
        cmocka_unit_test(bad_descriptor_is_refused),
        cmocka_unit_test(events_come_through_a_busy_queue),
        cmocka_unit_test(timers_fire_through_a_busy_queue),
        cmocka_unit_test(tasks_of_a_thread_run_in_order),
        cmocka_unit_test(timers_of_a_worker_fire),
        cmocka_unit_test(slots_are_destroyed_on_their_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
