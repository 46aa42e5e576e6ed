/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/wheel.h: the timers of one worker: a hierarchical wheel of 1 ms ticks. A slot of level n
 * spans 64^n ticks; a level has slots for two spans of the level above, the present one and the
 * next. A timer lies in the lowest level that reaches it and moves down as time comes near. Arming
 * and cancelling are list operations.
 *
 * A slot is emptied into the levels below it while the slot before it passes, a share each tick,
 * so that a million timers in one slot do not become one long pause when its time begins.
 */
#ifndef WEFT_RUNTIME_WHEEL_H
#define WEFT_RUNTIME_WHEEL_H

#include "runtime/reactor.h"

#define WEFT__TICK         WEFT_MILLISECOND
#define WEFT__WHEEL_BITS   6
#define WEFT__WHEEL_SLOTS  (2u << WEFT__WHEEL_BITS)
#define WEFT__WHEEL_LEVELS 8    /* 8900 years: more than a deadline can say */
#define WEFT__WHEEL_CROWD  1024 /* timers in the next slot for which every tick is worth a turn */

typedef struct weft__wheel {
    int64_t origin; /* the time of tick 0 */
    uint64_t tick;  /* the last one that has been expired */
    bool crowded;   /* some next slot still holds more than WEFT__WHEEL_CROWD timers */
    weft__ring due; /* to be fired at the next turn */
    unsigned __int128 occupied[WEFT__WHEEL_LEVELS]; /* a bit for each slot that may hold timers */
    uint32_t armed[WEFT__WHEEL_LEVELS][WEFT__WHEEL_SLOTS]; /* put there; some may be cancelled */
    weft__ring slots[WEFT__WHEEL_LEVELS][WEFT__WHEEL_SLOTS];
} weft__wheel;

void weft__wheel_init(weft__wheel *wheel, int64_t now);
void weft__wheel_arm(weft__wheel *wheel, weft__timer *timer, int64_t deadline);

/* Fires what is due at `now`, timers of one tick in the order of their arming. */
void weft__wheel_expire(weft__wheel *wheel, int64_t now);

/* The time at which weft__wheel_expire has something to do; WEFT_NEVER when nothing is armed. */
int64_t weft__wheel_next(weft__wheel *wheel);

#endif
