/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/deque.c: the fibers that a worker offers to idle ones. The protocol is in the header.
 */
#include "runtime/deque.h"

_Static_assert((WEFT__DEQUE_SIZE & (WEFT__DEQUE_SIZE - 1)) == 0, "indices are taken modulo it");

bool weft__deque_put(weft__deque *deque, weft_fiber *fiber)
{
    uint64_t tail = atomic_load_explicit(&deque->tail, memory_order_relaxed);
    if (tail - atomic_load_explicit(&deque->head, memory_order_acquire) == WEFT__DEQUE_SIZE)
        return false;
    atomic_store_explicit(&deque->slots[tail % WEFT__DEQUE_SIZE], fiber, memory_order_relaxed);
    atomic_store(&deque->tail, tail + 1);
    return true;
}

weft_fiber *weft__deque_take(weft__deque *deque)
{
    uint64_t head = atomic_load(&deque->head);
    while (head != atomic_load(&deque->tail)) {
        weft_fiber *oldest = atomic_load_explicit(&deque->slots[head % WEFT__DEQUE_SIZE],
                                                  memory_order_relaxed);
        if (atomic_compare_exchange_weak(&deque->head, &head, head + 1))
            return oldest;
    }
    return NULL;
}

bool weft__deque_is_empty(weft__deque *deque)
{
    uint64_t head = atomic_load(&deque->head);
    return head == atomic_load(&deque->tail);
}
