/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/select.c: a waiter in several lists at once, and the smaller primitives of sync.
 */
#include "fibers.h"
#include <stdlib.h>
#include <weft/channel.h>
#include <weft/select.h>
#include <weft/sync.h>

/* ---- select -------------------------------------------------------------------------------------- */

static weft_channel *channels[2];

static void *send_one(void *channel)
{
    int item = 1;
    CHECK(weft_channel_send(channel, &item, WEFT_NEVER) == WEFT_OK);
    return NULL;
}

static int left_in(weft_channel *channel)
{
    int item;
    return weft_channel_try_receive(channel, &item) == WEFT_OK;
}

SCENARIO(select_one_of_two, 4, "two senders serve the two cases of one select: one item is taken")
{
    int items[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        channels[i] = weft_channel_create(sizeof(int), 1);
    explore_begin();
    pthread_t a = start(send_one, channels[0]), b = start(send_one, channels[1]);
    weft_case cases[] = {weft_case_receive(channels[0], &items[0]),
                         weft_case_receive(channels[1], &items[1])};
    size_t index;
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_OK);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(index < 2 && items[index] == 1 && items[1 - index] == 0);
    CHECK(left_in(channels[index]) == 0 && left_in(channels[1 - index]) == 1);
}

SCENARIO(select_deadline, 4, "the deadline of a select passes while it is served")
{
    int items[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        channels[i] = weft_channel_create(sizeof(int), 1);
    int64_t deadline = weft_deadline_after(WEFT_SECOND);
    explore_begin();
    pthread_t time = start(pass_two_seconds, NULL), sender = start(send_one, channels[1]);
    weft_case cases[] = {weft_case_receive(channels[0], &items[0]),
                         weft_case_receive(channels[1], &items[1])};
    size_t index;
    weft_error error = weft_select(cases, 2, deadline, &index);
    pthread_join(time, NULL);
    pthread_join(sender, NULL);
    if (error)
        CHECK(error == WEFT_TIMED_OUT && index == 2 && left_in(channels[1]) == 1);
    else
        CHECK(index == 1 && items[1] == 1 && left_in(channels[1]) == 0);
}

static void *receive_one(void *channel)
{
    int item;
    CHECK(weft_channel_receive(channel, &item, WEFT_NEVER) == WEFT_OK && item == 1);
    return NULL;
}

SCENARIO(select_sends, 4,
         "two receivers, two channels that are full: one select sends to one of them")
{
    int item = 1;
    for (int i = 0; i < 2; i++) {
        channels[i] = weft_channel_create(sizeof(int), 1);
        CHECK(weft_channel_try_send(channels[i], &item) == WEFT_OK);
    }
    explore_begin();
    pthread_t a = start(receive_one, channels[0]), b = start(receive_one, channels[1]);
    weft_case cases[] = {weft_case_send(channels[0], &item), weft_case_send(channels[1], &item)};
    size_t index;
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_OK && index < 2);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(left_in(channels[index]) == 1 && left_in(channels[1 - index]) == 0);
}

static void send_one_and_end(void *channel)
{
    (void)send_one(channel);
}

static void select_item_or_end(void *unused)
{
    (void)unused;
    weft_fiber *fiber;
    int item = 0;
    size_t index;
    channels[0] = weft_channel_create(sizeof item, 1);
    explore_begin();
    CHECK(weft_fiber_spawn_on(&fiber, 1, "sender", send_one_and_end, channels[0]) == WEFT_OK);
    weft_case *cases = malloc(2 * sizeof *cases);
    cases[0] = weft_case_ended(fiber);
    cases[1] = weft_case_receive(channels[0], &item);
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_OK && index < 2);
    free(cases); /* nobody touches them any more */
    weft_fiber_join(fiber);
    CHECK(left_in(channels[0]) == (index == 0) && item == (index == 1));
    explore_end();
}

SCENARIO(select_fiber_end, 3, "a fiber sends and ends while its item and its end are waited for")
{
    run_fibers(2, select_item_or_end);
}

/* ---- semaphore ----------------------------------------------------------------------------------- */

static weft_semaphore semaphore;
static unsigned holding;

static void *hold(void *count)
{
    unsigned permits = *(unsigned *)count;
    CHECK(weft_semaphore_acquire(&semaphore, permits, WEFT_NEVER) == WEFT_OK);
    holding += permits;
    CHECK(holding <= 2);
    holding -= permits;
    CHECK(weft_semaphore_release(&semaphore, permits) == WEFT_OK);
    return NULL;
}

SCENARIO(semaphore_counts, 4, "three threads want one, two and one of two permits")
{
    unsigned one = 1, two = 2;
    weft_semaphore_init(&semaphore, 2, 2);
    explore_begin();
    pthread_t a = start(hold, &one), b = start(hold, &two);
    hold(&one);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(weft_semaphore_try_acquire(&semaphore, 2));
}

/* ---- notify -------------------------------------------------------------------------------------- */

static weft_notify notify;

static void *wait_until(void *deadline)
{
    return weft_notify_wait(&notify, *(int64_t *)deadline) == WEFT_OK ? &notify : NULL;
}

SCENARIO(notify_passes_on, 4, "a deadline passes while its waiter is notified: somebody gets it")
{
    int64_t never = WEFT_NEVER, soon = weft_deadline_after(WEFT_SECOND);
    void *notified;
    explore_begin();
    pthread_t a = start(wait_until, &soon), b = start(wait_until, &never);
    weft_notify_one(&notify);
    explore_pass(2 * WEFT_SECOND);
    pthread_join(a, &notified);
    if (notified)
        weft_notify_one(&notify);
    pthread_join(b, NULL);
    CHECK(!notify.permit && !notify.waits.first);
}

/* ---- oneshot ------------------------------------------------------------------------------------- */

static void *send_value(void *oneshot)
{
    int value = 7;
    (void)!weft_oneshot_send(oneshot, &value);
    return NULL;
}

static void *drop_value(void *oneshot)
{
    weft_oneshot_drop(oneshot);
    return NULL;
}

static void receive_and_close(void *(*sender)(void *), weft_error expected)
{
    int value = 0;
    int64_t deadline = weft_deadline_after(WEFT_SECOND);
    weft_oneshot *oneshot = weft_oneshot_create(sizeof value);
    explore_begin();
    pthread_t other = start(sender, oneshot), time = start(pass_two_seconds, NULL);
    weft_error error = weft_oneshot_receive(oneshot, &value, deadline);
    CHECK(error == WEFT_TIMED_OUT || (error == expected && value == (error ? 0 : 7)));
    weft_oneshot_close(oneshot);
    pthread_join(other, NULL);
    pthread_join(time, NULL);
}

SCENARIO(oneshot_send, 5, "a value is sent while the receiver gives up")
{
    receive_and_close(send_value, WEFT_OK);
}

SCENARIO(oneshot_drop, 5, "the sender drops its end while the receiver gives up")
{
    receive_and_close(drop_value, WEFT_CLOSED);
}
