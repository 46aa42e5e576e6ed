/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenario.h: for those who write scenarios. A scenario is an ordinary little program, compiled with
 * shim.h in front: it uses pthread_create, atomics, the runtime and whatever else there is a
 * stand-in for. It ends when its body returns; threads that have not ended by then are dropped.
 *
 *     SCENARIO(counter_is_exact, 3, "two threads add one each")
 *     {
 *         pthread_t other;
 *         explore_begin();
 *         pthread_create(&other, NULL, add, NULL);
 *         add(NULL);
 *         pthread_join(other, NULL);
 *         CHECK(atomic_load(&counter) == 2);
 *     }
 *
 * All variables have their initial values again when the next execution begins.
 */
#ifndef WEFT_INTERLEAVING_SCENARIO_H
#define WEFT_INTERLEAVING_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>
#include <weft/base.h>

typedef struct explore_scenario {
    const char *name, *about;
    void (*body)(void);
    unsigned preemptions; /* explored in the test suite: up to so many in one execution */
    struct explore_scenario *next;
} explore_scenario;

void explore_register(explore_scenario *scenario);

#define SCENARIO(NAME, PREEMPTIONS, ABOUT)                                            \
    static void NAME(void);                                                           \
    __attribute__((constructor)) static void register_##NAME(void)                    \
    {                                                                                 \
        static explore_scenario scenario = {                                          \
            .name = #NAME, .about = ABOUT, .body = NAME, .preemptions = PREEMPTIONS}; \
        explore_register(&scenario);                                                  \
    }                                                                                 \
    static void NAME(void)

/* Ends the execution as failed. */
_Noreturn void explore_fail(const char *format, ...) WEFT_PRINTF(1, 2);

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition))                                                        \
            explore_fail("%s:%d: not true: %s", __FILE__, __LINE__, #condition); \
    } while (0)

/* Interleavings are explored from `begin`, which first waits until every other thread does, to `end`
 * or the end of the body; elsewhere the first possible order is taken. */
void explore_begin(void);
void explore_end(void);

/* Waits until all other threads have ended or wait for what will not come, letting time pass. */
void explore_quiesce(void);

void explore_pass(int64_t duration); /* time passes for all */

/* From now on a relaxed or releasing store to `object` may be seen by others only after the loads
 * that follow it in its thread, as if it stayed in the processor's store buffer. */
void explore_may_be_late(const volatile void *object);

unsigned explore_choose(unsigned options); /* a decision of the search, 0 to options - 1 */

weft_str explore_written(void); /* what has been written to standard error */

#endif
