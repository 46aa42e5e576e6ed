/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/watch.c: the latest value and its version, under the guard. Watchers wait only when they
 * have seen the present version; a change wakes them all, and they look again.
 */
#include "sync/kind.h"
#include <stdlib.h>

struct weft_watch {
    uint32_t guard;
    bool closed;
    size_t size;
    uint64_t version;
    weft__waits watchers;
    unsigned char value[];
};

weft_watch *weft_watch_create(size_t size, const void *value)
{
    if (size == 0 || size > PTRDIFF_MAX - sizeof(weft_watch))
        return NULL;
    weft_watch *watch = malloc(sizeof *watch + size);
    if (!watch)
        return NULL;
    *watch = (weft_watch){.size = size, .version = 1};
    memcpy(watch->value, value, size);
    return watch;
}

void weft_watch_destroy(weft_watch *watch)
{
    free(watch);
}

/* ---- setting ----------------------------------------------------------------------------- */

weft_error weft_watch_set(weft_watch *watch, const void *value)
{
    weft__waits woken = {0};
    weft__guard_lock(&watch->guard);
    bool closed = watch->closed;
    if (!closed) {
        memcpy(watch->value, value, watch->size);
        watch->version++;
        weft__woken_add_all(&woken, &watch->watchers, WEFT_BUSY);
    }
    weft__guard_unlock(&watch->guard);
    weft__woken_wake(&woken);
    return closed ? WEFT_CLOSED : WEFT_OK;
}

void weft_watch_close(weft_watch *watch)
{
    weft__waits woken = {0};
    weft__guard_lock(&watch->guard);
    watch->closed = true;
    weft__woken_add_all(&woken, &watch->watchers, WEFT_BUSY);
    weft__guard_unlock(&watch->guard);
    weft__woken_wake(&woken);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Under the guard. */
static uint64_t copy_out(const weft_watch *watch, void *value)
{
    memcpy(value, watch->value, watch->size);
    return watch->version;
}

/* Under the guard. */
static weft_error try_changed(weft_watch *watch, uint64_t *seen, void *value)
{
    if (*seen == watch->version)
        return watch->closed ? WEFT_CLOSED : WEFT_BUSY;
    *seen = copy_out(watch, value);
    return WEFT_OK;
}

uint64_t weft_watch_get(weft_watch *watch, void *value)
{
    weft__guard_lock(&watch->guard);
    uint64_t version = copy_out(watch, value);
    weft__guard_unlock(&watch->guard);
    return version;
}

weft_error weft_watch_try_changed(weft_watch *watch, uint64_t *seen, void *value)
{
    weft__guard_lock(&watch->guard);
    weft_error error = try_changed(watch, seen, value);
    weft__guard_unlock(&watch->guard);
    return error;
}

weft_error weft_watch_changed(weft_watch *watch, uint64_t *seen, void *value, int64_t deadline)
{
    weft__budget_take();
    weft__guard_lock(&watch->guard);
    weft_error error = try_changed(watch, seen, value);
    if (error != WEFT_BUSY) {
        weft__guard_unlock(&watch->guard);
        return error;
    }
    error = weft__wait_in(&watch->guard, &watch->watchers, NULL, deadline);
    return error == WEFT_BUSY ? weft_watch_try_changed(watch, seen, value) : error;
}

/* ---- as a case of a select --------------------------------------------------------------- */

static weft_error attempt(weft_case *c)
{
    return weft_watch_try_changed(c->object, c->number, c->item);
}

static bool ready(const weft_case *c)
{
    const weft_watch *watch = c->object;
    return *c->number != watch->version || watch->closed;
}

static const weft__kind kind = {attempt, ready};

weft_case weft_case_changed(weft_watch *watch, uint64_t *seen, void *value)
{
    return (weft_case){.kind = &kind,
                       .object = watch,
                       .item = value,
                       .number = seen,
                       .guard = &watch->guard,
                       .waits = &watch->watchers};
}
