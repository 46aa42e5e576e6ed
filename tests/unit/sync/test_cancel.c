/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_cancel.c: a fiber is given what it waits for and cancelled at the same time, from another
 * worker. Either it has it, and says so, or it says that it was cancelled and what was given is
 * still there; never both and never neither.
 */
#include "crowd.h"
#include <sched.h>

enum { RACES = 2000 };

/* One kind of race, of which fresh objects are made each time. */
struct objects {
    weft_mutex mutex;
    weft_rwlock lock;
    weft_semaphore semaphore;
    weft_notify notify, other;
    weft_channel *channel;
    weft_oneshot *oneshot;
};

struct kind {
    weft_error (*wait)(struct objects *o); /* for ever; what is got is kept */
    void (*give)(struct objects *o);
    int (*left)(struct objects *o); /* how much of it is still there */
    int given;
};

struct race {
    const struct kind *kind;
    struct objects objects;
    weft_error result;
    _Atomic bool started;
};

/* ---- kinds -------------------------------------------------------------------------------- */

static weft_error wait_mutex(struct objects *o)
{
    return weft_mutex_lock(&o->mutex, WEFT_NEVER);
}

static void give_mutex(struct objects *o)
{
    weft_mutex_unlock(&o->mutex);
}

static int left_mutex(struct objects *o)
{
    return weft_mutex_try_lock(&o->mutex);
}

static weft_error wait_lock(struct objects *o)
{
    return weft_rwlock_lock_write(&o->lock, WEFT_NEVER);
}

static void give_lock(struct objects *o)
{
    weft_rwlock_unlock(&o->lock);
}

static int left_lock(struct objects *o)
{
    return weft_rwlock_try_lock_write(&o->lock);
}

static weft_error wait_semaphore(struct objects *o)
{
    return weft_semaphore_acquire(&o->semaphore, 2, WEFT_NEVER);
}

static void give_semaphore(struct objects *o)
{
    CHECK(weft_semaphore_release(&o->semaphore, 2) == WEFT_OK);
}

static int left_semaphore(struct objects *o)
{
    return weft_semaphore_try_acquire(&o->semaphore, 2);
}

static weft_error wait_notify(struct objects *o)
{
    return weft_notify_wait(&o->notify, WEFT_NEVER);
}

static void give_notify(struct objects *o)
{
    weft_notify_one(&o->notify);
}

static int left_notify(struct objects *o)
{
    return o->notify.permit;
}

static weft_error wait_channel(struct objects *o)
{
    int item;
    return weft_channel_receive(o->channel, &item, WEFT_NEVER);
}

static void give_channel(struct objects *o)
{
    int item = 1;
    CHECK(weft_channel_try_send(o->channel, &item) == WEFT_OK);
}

static int left_channel(struct objects *o)
{
    int item;
    return weft_channel_try_receive(o->channel, &item) == WEFT_OK;
}

static weft_error wait_oneshot(struct objects *o)
{
    int item;
    return weft_oneshot_receive(o->oneshot, &item, WEFT_NEVER);
}

static void give_oneshot(struct objects *o)
{
    int item = 1;
    weft_oneshot *oneshot = o->oneshot;
    CHECK(weft_oneshot_send(oneshot, &item) == WEFT_OK);
}

static int left_oneshot(struct objects *o)
{
    int item;
    return weft_oneshot_try_receive(o->oneshot, &item) == WEFT_OK;
}

static weft_error wait_select(struct objects *o)
{
    int item;
    size_t index;
    weft_case cases[] = {weft_case_notified(&o->notify), weft_case_receive(o->channel, &item),
                         weft_case_notified(&o->other)};
    return weft_select(cases, 3, WEFT_NEVER, &index);
}

static void give_select(struct objects *o)
{
    give_channel(o);
    give_notify(o);
    weft_notify_one(&o->other);
}

static int left_select(struct objects *o)
{
    return left_channel(o) + left_notify(o) + o->other.permit;
}

/* ---- the race ----------------------------------------------------------------------------- */

static void wait_in_fiber(void *arg)
{
    struct race *race = arg;
    race->started = true;
    race->result = race->kind->wait(&race->objects);
    weft_notify nothing = WEFT_NOTIFY_INIT; /* no wake-up is left over for the next wait */
    weft_error next = weft_notify_wait(&nothing, in_us(1));
    CHECK(next == WEFT_TIMED_OUT || next == WEFT_CANCELLED);
}

static void objects_open(struct objects *o)
{
    *o = (struct objects){.channel = weft_channel_create(sizeof(int), 1),
                          .oneshot = weft_oneshot_create(sizeof(int))};
    CHECK(o->channel && o->oneshot);
    weft_semaphore_init(&o->semaphore, 0, 2);
    CHECK(weft_mutex_try_lock(&o->mutex));
    CHECK(weft_rwlock_try_lock_write(&o->lock));
}

static void objects_close(struct objects *o, bool sent)
{
    weft_channel_destroy(o->channel);
    if (!sent)
        weft_oneshot_drop(o->oneshot);
    weft_oneshot_close(o->oneshot);
}

static void spin_for(int64_t duration)
{
    for (int64_t end = weft_clock_now() + duration; weft_clock_now() < end;)
        continue;
}

/* By turns given first, sooner or later after the fiber has started, and cancelled first, and given
 * when it may just have woken for that. */
static bool race_once(const struct kind *kind, int number)
{
    struct race race = {.kind = kind};
    objects_open(&race.objects);
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, 1, "waits", wait_in_fiber, &race) == WEFT_OK);
    while (!race.started)
        sched_yield();
    spin_for(number / 2 % 20 * 100);
    if (number % 2) {
        weft_fiber_cancel(fiber);
        spin_for(number / 2 % 100 * 200);
    }
    kind->give(&race.objects);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(race.result == WEFT_OK || race.result == WEFT_CANCELLED);
    CHECK(kind->left(&race.objects) == kind->given - (race.result == WEFT_OK));
    objects_close(&race.objects, kind->give == give_oneshot);
    return race.result == WEFT_OK;
}

static void run_races(void *arg)
{
    int given = 0;
    for (int i = 0; i < RACES; i++)
        given += race_once(arg, i);
    CHECK(given > 0);
}

static void is_given_or_cancelled(void **state)
{
    (void)state;
    struct kind kinds[] = {
        {wait_mutex, give_mutex, left_mutex, 1},
        {wait_lock, give_lock, left_lock, 1},
        {wait_semaphore, give_semaphore, left_semaphore, 1},
        {wait_notify, give_notify, left_notify, 1},
        {wait_channel, give_channel, left_channel, 1},
        {wait_oneshot, give_oneshot, left_oneshot, 1},
        {wait_select, give_select, left_select, 3},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        run_with(2, run_races, &kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_given_or_cancelled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
