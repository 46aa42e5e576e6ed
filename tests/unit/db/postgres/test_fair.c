/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The line for connections between workers: workers take turns, and the fibers of each are served
 * in the order of arrival; so one that has n before it on its own worker waits for no more than n
 * of each other worker.
 */
#include "server.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { WORKERS = 2 };

static weft_database *db;

static void open_with(const char *parameters)
{
    do_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (i integer PRIMARY KEY);"
           "INSERT INTO t SELECT generate_series(1, 100)");
    db = weft_database_open(server_url(parameters));
    assert_non_null(db);
}

static void close_all(void)
{
    weft_database_close(db);
    assert_true(all_left());
}

static unsigned waiting(void)
{
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    return metrics.waiting;
}

/* ---- the order of arrival -------------------------------------------------------------------- */

enum { IN_LINE = 32 };

static atomic_int served;
static int place[IN_LINE]; /* at which each was served */

static void stand_in_line(void *arg)
{
    int *number = arg;
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    *number = atomic_fetch_add(&served, 1);
    /* Much longer than a thread takes to wake up. */
    assert_int_equal(RUN(weft_within(tx), "SELECT pg_sleep(0.01)"), WEFT_DB_OK);
    weft_transaction_rollback(tx);
}

/* Every connection is taken; then fibers of both workers come, one after the other. */
static void form_a_line(void *arg)
{
    unsigned connections = *(unsigned *)arg;
    weft_fiber *fibers[IN_LINE];
    weft_transaction *held[WORKERS];
    atomic_store(&served, 0);
    for (unsigned i = 0; i < connections; i++)
        assert_int_equal(weft_transaction_begin(db, NULL, &held[i]), WEFT_DB_OK);
    for (unsigned i = 0; i < IN_LINE; i++) {
        assert_int_equal(
            weft_fiber_spawn_on(&fibers[i], i % WORKERS, "in line", stand_in_line, &place[i]),
            WEFT_OK);
        while (waiting() != i + 1)
            (void)weft_sleep(WEFT_MILLISECOND);
    }
    for (unsigned i = 0; i < connections; i++)
        weft_transaction_rollback(held[i]);
    for (int i = 0; i < IN_LINE; i++)
        weft_fiber_join(fibers[i]);
}

/* How far anybody was served from the place at which he had come. */
static int largest_shift(const char *parameters, unsigned connections)
{
    int most = 0;
    open_with(parameters);
    run_in_fibers(WORKERS, form_a_line, &connections);
    close_all();
    for (int i = 0; i < IN_LINE; i++)
        most = abs(place[i] - i) > most ? abs(place[i] - i) : most;
    print_message("# %u connections: shifted by %d at most\n", connections, most);
    return most;
}

static void one_connection_is_handed_on_in_the_order_of_arrival(void **state)
{
    (void)state;
    assert_true(largest_shift("max_connections=1&acquire_timeout=60000", 1) <= WORKERS);
}

/* Four, of which statements by themselves keep one for each worker. */
static void so_are_two(void **state)
{
    (void)state;
    assert_true(largest_shift("max_connections=4&acquire_timeout=60000", 2) <= 4 * WORKERS);
}

/* ---- a crowd and a single one ---------------------------------------------------------------- */

enum { CROWD = 8, TIMES = 100 };

static atomic_uint by_crowd;
static atomic_bool done;
static unsigned between[TIMES]; /* how often the crowd was served while the single one waited */

static void use_alone(void)
{
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "SELECT pg_sleep(0.002)"), WEFT_DB_OK);
    weft_transaction_rollback(tx);
}

static void use_shared(void)
{
    int64_t n;
    assert_int_equal(ONE_INT(db, &n, "SELECT i FROM t WHERE i = 9"), WEFT_DB_OK);
}

typedef void use_fn(void);

static void crowd(void *arg)
{
    use_fn *const *use = arg;
    while (!atomic_load(&done)) {
        (*use)();
        atomic_fetch_add(&by_crowd, 1);
    }
}

static void single(void *arg)
{
    use_fn *const *use = arg;
    for (int i = 0; i < TIMES; i++) {
        unsigned before = atomic_load(&by_crowd);
        (*use)();
        between[i] = atomic_load(&by_crowd) - before;
    }
    atomic_store(&done, true);
}

static void meet(void *arg)
{
    weft_fiber *fibers[CROWD + 1];
    atomic_store(&by_crowd, 0);
    atomic_store(&done, false);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(weft_fiber_spawn_on(&fibers[i], 0, "crowd", crowd, arg), WEFT_OK);
    while (atomic_load(&by_crowd) < CROWD)
        (void)weft_sleep(WEFT_MILLISECOND);
    assert_int_equal(weft_fiber_spawn_on(&fibers[CROWD], 1, "single", single, arg), WEFT_OK);
    for (int i = 0; i <= CROWD; i++)
        weft_fiber_join(fibers[i]);
}

static int by_size(const void *a, const void *b)
{
    const unsigned *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* In nine of ten cases at most: the system may take the processor from the single one's thread at
 * any time, and a worker's first connections have to be opened. */
static unsigned mostly(const char *parameters, use_fn *use)
{
    open_with(parameters);
    run_in_fibers(WORKERS, meet, &use);
    close_all();
    qsort(between, TIMES, sizeof between[0], by_size);
    print_message("# a crowd of %d was served %u times meanwhile, mostly at most %u, at most %u\n",
                  CROWD, between[TIMES / 2], between[TIMES * 9 / 10], between[TIMES - 1]);
    return between[TIMES * 9 / 10];
}

static void a_crowd_of_transactions_does_not_starve_a_worker(void **state)
{
    (void)state;
    assert_true(mostly("max_connections=1&acquire_timeout=60000", use_alone) <= CROWD);
    assert_true(mostly("max_connections=4&acquire_timeout=60000", use_alone) <= CROWD);
}

/* A connection that is wanted elsewhere takes no more statements. With two connections each worker
 * has one, and there is nothing to wait for. */
static void nor_does_a_crowd_of_statements(void **state)
{
    (void)state;
    assert_true(mostly("max_connections=1&acquire_timeout=60000", use_shared) <= 2 * CROWD);
    (void)mostly("max_connections=2&acquire_timeout=60000", use_shared);
    assert_true(between[TIMES / 2] <= 2 * CROWD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_is_handed_on_in_the_order_of_arrival),
        cmocka_unit_test(so_are_two),
        cmocka_unit_test(a_crowd_of_transactions_does_not_starve_a_worker),
        cmocka_unit_test(nor_does_a_crowd_of_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
