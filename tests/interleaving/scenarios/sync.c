/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/sync.c: mutex and channel between plain threads. What is specific to fibers stands in
 * scenarios/fibers.c.
 */
#include "fibers.h"
#include <stdlib.h>
#include <weft/channel.h>
#include <weft/select.h>
#include <weft/sync.h>

/* ---- mutex --------------------------------------------------------------------------------------- */

static weft_mutex mutex;
static unsigned inside, entered, timed_out;

static void pass_through(void)
{
    CHECK(inside++ == 0);
    entered++;
    CHECK(--inside == 0);
    weft_mutex_unlock(&mutex);
}

static void *lock_once(void *unused)
{
    CHECK(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK);
    pass_through();
    return unused;
}

SCENARIO(mutex_excludes, 4, "three threads take the lock; one at a time, and all get it")
{
    explore_begin();
    pthread_t a = start(lock_once, NULL), b = start(lock_once, NULL);
    lock_once(NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(entered == 3 && mutex.state == 0 && !mutex.waits.first);
}

static void *lock_until(void *deadline)
{
    if (weft_mutex_lock(&mutex, *(int64_t *)deadline) == WEFT_OK)
        pass_through();
    else
        timed_out++;
    return NULL;
}

SCENARIO(mutex_deadline, 4, "a deadline passes while the lock is handed over")
{
    int64_t deadline = weft_deadline_after(WEFT_SECOND);
    CHECK(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK);
    explore_begin();
    pthread_t a = start(lock_until, &deadline), b = start(lock_once, NULL);
    explore_pass(2 * WEFT_SECOND);
    weft_mutex_unlock(&mutex);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(entered + timed_out == 2 && mutex.state == 0 && !mutex.waits.first);
}

struct shared { /* freed by the last who has it */
    weft_mutex mutex;
    unsigned owners;
};

static void *drop(void *arg)
{
    struct shared *shared = arg;
    CHECK(weft_mutex_lock(&shared->mutex, WEFT_NEVER) == WEFT_OK);
    bool last = --shared->owners == 0;
    weft_mutex_unlock(&shared->mutex);
    if (last)
        free(shared);
    return NULL;
}

SCENARIO(mutex_is_freed, 4, "the last owner frees the mutex as soon as it has unlocked it")
{
    struct shared *shared = calloc(1, sizeof *shared);
    shared->owners = 3;
    explore_begin();
    pthread_t a = start(drop, shared), b = start(drop, shared);
    drop(shared);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

/* ---- channel ------------------------------------------------------------------------------------- */

static weft_channel *channel;

static void *send_two(void *first)
{
    for (int item = *(int *)first, end = item + 2; item < end; item++)
        CHECK(weft_channel_send(channel, &item, WEFT_NEVER) == WEFT_OK);
    return NULL;
}

static int receive(void)
{
    int item = -1;
    CHECK(weft_channel_receive(channel, &item, WEFT_NEVER) == WEFT_OK);
    return item;
}

SCENARIO(channel_in_order, 3, "two senders, one receiver, room for one item")
{
    int first[] = {10, 20}, next[] = {10, 20};
    channel = weft_channel_create(sizeof(int), 1);
    explore_begin();
    pthread_t a = start(send_two, &first[0]), b = start(send_two, &first[1]);
    for (int i = 0; i < 4; i++) {
        int item = receive();
        CHECK(item == next[item / 10 - 1]++);
    }
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(weft_channel_try_receive(channel, first) == WEFT_BUSY);
}

static void *receive_one(void *sum)
{
    *(int *)sum = receive();
    return NULL;
}

SCENARIO(channel_two_receivers, 4, "two receivers, each gets one of two items")
{
    int one = 1, first = 0, second = 0;
    channel = weft_channel_create(sizeof(int), 1);
    explore_begin();
    pthread_t a = start(receive_one, &first), b = start(receive_one, &second);
    CHECK(weft_channel_send(channel, &one, WEFT_NEVER) == WEFT_OK);
    one = 2;
    CHECK(weft_channel_send(channel, &one, WEFT_NEVER) == WEFT_OK);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    CHECK(first + second == 3);
}

static weft_error received;
static int item_received;

static void *receive_until(void *deadline)
{
    received = weft_channel_receive(channel, &item_received, *(int64_t *)deadline);
    return NULL;
}

SCENARIO(channel_deadline, 20, "a deadline passes while an item is handed over: it is not lost")
{
    int64_t deadline = weft_deadline_after(WEFT_SECOND);
    int item = 7, left = 0;
    channel = weft_channel_create(sizeof(int), 1);
    explore_begin();
    pthread_t receiver = start(receive_until, &deadline);
    explore_pass(2 * WEFT_SECOND);
    CHECK(weft_channel_try_send(channel, &item) == WEFT_OK);
    pthread_join(receiver, NULL);
    weft_error rest = weft_channel_try_receive(channel, &left);
    CHECK(received ? received == WEFT_TIMED_OUT && rest == WEFT_OK && left == 7
                   : item_received == 7 && rest == WEFT_BUSY);
}

static void *close_it(void *unused)
{
    weft_channel_close(channel);
    return unused;
}

SCENARIO(channel_close, 6, "closing meets a waiting receiver and a sender")
{
    int64_t never = WEFT_NEVER;
    int item = 7;
    channel = weft_channel_create(sizeof(int), 1);
    explore_begin();
    pthread_t receiver = start(receive_until, &never), closer = start(close_it, NULL);
    weft_error sent = weft_channel_send(channel, &item, WEFT_NEVER);
    pthread_join(receiver, NULL);
    pthread_join(closer, NULL);
    CHECK(sent == WEFT_OK || sent == WEFT_CLOSED);
    CHECK(received == sent && (received || item_received == 7));
}
