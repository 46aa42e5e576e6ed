/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * shim.h: put in front of every file that is explored (-include). Each atomic operation becomes a
 * step of the engine, and what asks the system for something asks system.c instead. Everything runs
 * in sequential consistency: memory orders are ignored, but for the stores that a scenario lets be
 * late.
 *
 * A stand-in for one more system call: a function in system.c and a macro here. What has none and
 * would block, blocks everything.
 */
#if !defined(WEFT_INTERLEAVING_SHIM_H) && !defined(__ASSEMBLER__)
#define WEFT_INTERLEAVING_SHIM_H

/* What is only counted, for people to look at, is no step; nor what these headers do in passing. */
#define WEFT__PUBLISH(place, value) ((place) = (value))
#define WEFT__DEQUE_SIZE            2
#define WEFT__WATCH_QUIET           1
#include "runtime/worker.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <weft/log.h>

/* ---- small limits: cheap to reach, cheap to restore ------------------------------------------- */

#undef WEFT__STACK_CACHE
#define WEFT__STACK_CACHE 0 /* an ended fiber's memory is destroyed at once */
#undef WEFT_LOG_QUEUE
#define WEFT_LOG_QUEUE    (16u << 10)
#define WEFT__GUARD_SPINS 1

/* ---- atomic operations ------------------------------------------------------------------------- */

#define EXPLORE_TEXT_(x) #x
#define EXPLORE_TEXT(x)  EXPLORE_TEXT_(x)
#define EXPLORE_SITE     __FILE__ ":" EXPLORE_TEXT(__LINE__)

#define EXPLORE_VALUE(p) __typeof__(((void)0, *(p)))

#define EXPLORE_LOAD(p)                                                   \
    ({                                                                    \
        __typeof__(p) at_ = (p);                                          \
        explore_operation((const void *)at_, EXPLORE_READ, EXPLORE_SITE); \
        (void)0, *at_;                                                    \
    })

/* Sets *p to `result`, an expression of its old value `old_`; gives old_. The operand is evaluated
 * before the step. */
#define EXPLORE_UPDATE(p, operand, result)                                 \
    ({                                                                     \
        __typeof__(p) at_ = (p);                                           \
        __typeof__(((void)0, (operand))) operand_ = (operand);             \
        explore_operation((const void *)at_, EXPLORE_WRITE, EXPLORE_SITE); \
        EXPLORE_VALUE(at_) old_ = *at_;                                    \
        EXPLORE_VALUE(at_) new_ = (EXPLORE_VALUE(at_))(result);            \
        if (new_ != old_)                                                  \
            explore_changed();                                             \
        *at_ = new_;                                                       \
        (void)operand_;                                                    \
        old_;                                                              \
    })

#define EXPLORE_COMPARE_EXCHANGE(p, expected, desired)                     \
    ({                                                                     \
        __typeof__(p) at_ = (p);                                           \
        __typeof__(expected) expected_ = (expected);                       \
        EXPLORE_VALUE(at_) desired_ = (desired);                           \
        explore_operation((const void *)at_, EXPLORE_WRITE, EXPLORE_SITE); \
        EXPLORE_VALUE(at_) old_ = *at_;                                    \
        _Bool same_ = old_ == *expected_;                                  \
        if (same_) {                                                       \
            if (old_ != desired_)                                          \
                explore_changed();                                         \
            *at_ = desired_;                                               \
        } else {                                                           \
            *expected_ = old_;                                             \
        }                                                                  \
        same_;                                                             \
    })

#define EXPLORE_STORE(p, v) ((void)EXPLORE_UPDATE(p, v, operand_))
#define EXPLORE_STORE_ORDERED(p, v, order)                                             \
    ({                                                                                 \
        __typeof__(p) place_ = (p);                                                    \
        EXPLORE_VALUE(place_) value_ = (v);                                            \
        if ((order) == __ATOMIC_SEQ_CST ||                                             \
            !explore_store_late((void *)place_, &value_, sizeof value_, EXPLORE_SITE)) \
            EXPLORE_STORE(place_, value_);                                             \
    })
