/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/oneshot.c: one value. The sender writes it before it lets go of its end, the receiver reads
 * it after that; the ends are let go under the guard, and who finds the other one gone frees.
 */
#include "sync/kind.h"
#include <stdlib.h>

struct weft_oneshot {
    uint32_t guard;
    bool sender_gone, receiver_gone;
    bool full;
    size_t size;
    weft__waits receivers;
    unsigned char value[];
};

weft_oneshot *weft_oneshot_create(size_t size)
{
    if (size == 0 || size > PTRDIFF_MAX - sizeof(weft_oneshot))
        return NULL;
    weft_oneshot *oneshot = malloc(sizeof *oneshot + size);
    if (oneshot)
        *oneshot = (weft_oneshot){.size = size};
    return oneshot;
}

/* ---- the ends ---------------------------------------------------------------------------- */

/* Sets `gone`, one of the two. False when the other end had gone before; then it is freed. */
static bool let_go(weft_oneshot *oneshot, bool *gone)
{
    weft__guard_lock(&oneshot->guard);
    bool last = oneshot->sender_gone || oneshot->receiver_gone;
    *gone = true;
    weft__wait *receiver = weft__waits_shift(&oneshot->receivers);
    weft__guard_unlock(&oneshot->guard);
    if (receiver)
        weft__wait_wake(receiver);
    if (last)
        free(oneshot);
    return !last;
}

weft_error weft_oneshot_send(weft_oneshot *oneshot, const void *value)
{
    memcpy(oneshot->value, value, oneshot->size);
    oneshot->full = true;
    return let_go(oneshot, &oneshot->sender_gone) ? WEFT_OK : WEFT_CLOSED;
}

void weft_oneshot_drop(weft_oneshot *oneshot)
{
    if (oneshot)
        let_go(oneshot, &oneshot->sender_gone);
}

void weft_oneshot_close(weft_oneshot *oneshot)
{
    if (oneshot)
        let_go(oneshot, &oneshot->receiver_gone);
}

/* ---- receiving --------------------------------------------------------------------------- */

/* Under the guard. */
static weft_error try_receive(weft_oneshot *oneshot, void *value)
{
    if (!oneshot->sender_gone)
        return WEFT_BUSY;
    if (!oneshot->full)
        return WEFT_CLOSED;
    memcpy(value, oneshot->value, oneshot->size);
    oneshot->full = false;
    return WEFT_OK;
}

weft_error weft_oneshot_try_receive(weft_oneshot *oneshot, void *value)
{
    weft__guard_lock(&oneshot->guard);
    weft_error error = try_receive(oneshot, value);
    weft__guard_unlock(&oneshot->guard);
    return error;
}

weft_error weft_oneshot_receive(weft_oneshot *oneshot, void *value, int64_t deadline)
{
    weft__budget_take();
    weft__guard_lock(&oneshot->guard);
    weft_error error = try_receive(oneshot, value);
    if (error != WEFT_BUSY) {
        weft__guard_unlock(&oneshot->guard);
        return error;
    }
    error = weft__wait_in(&oneshot->guard, &oneshot->receivers, NULL, deadline);
    return error == WEFT_BUSY ? weft_oneshot_try_receive(oneshot, value) : error;
}

/* ---- as a case of a select --------------------------------------------------------------- */

static weft_error attempt(weft_case *c)
{
    return weft_oneshot_try_receive(c->object, c->item);
}

static bool ready(const weft_case *c)
{
    const weft_oneshot *oneshot = c->object;
    return oneshot->sender_gone;
}

static const weft__kind kind = {attempt, ready};

weft_case weft_case_oneshot(weft_oneshot *oneshot, void *value)
{
    return (weft_case){.kind = &kind,
                       .object = oneshot,
                       .item = value,
                       .guard = &oneshot->guard,
                       .waits = &oneshot->receivers};
}
