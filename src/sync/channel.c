/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/channel.c: the channel: a ring of items and two wait lists under one guard. Receivers wait
 * only while the ring is empty and senders only while it is full, because each call that changes
 * that serves the oldest waiter first; so items arrive in the order of sending.
 */
#include "sync/guard.h"
#include "sync/wait.h"
#include <stdlib.h>

struct weft_channel {
    uint32_t guard;
    bool closed;
    size_t item_size, capacity;
    size_t count, first; /* items in the ring, and the place of the oldest */
    weft__waits senders, receivers;
    unsigned char items[];
};

weft_channel *weft_channel_create(size_t item_size, size_t capacity)
{
    if (item_size == 0 || capacity == 0 || capacity > WEFT_CHANNEL_MAX ||
        item_size > (PTRDIFF_MAX - sizeof(weft_channel)) / capacity)
        return NULL;
    weft_channel *channel = malloc(sizeof *channel + item_size * capacity);
    if (channel)
        *channel = (weft_channel){.item_size = item_size, .capacity = capacity};
    return channel;
}

void weft_channel_destroy(weft_channel *channel)
{
    free(channel);
}

/* ---- the ring, under the guard ----------------------------------------------------------- */

static void push(weft_channel *channel, const void *item)
{
    size_t place = channel->first + channel->count++;
    if (place >= channel->capacity)
        place -= channel->capacity;
    memcpy(channel->items + place * channel->item_size, item, channel->item_size);
}

static void shift(weft_channel *channel, void *item)
{
    memcpy(item, channel->items + channel->first * channel->item_size, channel->item_size);
    if (++channel->first == channel->capacity)
        channel->first = 0;
    channel->count--;
}

/* ---- trying, under the guard; *woken is who has to be woken afterwards ------------------- */

static weft_error try_send(weft_channel *channel, const void *item, weft__wait **woken)
{
    if (channel->closed)
        return WEFT_CLOSED;
    weft__wait *receiver = weft__waits_shift(&channel->receivers);
    if (receiver) {
        memcpy(receiver->item, item, channel->item_size);
        *woken = receiver;
    } else if (channel->count < channel->capacity) {
        push(channel, item);
    } else {
        return WEFT_BUSY;
    }
    return WEFT_OK;
}

static weft_error try_receive(weft_channel *channel, void *item, weft__wait **woken)
{
    if (channel->count == 0)
        return channel->closed ? WEFT_CLOSED : WEFT_BUSY;
    shift(channel, item);
    weft__wait *sender = weft__waits_shift(&channel->senders);
    if (sender) {
        push(channel, sender->item);
        *woken = sender;
    }
    return WEFT_OK;
}

/* ---- waiting ----------------------------------------------------------------------------- */

/* What a call does when its try has found the channel full, or empty: waits on `waits`, where the
 * other side finds it. Comes with the guard and leaves without. */
static weft_error wait_on(weft_channel *channel, weft__waits *waits, void *item, int64_t deadline)
{
    weft__wait wait = weft__wait_here();
    wait.item = item;
    weft__waits_append(waits, &wait);
    weft__guard_unlock(&channel->guard);
    weft_error error = weft__wait_sleep(&wait, deadline);
    if (!error)
        return wait.result;
    weft__guard_lock(&channel->guard);
    bool listed = wait.listed;
    if (listed)
        weft__waits_remove(waits, &wait);
    weft__guard_unlock(&channel->guard);
    if (listed)
        return error;
    weft__wait_finish(&wait);
    return wait.result;
}

static void finish(weft_channel *channel, weft__wait *woken)
{
    weft__guard_unlock(&channel->guard);
    if (woken)
        weft__wait_wake(woken);
}

weft_error weft_channel_send(weft_channel *channel, const void *item, int64_t deadline)
{
    weft__wait *woken = NULL;
    weft__guard_lock(&channel->guard);
    weft_error error = try_send(channel, item, &woken);
    if (error == WEFT_BUSY) /* receivers only read a waiting sender's item */
        return wait_on(channel, &channel->senders, (void *)(uintptr_t)item, deadline);
    finish(channel, woken);
    return error;
}

weft_error weft_channel_receive(weft_channel *channel, void *item, int64_t deadline)
{
    weft__wait *woken = NULL;
    weft__guard_lock(&channel->guard);
    weft_error error = try_receive(channel, item, &woken);
    if (error == WEFT_BUSY)
        return wait_on(channel, &channel->receivers, item, deadline);
    finish(channel, woken);
    return error;
}

weft_error weft_channel_try_send(weft_channel *channel, const void *item)
{
    weft__wait *woken = NULL;
    weft__guard_lock(&channel->guard);
    weft_error error = try_send(channel, item, &woken);
    finish(channel, woken);
    return error;
}

weft_error weft_channel_try_receive(weft_channel *channel, void *item)
{
    weft__wait *woken = NULL;
    weft__guard_lock(&channel->guard);
    weft_error error = try_receive(channel, item, &woken);
    finish(channel, woken);
    return error;
}

/* ---- closing ----------------------------------------------------------------------------- */

/* Takes all waits off the list, to be woken through their `next` links. */
static weft__wait *refuse_all(weft__waits *waits, weft__wait *others)
{
    for (weft__wait *wait; (wait = weft__waits_shift(waits));) {
        wait->result = WEFT_CLOSED;
        wait->next = others;
        others = wait;
    }
    return others;
}

void weft_channel_close(weft_channel *channel)
{
    weft__guard_lock(&channel->guard);
    channel->closed = true;
    weft__wait *refused = refuse_all(&channel->senders, refuse_all(&channel->receivers, NULL));
    weft__guard_unlock(&channel->guard);
    while (refused) {
        weft__wait *next = refused->next;
        weft__wait_wake(refused);
        refused = next;
    }
}
