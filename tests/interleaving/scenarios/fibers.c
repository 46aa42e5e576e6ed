/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/fibers.c: the real runtime on logical threads: mailbox and bell, parking and waking from
 * afar, joining, stopping; mutex and channel between fibers of two workers.
 */
#include "fibers.h"
#include <runtime/reactor.h>
#include <stdlib.h>
#include <weft/channel.h>
#include <weft/sync.h>

/* ---- mailbox, sleep and bell --------------------------------------------------------------------- */

static _Atomic unsigned heard;

static void hear(weft__task *task)
{
    (void)task;
    atomic_fetch_add(&heard, 1);
}

static weft__task mail[3] = {{.fn = hear}, {.fn = hear}, {.fn = hear}};

static void *post_one(void *task)
{
    weft__worker_post(1, task);
    return NULL;
}

static void post_from_three(void *unused)
{
    (void)unused;
    explore_begin();
    pthread_t plain = start(post_one, &mail[0]);
    weft__worker_post(1, &mail[1]);
    weft__worker_post(1, &mail[2]);
    explore_quiesce();
    CHECK(heard == 3);
    pthread_join(plain, NULL);
    explore_end();
}

SCENARIO(mailbox_wakes, 3, "a thread and a fiber post to a worker that falls asleep")
{
    run_fibers(2, post_from_three);
}

/* ---- parking and waking -------------------------------------------------------------------------- */

struct meeting { /* of a fiber that parks and those who wake it */
    _Atomic(weft_fiber *) fiber;
    int64_t deadline;
    weft_error first, second;
};

/* As park.h says: published once, taken back with an exchange when the wait ends otherwise. */
static weft_error wait_published(struct meeting *meeting)
{
    atomic_store(&meeting->fiber, weft_fiber_current());
    weft_error error = weft__park(meeting->deadline);
    if (error && !atomic_exchange(&meeting->fiber, NULL)) {
        weft__park_shielded();
        return WEFT_OK;
    }
    return error;
}

static void wait_twice(void *arg)
{
    struct meeting *meeting = arg;
    meeting->first = wait_published(meeting);
    meeting->second = wait_published(meeting);
}

static bool wake_published(struct meeting *meeting)
{
    weft_fiber *fiber = atomic_exchange(&meeting->fiber, NULL);
    if (fiber)
        weft__unpark(fiber);
    return fiber != NULL;
}

static void wake_from_afar(void *unused)
{
    (void)unused;
    struct meeting meeting = {.deadline = WEFT_NEVER};
    weft_fiber *fiber;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "waits twice", wait_twice, &meeting) == WEFT_OK);
    for (unsigned woken = 0; woken < 2;)
        woken += wake_published(&meeting) ? 1 : (explore_quiesce(), 0);
    weft_fiber_join(fiber);
    CHECK(meeting.first == WEFT_OK && meeting.second == WEFT_OK);
    explore_end();
}

SCENARIO(park_unpark, 4, "a fiber that waits twice is woken from another worker")
{
    run_fibers(2, wake_from_afar);
}

static void wake_or_cancel(void *unused)
{
    (void)unused;
    struct meeting meeting = {.deadline = weft_deadline_after(WEFT_SECOND)};
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "waits twice", wait_twice, &meeting) == WEFT_OK);
    explore_begin();
    weft_fiber_cancel(fiber);
    bool woken = wake_published(&meeting);
    explore_pass(2 * WEFT_SECOND);
    woken += wake_published(&meeting);
    weft_fiber_join(fiber);
    unsigned ended_well = (meeting.first == WEFT_OK) + (meeting.second == WEFT_OK);
    CHECK(ended_well <= 2 && (ended_well == 0) == !woken);
    explore_end();
}

SCENARIO(park_deadline_cancel, 4, "wake-ups meet a cancellation and a deadline")
{
    run_fibers(2, wake_or_cancel);
}

static void wake_late(void *unused)
{
    (void)unused;
    struct meeting meeting = {.deadline = weft_deadline_after(WEFT_SECOND)};
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "waits twice", wait_twice, &meeting) == WEFT_OK);
    explore_begin();
    pthread_t time = start(pass_two_seconds, NULL);
    bool woken = wake_published(&meeting);
    weft_fiber_join(fiber);
    CHECK((meeting.first == WEFT_OK) + (meeting.second == WEFT_OK) == woken);
    pthread_join(time, NULL);
    explore_end();
}

SCENARIO(park_deadline, 3, "a deadline passes while the fiber is woken from another worker")
{
    run_fibers(2, wake_late);
}

/* ---- joining ------------------------------------------------------------------------------------- */

static void do_nothing(void *unused)
{
    (void)unused;
}

