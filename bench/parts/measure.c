/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "measure.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define RUNNING_ON_VALGRIND           0
#define CALLGRIND_ZERO_STATS          ((void)0)
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

enum { ROUNDS = 7, LESS = 20, LEAST = 1000 };

bool measure_counts(void)
{
    return RUNNING_ON_VALGRIND != 0;
}

static int64_t cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void count(const char *name, measured *run, unsigned times)
{
    times = times / LESS > LEAST ? times / LESS : LEAST;
    run(times);
    CALLGRIND_ZERO_STATS;
    run(times);
    CALLGRIND_DUMP_STATS_AT(name);
    printf("%-48s %8u times\n", name, times);
}

void measure(const char *name, measured *run, unsigned times)
{
    double least = 0;
    if (measure_counts()) {
        count(name, run, times);
        return;
    }
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = cpu_now();
        run(times);
        double each = (double)(cpu_now() - begin) / times;
        least = round == 0 || each < least ? each : least;
    }
    printf("%-48s %8.1f ns\n", name, least);
}
