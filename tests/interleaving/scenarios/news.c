/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/news.c: broadcast and watch between plain threads: what all hear of, or the latest.
 */
#include "fibers.h"
#include <weft/channel.h>

/* ---- broadcast ----------------------------------------------------------------------------------- */

static weft_broadcast *broadcast;

static void *send_three(void *unused)
{
    for (int item = 0; item < 3; item++)
        CHECK(weft_broadcast_send(broadcast, &item) == WEFT_OK);
    weft_broadcast_close(broadcast);
    return unused;
}

/* Every item is either received or counted as lost, in order, and then comes the end. */
static void *read_all(void *reader)
{
    int item, next = 0;
    uint64_t lost;
    weft_error error;
    while ((error = weft_broadcast_receive(reader, &item, &lost, WEFT_NEVER)) == WEFT_OK) {
        CHECK(item == next + (int)lost);
        next = item + 1;
    }
    CHECK(error == WEFT_CLOSED && next == 3);
    return NULL;
}

SCENARIO(broadcast_counts, 2,
         "three items, room for one, two readers: each is read or counted as lost")
{
    broadcast = weft_broadcast_create(sizeof(int), 1);
    weft_broadcast_reader a = weft_broadcast_subscribe(broadcast), b = a;
    explore_begin();
    pthread_t sender = start(send_three, NULL), reader = start(read_all, &a);
    read_all(&b);
    pthread_join(sender, NULL);
    pthread_join(reader, NULL);
    weft_broadcast_destroy(broadcast);
}

static void *send_one(void *unused)
{
    int item = 7;
    CHECK(weft_broadcast_send(broadcast, &item) == WEFT_OK);
    return unused;
}

SCENARIO(broadcast_deadline, 6,
         "a deadline passes while an item comes: the reader has it then or later")
{
    broadcast = weft_broadcast_create(sizeof(int), 1);
    weft_broadcast_reader reader = weft_broadcast_subscribe(broadcast);
    int item = 0;
    uint64_t lost = 9;
    int64_t soon = weft_deadline_after(WEFT_SECOND);
    explore_begin();
    pthread_t sender = start(send_one, NULL), time = start(pass_two_seconds, NULL);
    weft_error error = weft_broadcast_receive(&reader, &item, &lost, soon);
    CHECK(error == WEFT_OK || error == WEFT_TIMED_OUT);
    pthread_join(sender, NULL);
    pthread_join(time, NULL);
    if (error)
        CHECK(weft_broadcast_try_receive(&reader, &item, &lost) == WEFT_OK);
    CHECK(item == 7 && lost == 0);
    weft_broadcast_destroy(broadcast);
}

/* ---- watch --------------------------------------------------------------------------------------- */

static weft_watch *watch;

static void *set_two(void *unused)
{
    for (int value = 2; value <= 3; value++)
        CHECK(weft_watch_set(watch, &value) == WEFT_OK);
    weft_watch_close(watch);
    return unused;
}

/* Versions only grow, come with their values, and the last is seen. */
static void *follow(void *unused)
{
    int value = 0;
    uint64_t seen = 1, before = 1;
    weft_error error;
    while ((error = weft_watch_changed(watch, &seen, &value, WEFT_NEVER)) == WEFT_OK) {
        CHECK(seen > before && value == (int)seen);
        before = seen;
    }
    CHECK(error == WEFT_CLOSED && seen == 3);
    return unused;
}

SCENARIO(watch_follows, 2,
         "a value is set twice and closed; two watchers see it grow, and its last")
{
    int value = 1;
    watch = weft_watch_create(sizeof value, &value);
    explore_begin();
    pthread_t setter = start(set_two, NULL), watcher = start(follow, NULL);
    follow(NULL);
    pthread_join(setter, NULL);
    pthread_join(watcher, NULL);
    weft_watch_destroy(watch);
}