static void cancel_and_join(void *unused)
{
    (void)unused;
    weft_fiber *fiber;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "short", do_nothing, NULL) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    explore_end();
}

SCENARIO(join_cancel, 12, "a fiber of another worker is cancelled and joined while it ends")
{
    run_fibers(2, cancel_and_join);
}

static void park_for_ever(void *error)
{
    *(weft_error *)error = weft__park(WEFT_NEVER);
}

static void join_a_parked_one(void *unused)
{
    (void)unused;
    weft_error error = WEFT_OK;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "parked", park_for_ever, &error) == WEFT_OK);
    explore_begin();
    weft_fiber_cancel(fiber);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(error == WEFT_CANCELLED);
    explore_end();
}

SCENARIO(join_parked, 12, "a parked fiber of another worker is cancelled twice and joined")
{
    run_fibers(2, join_a_parked_one);
}

static unsigned told;

static void count_told(weft__ending *ending)
{
    (void)ending;
    told++;
}

static void watch_and_unwatch(void *unused)
{
    (void)unused;
    weft_fiber *fiber;
    weft__ending ending = {.tell = count_told};
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "short", do_nothing, NULL) == WEFT_OK);
    bool watched = weft__fiber_watch(fiber, &ending);
    bool unwatched = watched && weft__fiber_unwatch(fiber, &ending);
    weft_fiber_join(fiber);
    explore_quiesce();
    CHECK(told == (watched && !unwatched));
    explore_end();
}

SCENARIO(join_watch, 12, "a watch is taken back while the fiber ends")
{
    run_fibers(2, watch_and_unwatch);
}

/* ---- starting and stopping ----------------------------------------------------------------------- */

static void leave_one_behind(void *unused)
{
    (void)unused;
    weft_fiber *fiber;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "short", do_nothing, NULL) == WEFT_OK);
    weft_fiber_join(fiber);
    CHECK(weft__fiber_start("outlives main", do_nothing, NULL) == WEFT_OK);
}

SCENARIO(runtime_stops, 3, "main ends while fibers live: all workers stop, after the last fiber")
{
    run_fibers(2, leave_one_behind);
}

/* ---- mutex and channel between workers ----------------------------------------------------------- */

static weft_mutex mutex;
static unsigned inside, entered, refused;

static void lock_once(void *deadline)
{
    if (weft_mutex_lock(&mutex, *(int64_t *)deadline) != WEFT_OK) {
        refused++;
        return;
    }
    CHECK(inside++ == 0);
    entered++;
    weft_yield();
    CHECK(--inside == 0);
    weft_mutex_unlock(&mutex);
}

static void lock_on_two_workers(void *unused)
{
    (void)unused;
    int64_t never = WEFT_NEVER, soon = weft_deadline_after(WEFT_SECOND);
    weft_fiber *a, *b;
    explore_begin();
    CHECK(weft_fiber_spawn_on(&a, 1, "a", lock_once, &never) == WEFT_OK);
    CHECK(weft_fiber_spawn_on(&b, 0, "b", lock_once, &soon) == WEFT_OK);
    lock_once(&never);
    weft_fiber_cancel(a);
    explore_pass(2 * WEFT_SECOND);
    weft_fiber_join(a);
    weft_fiber_join(b);
    CHECK(entered + refused == 3 && mutex.state == 0 && !mutex.waits.first);
    explore_end();
}

SCENARIO(mutex_fibers, 3, "fibers of two workers lock; one is cancelled, one has a deadline")
{
    run_fibers(2, lock_on_two_workers);
}

static weft_channel *channel;

static void send_two(void *unused)
{
    (void)unused;
    for (int item = 1; item <= 2; item++)
        CHECK(weft_channel_send(channel, &item, WEFT_NEVER) == WEFT_OK);
    weft_channel_close(channel);
}

static void receive_from_afar(void *unused)
{
    (void)unused;
    weft_fiber *sender;
    int item;
    channel = weft_channel_create(sizeof item, 1);
    explore_begin();
    CHECK(weft_fiber_spawn_on(&sender, 1, "sender", send_two, NULL) == WEFT_OK);
    for (int i = 1; i <= 2; i++)
        CHECK(weft_channel_receive(channel, &item, WEFT_NEVER) == WEFT_OK && item == i);
    CHECK(weft_channel_receive(channel, &item, WEFT_NEVER) == WEFT_CLOSED);
    weft_fiber_join(sender);
    weft_channel_destroy(channel);
    explore_end();
}

SCENARIO(channel_fibers, 3, "two items go from one worker to another, then the channel is closed")
{
    run_fibers(2, receive_from_afar);
}
