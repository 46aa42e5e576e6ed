/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/wheel.h: the timers of one worker: a hierarchical wheel of 1 ms ticks. Level n has 64
 * slots of 64^n ticks; a timer lies in the level where its tick first differs from the present
 * one, and moves down as time comes near. Arming and cancelling are list operations.
 */
#ifndef WEFT_RUNTIME_WHEEL_H
#define WEFT_RUNTIME_WHEEL_H

#include "runtime/reactor.h"

#define WEFT__TICK         WEFT_MILLISECOND
#define WEFT__WHEEL_BITS   6
#define WEFT__WHEEL_SLOTS  (1u << WEFT__WHEEL_BITS)
#define WEFT__WHEEL_LEVELS 8 /* 8900 years: more than a deadline can say */

typedef struct weft__wheel {
    int64_t origin;                        /* the time of tick 0 */
    uint64_t tick;                         /* the last one that has been expired */
    uint64_t occupied[WEFT__WHEEL_LEVELS]; /* a bit for each slot that may hold timers */
    weft__ring due;                        /* to be fired at the next turn */
    weft__ring slots[WEFT__WHEEL_LEVELS][WEFT__WHEEL_SLOTS];
} weft__wheel;

void weft__wheel_init(weft__wheel *wheel, int64_t now);
void weft__wheel_arm(weft__wheel *wheel, weft__timer *timer, int64_t deadline);

/* Fires what is due at `now`, timers of one tick in the order of their arming. */
void weft__wheel_expire(weft__wheel *wheel, int64_t now);

/* The time at which weft__wheel_expire has something to do; WEFT_NEVER when nothing is armed. */
int64_t weft__wheel_next(weft__wheel *wheel);

#endif
