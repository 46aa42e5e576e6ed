/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/wheel.c: the hierarchical timer wheel.
 */
#include "runtime/wheel.h"

_Static_assert(WEFT__WHEEL_BITS *WEFT__WHEEL_LEVELS > 44, "INT64_MAX ns are less than 2^44 ticks");

static void ring_init(weft__ring *ring)
{
    ring->next = ring->previous = ring;
}

static bool ring_is_empty(const weft__ring *ring)
{
    return ring->next == ring;
}

static void append(weft__ring *ring, weft__ring *link)
{
    link->next = ring;
    link->previous = ring->previous;
    ring->previous->next = link;
    ring->previous = link;
}

static void detach(weft__ring *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->previous = NULL;
}

/* Moves everything from `from` to `to`. */
static void take(weft__ring *to, weft__ring *from)
{
    ring_init(to);
    if (ring_is_empty(from))
        return;
    *to = *from;
    to->next->previous = to;
    to->previous->next = to;
    ring_init(from);
}

/* Takes out the first timer; NULL when there is none. */
static weft__timer *shift(weft__ring *ring)
{
    _Static_assert(offsetof(weft__timer, ring) == 0, "a link is the beginning of its timer");
    if (ring_is_empty(ring))
        return NULL;
    weft__timer *timer = (weft__timer *)(void *)ring->next;
    detach(&timer->ring);
    return timer;
}

void weft__wheel_init(weft__wheel *wheel, int64_t now)
{
    *wheel = (weft__wheel){.origin = now};
    ring_init(&wheel->due);
    for (unsigned level = 0; level < WEFT__WHEEL_LEVELS; level++)
        for (unsigned slot = 0; slot < WEFT__WHEEL_SLOTS; slot++)
            ring_init(&wheel->slots[level][slot]);
}

/* The first tick at or after `deadline`. */
static uint64_t tick_of(const weft__wheel *wheel, int64_t deadline)
{
    if (deadline <= wheel->origin)
        return 0;
    return ((uint64_t)(deadline - wheel->origin) + (WEFT__TICK - 1)) / WEFT__TICK;
}

static void insert(weft__wheel *wheel, weft__timer *timer)
{
    uint64_t tick = tick_of(wheel, timer->deadline);
    if (tick <= wheel->tick) {
        append(&wheel->due, &timer->ring);
        return;
    }
    uint64_t differs = tick ^ wheel->tick;
    unsigned level = (unsigned)(63 - __builtin_clzll(differs)) / WEFT__WHEEL_BITS;
    unsigned slot = (unsigned)(tick >> (level * WEFT__WHEEL_BITS)) % WEFT__WHEEL_SLOTS;
    append(&wheel->slots[level][slot], &timer->ring);
    wheel->occupied[level] |= UINT64_C(1) << slot;
}

void weft__wheel_arm(weft__wheel *wheel, weft__timer *timer, int64_t deadline)
{
    weft__timer_cancel(timer);
    timer->deadline = deadline;
    insert(wheel, timer);
}

void weft__timer_cancel(weft__timer *timer)
{
    if (timer->ring.previous)
        detach(&timer->ring);
}

/* The next tick after the present one at which a slot has to be visited. Bits of slots that have
 * become empty by cancelling are cleared on the way. */
static bool next_tick(weft__wheel *wheel, uint64_t *tick)
{
    for (unsigned level = 0; level < WEFT__WHEEL_LEVELS; level++) {
        unsigned bits = level * WEFT__WHEEL_BITS;
        while (wheel->occupied[level]) {
            unsigned slot = (unsigned)__builtin_ctzll(wheel->occupied[level]);
            if (!ring_is_empty(&wheel->slots[level][slot])) {
                uint64_t above = wheel->tick >> (bits + WEFT__WHEEL_BITS);
                *tick = ((above << WEFT__WHEEL_BITS) | slot) << bits;
                return true;
            }
            wheel->occupied[level] &= wheel->occupied[level] - 1;
        }
    }
    return false;
}

/* Moves the timers of the slots that begin at the present tick down, or to `due`. */
static void visit(weft__wheel *wheel)
{
    for (unsigned level = 0; level < WEFT__WHEEL_LEVELS; level++) {
        unsigned slot = (unsigned)(wheel->tick >> (level * WEFT__WHEEL_BITS)) % WEFT__WHEEL_SLOTS;
        weft__ring moving;
        take(&moving, &wheel->slots[level][slot]);
        wheel->occupied[level] &= ~(UINT64_C(1) << slot);
        for (weft__timer *timer; (timer = shift(&moving));)
            insert(wheel, timer);
        if (slot != 0)
            break; /* the levels above have not moved */
    }
}

static void fire(weft__wheel *wheel)
{
    weft__ring firing;
    take(&firing, &wheel->due);
    for (weft__timer *timer; (timer = shift(&firing));)
        timer->fn(timer);
}

void weft__wheel_expire(weft__wheel *wheel, int64_t now)
{
    if (now < wheel->origin)
        return;
    uint64_t tick, target = (uint64_t)(now - wheel->origin) / WEFT__TICK;
    while (next_tick(wheel, &tick) && tick <= target) {
        wheel->tick = tick;
        visit(wheel);
    }
    wheel->tick = target;
    fire(wheel);
}

int64_t weft__wheel_next(weft__wheel *wheel)
{
    if (!ring_is_empty(&wheel->due))
        return 0;
    uint64_t tick;
    if (!next_tick(wheel, &tick))
        return WEFT_NEVER;
    uint64_t at = (uint64_t)wheel->origin + tick * WEFT__TICK;
    return at < (uint64_t)WEFT_NEVER ? (int64_t)at : WEFT_NEVER;
}
