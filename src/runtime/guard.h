/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/guard.h: the lock around a list, held for a few instructions and never across a wait;
 * so short that waiting for it in place costs less than any sleep.
 */
#ifndef WEFT_RUNTIME_GUARD_H
#define WEFT_RUNTIME_GUARD_H

#include <sched.h>
#include <stdint.h>

#ifndef WEFT__GUARD_SPINS
#define WEFT__GUARD_SPINS 64 /* looks before the holder, which may not be running, gets the CPU */
#endif

static inline void weft__guard_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* One look after another at what another thread is about to change; `spins` starts as 0. */
static inline void weft__guard_spin(unsigned *spins)
{
    if (++*spins % WEFT__GUARD_SPINS == 0)
        sched_yield();
    weft__guard_pause();
}

static inline void weft__guard_lock(uint32_t *guard)
{
    unsigned spins = 0;
    while (__atomic_exchange_n(guard, 1, __ATOMIC_ACQUIRE))
        while (__atomic_load_n(guard, __ATOMIC_RELAXED))
            weft__guard_spin(&spins);
}

static inline void weft__guard_unlock(uint32_t *guard)
{
    __atomic_store_n(guard, 0, __ATOMIC_RELEASE);
}

#endif
