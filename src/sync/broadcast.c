/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/broadcast.c: items for every reader: a ring that a sender overwrites, under the guard. Items
 * are numbered from 0; a reader knows the number of its next one, so nobody keeps a list of
 * readers, and what was lost is a subtraction. Readers wait only when they have read everything; a
 * sender wakes them all, and they look again.
 */
#include "sync/kind.h"
#include <stdlib.h>

struct weft_broadcast {
    uint32_t guard;
    bool closed;
    size_t item_size, capacity;
    uint64_t sent; /* the number of the next item */
    weft__waits readers;
    unsigned char items[];
};

weft_broadcast *weft_broadcast_create(size_t item_size, size_t capacity)
{
    if (item_size == 0 || capacity == 0 || capacity > WEFT_CHANNEL_MAX ||
        item_size > (PTRDIFF_MAX - sizeof(weft_broadcast)) / capacity)
        return NULL;
    weft_broadcast *broadcast = malloc(sizeof *broadcast + item_size * capacity);
    if (broadcast)
        *broadcast = (weft_broadcast){.item_size = item_size, .capacity = capacity};
    return broadcast;
}

void weft_broadcast_destroy(weft_broadcast *broadcast)
{
    free(broadcast);
}

/* ---- sending ----------------------------------------------------------------------------- */

static unsigned char *place(weft_broadcast *broadcast, uint64_t number)
{
    return broadcast->items + number % broadcast->capacity * broadcast->item_size;
}

weft_error weft_broadcast_send(weft_broadcast *broadcast, const void *item)
{
    weft__waits woken = {0};
    weft__guard_lock(&broadcast->guard);
    bool closed = broadcast->closed;
    if (!closed) {
        memcpy(place(broadcast, broadcast->sent++), item, broadcast->item_size);
        weft__woken_add_all(&woken, &broadcast->readers, WEFT_BUSY);
    }
    weft__guard_unlock(&broadcast->guard);
    weft__woken_wake(&woken);
    return closed ? WEFT_CLOSED : WEFT_OK;
}

void weft_broadcast_close(weft_broadcast *broadcast)
{
    weft__waits woken = {0};
    weft__guard_lock(&broadcast->guard);
    broadcast->closed = true;
    weft__woken_add_all(&woken, &broadcast->readers, WEFT_BUSY);
    weft__guard_unlock(&broadcast->guard);
    weft__woken_wake(&woken);
}

/* ---- reading ----------------------------------------------------------------------------- */

weft_broadcast_reader weft_broadcast_subscribe(weft_broadcast *broadcast)
{
    weft__guard_lock(&broadcast->guard);
    uint64_t next = broadcast->sent;
    weft__guard_unlock(&broadcast->guard);
    return (weft_broadcast_reader){.broadcast = broadcast, .next = next};
}

/* Under the guard. */
static weft_error try_receive(weft_broadcast_reader *reader, void *item, uint64_t *lost)
{
    weft_broadcast *broadcast = reader->broadcast;
    uint64_t behind = broadcast->sent - reader->next;
    if (behind == 0)
        return broadcast->closed ? WEFT_CLOSED : WEFT_BUSY;
    *lost = behind > broadcast->capacity ? behind - broadcast->capacity : 0;
    reader->next += *lost;
    memcpy(item, place(broadcast, reader->next++), broadcast->item_size);
    return WEFT_OK;
}

weft_error weft_broadcast_try_receive(weft_broadcast_reader *reader, void *item, uint64_t *lost)
{
    weft__guard_lock(&reader->broadcast->guard);
    weft_error error = try_receive(reader, item, lost);
    weft__guard_unlock(&reader->broadcast->guard);
    return error;
}

weft_error weft_broadcast_receive(weft_broadcast_reader *reader, void *item, uint64_t *lost,
                                  int64_t deadline)
{
    weft_broadcast *broadcast = reader->broadcast;
    weft__budget_take();
    weft__guard_lock(&broadcast->guard);
    weft_error error = try_receive(reader, item, lost);
    if (error != WEFT_BUSY) {
        weft__guard_unlock(&broadcast->guard);
        return error;
    }
    error = weft__wait_in(&broadcast->guard, &broadcast->readers, NULL, deadline);
    return error == WEFT_BUSY ? weft_broadcast_try_receive(reader, item, lost) : error;
}

/* ---- as a case of a select --------------------------------------------------------------- */

static weft_error attempt(weft_case *c)
{
    return weft_broadcast_try_receive(c->object, c->item, c->number);
}

static bool ready(const weft_case *c)
{
    const weft_broadcast_reader *reader = c->object;
    return reader->broadcast->sent != reader->next || reader->broadcast->closed;
}

static const weft__kind kind = {attempt, ready};

weft_case weft_case_broadcast(weft_broadcast_reader *reader, void *item, uint64_t *lost)
{
    return (weft_case){.kind = &kind,
                       .object = reader,
                       .item = item,
                       .number = lost,
                       .guard = &reader->broadcast->guard,
                       .waits = &reader->broadcast->readers};
}
