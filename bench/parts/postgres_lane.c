/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Head-of-line waiting: how long fast statements take that share one connection, by themselves, and
 * when every now and then one among them takes long that has always been fast. Nobody should
 * wait behind it for much longer than WEFT_POSTGRES_PATIENCE + WEFT_POSTGRES_TICK. Needs a server:
 *
 *     tests/support/postgres build/bench/parts/postgres_lane
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/pool.h>
#include <weft/runtime.h>

#include "db/postgres/pool.h"

enum { FIBERS = 16, SLOW_ONES = 20, SAMPLES_MAX = 4000000 };

#define PAUSE (100 * WEFT_MILLISECOND)

static const weft_statement nap = {.name = "nap",
                                   .sql = "SELECT pg_sleep($1::float8)",
                                   .parameters = 1,
                                   .columns = 1,
                                   .read_only = true};
static const weft_statement number = {
    .name = "number", .sql = "SELECT 1", .columns = 1, .read_only = true};

static weft_database *database;
static int64_t *samples;
static size_t count;
static bool stop;

static void check(bool good, const char *what)
{
    if (good)
        return;
    const weft_db_failure *failure = weft_db_last_failure();
    fprintf(stderr, "%s failed: %.*s\n", what, failure ? (int)failure->message.len : 0,
            failure ? failure->message.at : "");
    exit(1);
}

static void be_fast(void *arg)
{
    (void)arg;
    while (!stop) {
        int64_t began = weft_clock_now();
        check(weft_db_run(database, &number, NULL, NULL) == WEFT_DB_OK, "a fast statement");
        if (count < SAMPLES_MAX)
            samples[count++] = weft_clock_now() - began;
    }
}

/* Fast for a while, so that it shares the connection; then once for long. */
static void be_slow_now_and_then(void *arg)
{
    weft_db_value seconds = {.type = WEFT_DB_REAL};
    for (int i = 0; i < SLOW_ONES; i++) {
        int64_t until = weft_clock_now() + PAUSE;
        for (seconds.real = 0; weft_clock_now() < until; (void)weft_sleep(WEFT_MILLISECOND))
            check(weft_db_run(database, &nap, &seconds, NULL) == WEFT_DB_OK, "the nap");
        seconds.real = *(const double *)arg;
        check(weft_db_run(database, &nap, &seconds, NULL) == WEFT_DB_OK, "the nap");
    }
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static double at(double share)
{
    return (double)samples[(size_t)(share * (double)(count - 1))] / WEFT_MICROSECOND;
}

static void measure(const char *name, double seconds)
{
    weft_fiber *fibers[FIBERS];
    weft_database_metrics before, after;
    stop = false;
    count = 0;
    weft_database_measure(database, &before);
    for (int i = 0; i < FIBERS; i++)
        check(weft_fiber_spawn(&fibers[i], "fast", be_fast, NULL) == WEFT_OK, "spawning");
    be_slow_now_and_then(&seconds);
    stop = true;
    for (int i = 0; i < FIBERS; i++)
        weft_fiber_join(fibers[i]);
    weft_database_measure(database, &after);
    qsort(samples, count, sizeof *samples, by_size);
    printf("%-28s %8zu statements, p50 %6.0f us, p99 %6.0f us, p99.9 %6.0f us, p99.99 %6.0f us, "
           "max %6.0f us; %llu "
           "moved\n",
           name, count, at(0.5), at(0.99), at(0.999), at(0.9999), at(1),
           (unsigned long long)(after.moved - before.moved));
}

static void run(void *arg)
{
    (void)arg;
    measure("fast ones only", 0);
    measure("now and then 0.3 seconds", 0.3);
    printf("the bound: %lld us and the time of a cancellation\n",
           (long long)((WEFT_POSTGRES_PATIENCE + WEFT_POSTGRES_TICK) / WEFT_MICROSECOND));
}

int main(void)
{
    const weft_database_options options = {
        .max_connections = 4, .shared = 1, .slow_statement = WEFT_MINUTE};
    const weft_runtime_options one = {.workers = 1};
    samples = calloc(SAMPLES_MAX, sizeof *samples);
    database = weft_database_open_with(getenv("DATABASE_URL"), &options);
    check(database != NULL && samples != NULL, "opening DATABASE_URL");
    check(weft_runtime_run(&one, run, NULL) == WEFT_OK, "the runtime");
    weft_database_close(database);
    free(samples);
    return 0;
}