#define EXPLORE_EXCHANGE(p, v)  EXPLORE_UPDATE(p, v, operand_)
#define EXPLORE_FETCH_ADD(p, v) EXPLORE_UPDATE(p, v, old_ + operand_)
#define EXPLORE_FETCH_SUB(p, v) EXPLORE_UPDATE(p, v, old_ - operand_)
#define EXPLORE_FETCH_OR(p, v)  EXPLORE_UPDATE(p, v, old_ | operand_)
#define EXPLORE_FETCH_AND(p, v) EXPLORE_UPDATE(p, v, old_ &operand_)
#define EXPLORE_FETCH_XOR(p, v) EXPLORE_UPDATE(p, v, old_ ^ operand_)

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_exchange
#undef atomic_exchange_explicit
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_strong_explicit
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit
#undef atomic_fetch_add
#undef atomic_fetch_add_explicit
#undef atomic_fetch_sub
#undef atomic_fetch_sub_explicit
#undef atomic_fetch_or
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and
#undef atomic_fetch_and_explicit
#undef atomic_fetch_xor
#undef atomic_fetch_xor_explicit
#undef atomic_thread_fence

#define atomic_load(p)                                         EXPLORE_LOAD(p)
#define atomic_load_explicit(p, o)                             EXPLORE_LOAD(p)
#define atomic_store(p, v)                                     EXPLORE_STORE(p, v)
#define atomic_store_explicit(p, v, o)                         EXPLORE_STORE_ORDERED(p, v, o)
#define atomic_exchange(p, v)                                  EXPLORE_EXCHANGE(p, v)
#define atomic_exchange_explicit(p, v, o)                      EXPLORE_EXCHANGE(p, v)
#define atomic_compare_exchange_strong(p, e, v)                EXPLORE_COMPARE_EXCHANGE(p, e, v)
#define atomic_compare_exchange_strong_explicit(p, e, v, o, f) EXPLORE_COMPARE_EXCHANGE(p, e, v)
#define atomic_compare_exchange_weak(p, e, v)                  EXPLORE_COMPARE_EXCHANGE(p, e, v)
#define atomic_compare_exchange_weak_explicit(p, e, v, o, f)   EXPLORE_COMPARE_EXCHANGE(p, e, v)
#define atomic_fetch_add(p, v)                                 EXPLORE_FETCH_ADD(p, v)
#define atomic_fetch_add_explicit(p, v, o)                     EXPLORE_FETCH_ADD(p, v)
#define atomic_fetch_sub(p, v)                                 EXPLORE_FETCH_SUB(p, v)
#define atomic_fetch_sub_explicit(p, v, o)                     EXPLORE_FETCH_SUB(p, v)
#define atomic_fetch_or(p, v)                                  EXPLORE_FETCH_OR(p, v)
#define atomic_fetch_or_explicit(p, v, o)                      EXPLORE_FETCH_OR(p, v)
#define atomic_fetch_and(p, v)                                 EXPLORE_FETCH_AND(p, v)
#define atomic_fetch_and_explicit(p, v, o)                     EXPLORE_FETCH_AND(p, v)
#define atomic_fetch_xor(p, v)                                 EXPLORE_FETCH_XOR(p, v)
#define atomic_fetch_xor_explicit(p, v, o)                     EXPLORE_FETCH_XOR(p, v)
#define atomic_thread_fence(o)                                 ((void)0)

#define __atomic_load_n(p, o)                         EXPLORE_LOAD(p)
#define __atomic_store_n(p, v, o)                     EXPLORE_STORE_ORDERED(p, v, o)
#define __atomic_exchange_n(p, v, o)                  EXPLORE_EXCHANGE(p, v)
#define __atomic_compare_exchange_n(p, e, v, w, o, f) EXPLORE_COMPARE_EXCHANGE(p, e, v)
#define __atomic_fetch_add(p, v, o)                   EXPLORE_FETCH_ADD(p, v)
#define __atomic_fetch_sub(p, v, o)                   EXPLORE_FETCH_SUB(p, v)
#define __atomic_fetch_or(p, v, o)                    EXPLORE_FETCH_OR(p, v)
#define __atomic_fetch_and(p, v, o)                   EXPLORE_FETCH_AND(p, v)
#define __atomic_thread_fence(o)                      ((void)0)

