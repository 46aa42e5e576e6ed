/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * engine.h: runs logical threads on one OS thread, one operation at a time, so that the search
 * decides every interleaving. A logical thread has a stack, thread-local variables and an errno of
 * its own; it gives the control away only at a step, which stands before each operation that other
 * threads can see.
 *
 * Every execution begins with the memory of the program as main found it, and may be abandoned at
 * any step; so nothing of the explored code may own anything outside the process.
 *
 * The fingerprint. Two executions in which each operation has met the same values reach the same
 * state, whatever the order of operations that do not touch one object. Each step is hashed
 * with the steps that it depends on: the one before it in its thread, the last write to its object,
 * and, when it writes, the reads since. The sum of all these hashes stands for the state. That is
 * right for programs without data races, which are ThreadSanitizer's to find.
 */
#ifndef WEFT_INTERLEAVING_ENGINE_H
#define WEFT_INTERLEAVING_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#define EXPLORE_THREADS 8     /* logical threads of one execution at most */
#define EXPLORE_STEPS   20000 /* of one execution at most; more are taken for an endless loop */

typedef enum explore_access { EXPLORE_READ, EXPLORE_WRITE } explore_access;

typedef enum explore_outcome { EXPLORE_DONE, EXPLORE_PRUNED, EXPLORE_FAILED } explore_outcome;

/* ---- for main.c ------------------------------------------------------------------------------ */

void explore_engine_open(void); /* before anything that is explored has run */

/* Runs `body` as the first logical thread until it returns. `verbose`: prints every step. */
explore_outcome explore_engine_run(void (*body)(void), bool verbose);
const char *explore_engine_failure(void); /* of the last execution: lines, each ended */

/* ---- for what stands in for the system --------------------------------------------------------- */

/* Others may run before the operation on `object` that follows. `site` is "file:line". */
void explore_step(const volatile void *object, explore_access access, const char *site);

/* A store that is not sequentially consistent. True when it is to be late (explore_may_be_late): the
 * thread's next write, wait or spin, or somebody's barrier, carries it out. */
bool explore_store_late(volatile void *object, const void *value, unsigned size, const char *site);
void explore_barrier(const char *site); /* every late store of any thread is carried out */

/* The operation has changed a value: threads that spin look again. */
void explore_changed(void);

/* The thread spins: it goes on when another one has changed a value. */
void explore_spin(const char *site);

/* Waits until it is woken (true) or the time comes (false). */
bool explore_wait(const volatile void *object, int64_t until, const char *site);
void explore_wake_all(const volatile void *object);
bool explore_wake_one(const volatile void *object); /* any one of them, as the search decides */

unsigned explore_thread_start(void *(*fn)(void *), void *arg, const char *site);
void *explore_thread_join(unsigned thread, const char *site);
void explore_thread_name(unsigned thread, const char *name);
unsigned explore_thread_self(void);

int64_t explore_now(void);

#endif
