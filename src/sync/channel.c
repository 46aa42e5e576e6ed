/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/channel.c: the channel: a ring of items and two wait lists under one guard. Receivers wait
 * only while the ring is empty and senders only while it is full, because each call that changes
 * that serves the oldest waiter first; so items arrive in the order of sending. A waiter gets, or
 * gives, its item by the hand of who serves it, under the guard, so an item is never in two places
 * or none.
 */
#include "sync/kind.h"
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
        receiver->result = WEFT_OK;
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
        sender->result = WEFT_OK;
        *woken = sender;
    }
    return WEFT_OK;
}

/* ---- calls ------------------------------------------------------------------------------- */

static void finish(weft_channel *channel, weft__wait *woken)
{
    weft__guard_unlock(&channel->guard);
    if (woken)
        weft__wait_wake(woken);
}

/* A waiting sender's item, which receivers only read. */
static void *readable(const void *item)
{
    return (void *)(uintptr_t)item;
}

weft_error weft_channel_send(weft_channel *channel, const void *item, int64_t deadline)
{
    weft__wait *woken = NULL;
    weft__budget_take();
    weft__guard_lock(&channel->guard);
    weft_error error = try_send(channel, item, &woken);
    if (error == WEFT_BUSY)
        return weft__wait_in(&channel->guard, &channel->senders, readable(item), deadline);
    finish(channel, woken);
    return error;
}

weft_error weft_channel_receive(weft_channel *channel, void *item, int64_t deadline)
{
    weft__wait *woken = NULL;
    weft__budget_take();
    weft__guard_lock(&channel->guard);
    weft_error error = try_receive(channel, item, &woken);
    if (error == WEFT_BUSY)
        return weft__wait_in(&channel->guard, &channel->receivers, item, deadline);
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

void weft_channel_close(weft_channel *channel)
{
    weft__waits woken = {0};
    weft__guard_lock(&channel->guard);
    channel->closed = true;
    weft__woken_add_all(&woken, &channel->senders, WEFT_CLOSED);
    weft__woken_add_all(&woken, &channel->receivers, WEFT_CLOSED);
    weft__guard_unlock(&channel->guard);
    weft__woken_wake(&woken);
}

/* ---- as cases of a select ---------------------------------------------------------------- */

static weft_error attempt_receive(weft_case *c)
{
    return weft_channel_try_receive(c->object, c->item);
}

static bool can_receive(const weft_case *c)
{
    const weft_channel *channel = c->object;
    return channel->count > 0 || channel->closed;
}

static weft_error attempt_send(weft_case *c)
{
    return weft_channel_try_send(c->object, c->item);
}

static bool can_send(const weft_case *c)
{
    const weft_channel *channel = c->object;
    return channel->count < channel->capacity || channel->closed;
}

static const weft__kind receiving = {attempt_receive, can_receive};
static const weft__kind sending = {attempt_send, can_send};

weft_case weft_case_receive(weft_channel *channel, void *item)
{
    return (weft_case){.kind = &receiving,
                       .object = channel,
                       .item = item,
                       .guard = &channel->guard,
                       .waits = &channel->receivers};
}

weft_case weft_case_send(weft_channel *channel, const void *item)
{
    return (weft_case){.kind = &sending,
                       .object = channel,
                       .item = readable(item),
                       .guard = &channel->guard,
                       .waits = &channel->senders};
}