/* ---- the system -------------------------------------------------------------------------------- */

#define sched_yield() (explore_spin(EXPLORE_SITE), 0)

#define pthread_create(t, a, f, p)      explore_pthread_create(t, f, p, EXPLORE_SITE)
#define pthread_join(t, r)              explore_pthread_join(t, r, EXPLORE_SITE)
#define pthread_self()                  explore_pthread_self()
#define pthread_setname_np(t, n)        explore_pthread_setname(t, n)
#define pthread_sigmask(h, s, o)        ((void)(s), (void)(o), 0)
#define pthread_mutex_lock(m)           explore_mutex_lock(m, EXPLORE_SITE)
#define pthread_mutex_trylock(m)        explore_mutex_trylock(m, EXPLORE_SITE)
#define pthread_mutex_unlock(m)         explore_mutex_unlock(m, EXPLORE_SITE)
#define pthread_mutex_init(m, a)        explore_mutex_init(m)
#define pthread_mutex_destroy(m)        0
#define pthread_cond_init(c, a)         ((void)(c), (void)(a), 0)
#define pthread_cond_destroy(c)         0
#define pthread_cond_signal(c)          explore_cond_signal(c, EXPLORE_SITE)
#define pthread_cond_broadcast(c)       explore_cond_broadcast(c, EXPLORE_SITE)
#define pthread_cond_wait(c, m)         explore_cond_wait(c, m, NULL, EXPLORE_SITE)
#define pthread_cond_timedwait(c, m, t) explore_cond_wait(c, m, t, EXPLORE_SITE)
#define pthread_once(o, f)              explore_once(o, f)
#define pthread_setspecific(k, v)       ((void)(k), (void)(v), 0)
#define pthread_key_create(k, f)        ((void)(k), (void)(f), 0)

#define syscall(...)                explore_syscall(EXPLORE_SITE, __VA_ARGS__)
#define clock_gettime(c, t)         explore_clock_gettime(t)
#define nanosleep(...)              explore_nanosleep(EXPLORE_SITE, __VA_ARGS__)
#define clock_nanosleep(c, f, t, r) explore_clock_nanosleep(f, t, EXPLORE_SITE)
#define epoll_create1(f)            explore_epoll_create()
#define eventfd(n, f)               explore_eventfd(n)
#define epoll_ctl(e, o, d, v)       explore_epoll_ctl(e, o, d, v)
#define epoll_wait(e, v, n, t)      explore_epoll_wait(e, v, n, t, EXPLORE_SITE)
#define ppoll(f, n, t, m)           ((void)(t), explore_await_epoll((f)->fd, EXPLORE_SITE))
#define write(d, b, n)              explore_write(d, b, n, EXPLORE_SITE)
#define read(d, b, n)               explore_read(d, b, n, EXPLORE_SITE)
#define close(d)                    explore_close(d)
#define open(...)                   (errno = ENOENT, -1) /* nothing is in /proc */

#define malloc(n)              explore_allocate(n, 16)
#define calloc(n, s)           explore_allocate_zeroes(n, s)
#define aligned_alloc(a, n)    explore_allocate(n, a)
#define free(p)                explore_free(p)
#define mmap(a, n, p, f, d, o) explore_map(n)
#define munmap(p, n)           (explore_free(p), 0)
#define madvise(p, n, a)       ((void)(p), 0)
#define mprotect(p, n, a)      ((void)(p), 0)

#define sigaction(n, a, o) ((void)(a), (void)(o), 0)
#define sigaltstack(s, o)  ((void)(s), (void)(o), 0)
#define signal(n, h)       ((void)(h))
#define atexit(f)          ((void)(f), 0)

#include "scenario.h"

#endif
