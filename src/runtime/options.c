/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/options.c: what the runtime is asked for, by its options and by the environment.
 */
#include "runtime/runtime.h"
#include "runtime/watermark.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <weft/scope.h>

/* A number from the environment; `number` stays as it is when the variable is not set. */
static weft_error number_from(const char *variable, unsigned long least, unsigned long most,
                              unsigned long *number)
{
    const char *text = getenv(variable);
    if (!text)
        return WEFT_OK;
    char *end;
    errno = 0;
    unsigned long read = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || read < least || read > most) {
        fprintf(stderr, "weft: %s must be a number from %lu to %lu, not \"%s\"\n", variable, least,
                most, text);
        return WEFT_INVALID;
    }
    *number = read;
    return WEFT_OK;
}

static weft_error workers_wanted(unsigned *count)
{
    unsigned long number = *count;
    if (*count == 0)
        WEFT_TRY(number_from("WEFT_WORKERS", 1, WEFT_WORKERS_MAX, &number));
    *count = (unsigned)number;
    if (*count == 0) {
        *count = weft__cpu_count("");
        if (*count > WEFT_WORKERS_MAX)
            *count = WEFT_WORKERS_MAX;
    }
    return *count <= WEFT_WORKERS_MAX ? WEFT_OK : WEFT_INVALID;
}

static weft_error stealing_wanted(weft_stealing *stealing)
{
    static const char *const words[] = {"on", "off", "eager"};
    const char *text = getenv("WEFT_STEAL");
    if (*stealing != WEFT_STEALING_DEFAULT)
        return *stealing <= WEFT_STEALING_EAGER ? WEFT_OK : WEFT_INVALID;
    *stealing = WEFT_STEALING_ON;
    for (unsigned i = 0; text && i < sizeof words / sizeof *words; i++) {
        *stealing = WEFT_STEALING_ON + i;
        if (strcmp(text, words[i]) == 0)
            return WEFT_OK;
    }
    if (text)
        fprintf(stderr, "weft: WEFT_STEAL must be on, off or eager, not \"%s\"\n", text);
    return text ? WEFT_INVALID : WEFT_OK;
}

static weft_error watching_wanted(weft_runtime_options *options)
{
    unsigned long milliseconds = WEFT_STUCK_AFTER / WEFT_MILLISECOND;
    WEFT_TRY(number_from("WEFT_STUCK_AFTER_MS", 0, WEFT_STUCK_AFTER_MAX / WEFT_MILLISECOND,
                         &milliseconds));
    if (options->stuck_after == 0)
        options->stuck_after = (int64_t)milliseconds * WEFT_MILLISECOND;
    if (options->stuck_after == 0 || options->virtual_time || options->seed)
        options->stuck_after = WEFT_NEVER;
    bool within = options->stuck_after >= WEFT_MILLISECOND &&
                  options->stuck_after <= WEFT_STUCK_AFTER_MAX;
    return within || options->stuck_after == WEFT_NEVER ? WEFT_OK : WEFT_INVALID;
}

/* After the above: who is not watched needs no spare threads, unless they are asked for. */
static weft_error spares_wanted(weft_runtime_options *options)
{
    unsigned long count = WEFT_SPARE_THREADS;
    WEFT_TRY(number_from("WEFT_SPARE_THREADS", 0, WEFT_SPARE_THREADS_MAX, &count));
    if (options->spare_threads == 0 && options->stuck_after != WEFT_NEVER)
        options->spare_threads = (unsigned)count;
    if (options->spare_idle <= 0)
        options->spare_idle = WEFT_SPARE_IDLE;
    return options->spare_threads <= WEFT_SPARE_THREADS_MAX ? WEFT_OK : WEFT_INVALID;
}

weft_error weft__options_complete(weft_runtime_options *options)
{
    if (options->virtual_time || options->seed) {
        if (options->workers > 1)
            return WEFT_INVALID;
        options->workers = 1;
    }
    WEFT_TRY(workers_wanted(&options->workers));
    WEFT_TRY(weft__watermark_open());
    WEFT_TRY(stealing_wanted(&options->stealing));
    WEFT_TRY(watching_wanted(options));
    WEFT_TRY(spares_wanted(options));
    if (options->stack_size == 0)
        options->stack_size = WEFT_STACK_SIZE;
    if (options->stack_size < WEFT_STACK_MIN || options->stack_size > WEFT_STACK_MAX)
        return WEFT_INVALID;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    options->stack_size = (options->stack_size + page - 1) / page * page;
    if (options->budget == 0)
        options->budget = WEFT_BUDGET;
    if (options->blocking_threads == 0)
        options->blocking_threads = WEFT_BLOCKING_THREADS;
    if (options->blocking_queue == 0)
        options->blocking_queue = WEFT_BLOCKING_QUEUE;
    if (options->blocking_idle <= 0)
        options->blocking_idle = WEFT_BLOCKING_IDLE;
    if (options->background_deadline <= 0)
        options->background_deadline = WEFT_BACKGROUND_DEADLINE;
    return WEFT_OK;
}
