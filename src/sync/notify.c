/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/notify.c: notifications. Everything is under the guard. There is a permit only while nobody
 * waits, because a wait takes it and a notification serves a waiter first.
 */
#include "sync/kind.h"

/* Under the guard. */
static weft_error take_permit(weft_notify *notify)
{
    if (!notify->permit)
        return WEFT_BUSY;
    notify->permit = false;
    return WEFT_OK;
}

weft_error weft_notify_wait(weft_notify *notify, int64_t deadline)
{
    weft__budget_take();
    weft__guard_lock(&notify->guard);
    if (take_permit(notify) == WEFT_BUSY)
        return weft__wait_in(&notify->guard, &notify->waits, NULL, deadline);
    weft__guard_unlock(&notify->guard);
    return WEFT_OK;
}

void weft_notify_one(weft_notify *notify)
{
    weft__guard_lock(&notify->guard);
    weft__wait *woken = weft__waits_shift(&notify->waits);
    if (woken)
        woken->result = WEFT_OK;
    else
        notify->permit = true;
    weft__guard_unlock(&notify->guard);
    if (woken)
        weft__wait_wake(woken);
}

void weft_notify_all(weft_notify *notify)
{
    weft__waits woken = {0};
    weft__guard_lock(&notify->guard);
    weft__woken_add_all(&woken, &notify->waits, WEFT_OK);
    weft__guard_unlock(&notify->guard);
    weft__woken_wake(&woken);
}

/* ---- as a case of a select --------------------------------------------------------------- */

static weft_error attempt(weft_case *c)
{
    weft_notify *notify = c->object;
    weft__guard_lock(&notify->guard);
    weft_error error = take_permit(notify);
    weft__guard_unlock(&notify->guard);
    return error;
}

static bool ready(const weft_case *c)
{
    const weft_notify *notify = c->object;
    return notify->permit;
}

static const weft__kind notified = {attempt, ready};

weft_case weft_case_notified(weft_notify *notify)
{
    return (weft_case){
        .kind = &notified, .object = notify, .guard = &notify->guard, .waits = &notify->waits};
}
