/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/faults/faults.h: what a program does when the system fails it. A scenario is run again and
 * again: the first allocation of it fails, then the second, and so on until it ends without having
 * reached the failure; the same with system calls and each way in which they fail. After each
 * failure it is run once more with nothing failing, and must do all it should.
 *
 * Threads. What fails is chosen by one atomic counter. A thread sees failures from when its function
 * begins (what a sanitizer does before would end the program) until it says fault_spare(true), as
 * the test's own client does.
 */
#ifndef WEFT_TESTS_FAULTS_H
#define WEFT_TESTS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What is made to fail. */
#define FAULTS(X)                                                    \
    X(MEMORY, "memory", 0)               /* an allocation */         \
    X(SHORT, "short", 0)                 /* one byte of many */      \
    X(INTERRUPTED, "interrupted", EINTR) /* a signal came */         \
    X(AGAIN, "again", EAGAIN)            /* not ready after all */   \
    X(RESET, "reset", ECONNRESET)        /* the peer is gone */      \
    X(FILES, "files", EMFILE)            /* no descriptor is left */ \
    X(SPACE, "space", ENOSPC)            /* the disk is full */      \
    X(BROKEN, "broken", EIO)             /* and whatever else */

typedef enum fault {
#define FAULT__ENUMERATE(name, text, code) FAULT_##name,
    FAULTS(FAULT__ENUMERATE)
#undef FAULT__ENUMERATE
        FAULT_COUNT,
} fault;

/* How one run of a scenario ended. */
typedef enum outcome {
    OUTCOME_DONE,   /* as it should without failures */
    OUTCOME_FAILED, /* it said that it failed */
    OUTCOME_WRONG,  /* fault_wrong has told what */
} outcome;

typedef struct scenario {
    const char *name;
    outcome (*run)(void *arg);
    void *arg;
    void (*begin)(void); /* before all runs, or NULL */
    void (*end)(void);   /* after all runs, or NULL */
} scenario;

/* Runs each scenario in a process of its own, with the faults that argv[1] names: "memory" or
 * "system". argv[2], if given: only this scenario; argv[3] and argv[4]: only this fault and number.
 * Prints TAP; the exit status for main. */
int faults_main(int argc, char **argv, const scenario *scenarios, size_t count);

/* Tells what is wrong, and which failure led to it. */
outcome fault_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* DONE or FAILED. */
static inline outcome outcome_of(bool done)
{
    return done ? OUTCOME_DONE : OUTCOME_FAILED;
}

/* Whether the calling thread sees no failures from now on; what was before. */
bool fault_spare(bool spare);

/* Ends the program when `condition` is false: for what no failure can reach. */
#define MUST(condition) fault_must((condition), #condition, __FILE__, __LINE__)
void fault_must(bool condition, const char *text, const char *file, int line);

/* ---- for memory.c and system.c --------------------------------------------------------------- */

/* Whether this very call must fail so. */
bool fault_now(fault kind);
int fault_errno(fault kind);
/* Remembers that the call that returns to `site` was made to fail. */
void fault_note(const char *function, const void *site, fault kind);

#endif
