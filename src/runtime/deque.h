/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/deque.h: the fibers that a worker offers to idle ones: bounded, first in first out. Its
 * owner puts in; anybody, the owner included, takes out, one at a time.
 *
 * Protocol. `head` and `tail` only grow; the fibers lie in slots[head..tail), modulo the size. The
 * owner fills a slot and then moves `tail`; it reuses a slot only when `head` has passed it. A
 * taker reads the slot at `head` and then moves `head` by compare-and-swap: when that succeeds
 * nobody had taken the fiber, so the slot had not been reused, and what was read is it. Both
 * indices have 64 bits and never come round, so a `head` that looks unchanged is unchanged.
 *
 * Putting in and asking whether there is something are sequentially consistent, because whether an
 * idle worker goes to sleep depends on them: see crew.h.
 */
#ifndef WEFT_RUNTIME_DEQUE_H
#define WEFT_RUNTIME_DEQUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <weft/runtime.h>

#ifndef WEFT__DEQUE_SIZE
#define WEFT__DEQUE_SIZE 256 /* fibers that one worker offers at most; a power of two */
#endif

typedef struct weft__deque {
    _Alignas(64) _Atomic uint64_t head;
    _Alignas(64) _Atomic uint64_t tail;
    _Atomic(weft_fiber *) slots[WEFT__DEQUE_SIZE];
} weft__deque;

bool weft__deque_put(weft__deque *deque, weft_fiber *fiber); /* owner only; false: it is full */
weft_fiber *weft__deque_take(weft__deque *deque);            /* the oldest; NULL: it is empty */
bool weft__deque_is_empty(weft__deque *deque);

#endif
