/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/wheel.c: the hierarchical timer wheel.
 */
#include "runtime/wheel.h"
#include "runtime/hold.h"

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

/* The number of the slot of `level` in which a tick lies, counted from tick 0. */
static uint64_t span_of(uint64_t tick, unsigned level)
{
    return tick >> (level * WEFT__WHEEL_BITS);
}

/* Puts the timer into `level` or lower. It stays behind those that wait in the next slot to move
 * down, so that timers of one tick keep their order. */
static void place(weft__wheel *wheel, weft__timer *timer, uint64_t tick, unsigned level)
{
    unsigned slot;
    for (;; level--) {
        slot = (unsigned)span_of(tick, level) % WEFT__WHEEL_SLOTS;
        bool far = span_of(tick, level) - span_of(wheel->tick, level) > 1;
        if (level == 0 || far || !ring_is_empty(&wheel->slots[level][slot]))
            break;
    }
    append(&wheel->slots[level][slot], &timer->ring);
    wheel->occupied[level] |= (unsigned __int128)1 << slot;
    wheel->armed[level][slot]++;
}

static void insert(weft__wheel *wheel, weft__timer *timer)
{
    uint64_t tick = tick_of(wheel, timer->deadline);
    if (tick <= wheel->tick)
        append(&wheel->due, &timer->ring);
    else
        place(wheel, timer, tick,
              (unsigned)(63 - __builtin_clzll(tick ^ wheel->tick)) / WEFT__WHEEL_BITS);
}

void weft__wheel_arm(weft__wheel *wheel, weft__timer *timer, int64_t deadline)
{
    weft__timer_cancel(timer);
    timer->deadline = deadline;
    insert(wheel, timer);
}

void weft__timer_cancel(weft__timer *timer)
{
    WEFT__CHECK_HELD();
    if (timer->ring.previous)
        detach(&timer->ring);
}

static void clear(weft__wheel *wheel, unsigned level, unsigned slot)
{
    wheel->occupied[level] &= ~((unsigned __int128)1 << slot);
    wheel->armed[level][slot] = 0;
}

/* How many slots of `level` lie between the present one and the next that is occupied. */
static unsigned distance(const weft__wheel *wheel, unsigned level)
{
    unsigned first = (unsigned)(span_of(wheel->tick, level) + 1) % WEFT__WHEEL_SLOTS;
    unsigned __int128 bits = wheel->occupied[level];
    if (first != 0)
        bits = bits >> first | bits << (WEFT__WHEEL_SLOTS - first);
    uint64_t low = (uint64_t)bits;
    return (unsigned)(low ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(bits >> 64)));
}

/* The tick at which the first slot of `level` that holds timers begins; UINT64_MAX: there is none.
 * Bits of slots that have become empty by cancelling are cleared on the way. */
static uint64_t next_of_level(weft__wheel *wheel, unsigned level)
{
    while (wheel->occupied[level]) {
        uint64_t span = span_of(wheel->tick, level) + 1 + distance(wheel, level);
        unsigned slot = (unsigned)span % WEFT__WHEEL_SLOTS;
        if (!ring_is_empty(&wheel->slots[level][slot]))
            return span << (level * WEFT__WHEEL_BITS);
        clear(wheel, level, slot);
    }
    return UINT64_MAX;
}

/* The next tick after the present one at which a slot has to be visited. */
static bool next_tick(weft__wheel *wheel, uint64_t *tick)
{
    *tick = UINT64_MAX;
    for (unsigned level = 0; level < WEFT__WHEEL_LEVELS; level++) {
        uint64_t next = next_of_level(wheel, level);
        if (next < *tick)
            *tick = next;
    }
    return *tick != UINT64_MAX;
}

/* Moves what is left in the slots that begin at the present tick down, or to `due`. */
static void visit(weft__wheel *wheel)
{
    for (unsigned level = 0; level < WEFT__WHEEL_LEVELS; level++) {
        uint64_t span = span_of(wheel->tick, level);
        unsigned slot = (unsigned)span % WEFT__WHEEL_SLOTS;
        weft__ring moving;
        take(&moving, &wheel->slots[level][slot]);
        clear(wheel, level, slot);
        for (weft__timer *timer; (timer = shift(&moving));)
            insert(wheel, timer);
        if (span % (1u << WEFT__WHEEL_BITS) != 0)
            break; /* the levels above have not moved */
    }
}

/* Moves a share of the next slot of `level` down: all of it has moved when its time begins. */
static void thin(weft__wheel *wheel, unsigned level)
{
    uint64_t span = span_of(wheel->tick, level) + 1;
    unsigned slot = (unsigned)span % WEFT__WHEEL_SLOTS;
    uint64_t left = (span << (level * WEFT__WHEEL_BITS)) - wheel->tick;
    uint32_t *armed = &wheel->armed[level][slot];
    for (uint64_t share = *armed / left + 1; share > 0 && *armed > 0; share--, (*armed)--) {
        weft__timer *timer = shift(&wheel->slots[level][slot]);
        if (!timer) {
            clear(wheel, level, slot);
            return;
        }
        place(wheel, timer, tick_of(wheel, timer->deadline), level - 1);
    }
    wheel->crowded |= *armed > WEFT__WHEEL_CROWD;
}

static void fire(weft__wheel *wheel)
{
    weft__ring firing;
    take(&firing, &wheel->due);
    for (weft__timer *timer; (timer = shift(&firing));)
        timer->fn(timer);
}

/* Visits what lies between the present tick and a later one. */
static void turn(weft__wheel *wheel, uint64_t target)
{
    uint64_t tick;
    while (next_tick(wheel, &tick) && tick <= target) {
        wheel->tick = tick;
        visit(wheel);
    }
    wheel->tick = target;
    wheel->crowded = false;
    for (unsigned level = WEFT__WHEEL_LEVELS - 1; level > 0; level--)
        thin(wheel, level);
}

void weft__wheel_expire(weft__wheel *wheel, int64_t now)
{
    if (now < wheel->origin)
        return;
    uint64_t target = (uint64_t)(now - wheel->origin) / WEFT__TICK;
    if (target != wheel->tick)
        turn(wheel, target);
    fire(wheel);
}

int64_t weft__wheel_next(weft__wheel *wheel)
{
    if (!ring_is_empty(&wheel->due))
        return 0;
    uint64_t tick;
    if (!next_tick(wheel, &tick))
        return WEFT_NEVER;
    if (wheel->crowded)
        tick = wheel->tick + 1;
    uint64_t at = (uint64_t)wheel->origin + tick * WEFT__TICK;
    return at < (uint64_t)WEFT_NEVER ? (int64_t)at : WEFT_NEVER;
}
