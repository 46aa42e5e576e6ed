/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The pool: never more connections than allowed, whoever asks; who waits gets one in turn, or is
 * told why not; connections age, and are prepared by a hook.
 */
#include "server.h"

#include <pthread.h>
#include <stdatomic.h>

static weft_database *db;

static void open_with(const char *parameters, const weft_database_options *options)
{
    do_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (i integer PRIMARY KEY, n integer NOT NULL);"
           "INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) i");
    db = weft_database_open_with(server_url(parameters), options);
    assert_non_null(db);
}

static void close_all(void)
{
    weft_database_close(db);
    assert_true(all_left());
}

static weft_database_metrics measure(void)
{
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    return metrics;
}

/* ---- few connections, many who want them ----------------------------------------------------- */

enum { FIBERS = 48, ROUNDS = 25 };

static void mix_of_everything(void *arg)
{
    unsigned *failures = arg;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t n;
        weft_transaction *tx;
        if (ONE_INT(db, &n, "SELECT n FROM t WHERE i = $1", INT(i + 1)) != WEFT_DB_OK)
            goto failed;
        if (i % 3 != 0)
            continue;
        if (weft_transaction_begin(db, NULL, &tx) != WEFT_DB_OK)
            goto failed;
        if (RUN(weft_within(tx), "UPDATE t SET n = n + 1 WHERE i = $1", INT(i + 1)) != WEFT_DB_OK) {
            weft_transaction_rollback(tx);
            goto failed;
        }
        if (weft_transaction_commit(tx) == WEFT_DB_OK)
            continue;
    failed:
        print_error("%s\n", last_message());
        ++*failures;
    }
}

static void crowd(void *arg)
{
    (void)arg;
    weft_fiber *fibers[FIBERS];
    unsigned failures[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++)
        assert_int_equal(
            weft_fiber_spawn_on(&fibers[i], (unsigned)i, "crowd", mix_of_everything, &failures[i]),
            WEFT_OK);
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_join(fibers[i]);
        assert_int_equal(failures[i], 0);
    }
    assert_true(connections_in("%") <= measure().connections);
}

static void of_workers(unsigned workers, const char *parameters, unsigned max)
{
    open_with(parameters, NULL);
    run_in_fibers(workers, crowd, NULL);
    assert_true(measure().connections <= max);
    assert_int_equal(ask_number("SELECT sum(n) FROM t"), FIBERS * ((ROUNDS + 2) / 3));
    close_all();
}

static void one_connection_serves_four_workers(void **state)
{
    (void)state;
    of_workers(4, "max_connections=1&acquire_timeout=60000", 1);
}

static void two_connections_serve_four_workers(void **state)
{
    (void)state;
    of_workers(4, "max_connections=2&acquire_timeout=60000", 2);
}

static void ten_connections_serve_two_workers(void **state)
{
    (void)state;
    of_workers(2, "max_connections=10&acquire_timeout=60000", 10);
}

/* ---- threads beside fibers ------------------------------------------------------------------- */

static atomic_uint thread_failures;

static void *thread_main(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t n;
        if (ONE_INT(db, &n, "SELECT n FROM t WHERE i = 1") != WEFT_DB_OK)
            atomic_fetch_add(&thread_failures, 1);
    }
    return NULL;
}

static void threads_and_fibers_share_one_connection(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    open_with("max_connections=1&acquire_timeout=60000", NULL);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_main, NULL), 0);
    run_in_fibers(2, crowd, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(thread_failures, 0);
    assert_int_equal(measure().connections, 1);
    close_all();
}

/* ---- a full pool ----------------------------------------------------------------------------- */

static void wait_in_vain(void *arg)
{
    (void)arg;
    weft_transaction *tx, *second;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    int64_t began = weft_clock_now();
    assert_int_equal(weft_transaction_begin(db, NULL, &second), WEFT_DB_BUSY);
    int64_t took = weft_clock_now() - began;
    assert_true(took >= 100 * WEFT_MILLISECOND && took < WEFT_DB_ACQUIRE_TIMEOUT);
    assert_non_null(strstr(last_message(), "max_connections=2"));
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_BUSY); /* unknown: wants one of its own */
    weft_transaction_rollback(tx);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
    assert_int_equal(measure().busy, 2);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void rollback_later(void *arg)
{
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    (void)weft_sleep(50 * WEFT_MILLISECOND);
    *(weft_database_metrics *)arg = measure();
    weft_transaction_rollback(tx);
}

static void use_it_all(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    weft_transaction *tx;
    weft_database_metrics at_work;
    assert_int_equal(weft_fiber_spawn(&fiber, "holder", rollback_later, &at_work), WEFT_OK);
    weft_yield();
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK); /* waits for the holder */
    assert_int_equal(RUN(weft_within(tx), "INSERT INTO t VALUES (1, 1)"), WEFT_DB_UNIQUE);
    weft_transaction_rollback(tx);
    weft_fiber_join(fiber);
    assert_int_equal(at_work.connections, 1);
    assert_int_equal(at_work.idle, 0);
    assert_int_equal(at_work.waiting, 1);

    int64_t old = weft_deadline_narrow(weft_clock_now() + 50 * WEFT_MILLISECOND);
    assert_int_equal(RUN(db, "SELECT pg_sleep(30)"), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    for (int i = 0; i < 300 && measure().idle == 0; i++)
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    weft_database_metrics m = measure();
    assert_int_equal(m.connections, 1);
    assert_int_equal(m.idle, 1);
    assert_int_equal(m.waiting, 0);
    assert_int_equal(m.statements, 2);
    assert_int_equal(m.failures, 2);
    assert_int_equal(m.cancelled, 1);
    assert_int_equal(m.transactions, 2);
    assert_int_equal(m.connects, 1);
    assert_int_equal(m.connect_failures, 0);
    assert_int_equal(m.disconnects, 0);
    assert_int_equal(m.acquired, 2); /* the first waited for the opening */
    assert_true(m.acquire_time >= 40 * WEFT_MILLISECOND);

    do_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'weft'");
    while (measure().connections != 0)
        (void)weft_sleep(WEFT_MILLISECOND);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
    m = measure();
    assert_int_equal(m.connects, 2);
    assert_int_equal(m.disconnects, 1);
}

static void everything_is_counted(void **state)
{
    (void)state;
    open_with("max_connections=1", NULL);
    run_in_fibers(1, use_it_all, NULL);
    close_all();
}

static void what_cannot_be_opened_is_counted(void **state)
{
    (void)state;
    db = weft_database_open("postgres://u@/db?host=/nowhere");
    assert_non_null(db);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY);
    assert_int_equal(measure().connect_failures, 1);
    assert_int_equal(measure().failures, 1);
    assert_int_equal(measure().connects, 0);
    weft_database_close(db);
}

static void a_full_pool_says_so(void **state)
{
    (void)state;
    open_with("max_connections=2&acquire_timeout=100", NULL);
    run_in_fibers(1, wait_in_vain, NULL);
    close_all();
}

enum { IN_LINE = 8 };

static struct {
    int next;
    int order[IN_LINE];
} line;

static void stand_in_line(void *arg)
{
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    line.order[line.next++] = *(int *)arg;
    weft_transaction_rollback(tx);
}

static void form_a_line(void *arg)
{
    (void)arg;
    weft_fiber *fibers[IN_LINE];
    int numbers[IN_LINE];
    weft_transaction *tx;
    line.next = 0;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    for (int i = 0; i < IN_LINE; i++) {
        numbers[i] = i;
        assert_int_equal(weft_fiber_spawn_on(&fibers[i], 0, "in line", stand_in_line, &numbers[i]),
                         WEFT_OK);
        (void)weft_sleep(WEFT_MILLISECOND);
    }
    weft_transaction_rollback(tx);
    for (int i = 0; i < IN_LINE; i++)
        weft_fiber_join(fibers[i]);
    for (int i = 0; i < IN_LINE; i++)
        assert_int_equal(line.order[i], i);
}

static void who_waits_longest_is_first(void **state)
{
    (void)state;
    open_with("max_connections=1", NULL);
    run_in_fibers(1, form_a_line, NULL);
    close_all();
}

/* With two connections, statements by themselves go on while a transaction is open. */
static void use_the_pool_within(void *arg)
{
    (void)arg;
    weft_transaction *tx;
    static const weft_statement known = {
        .name = "known", .sql = "SELECT n FROM t WHERE i = 9", .columns = 1, .read_only = true};
    for (int tries = 0; tries < 20; tries++) {
        for (int i = 0; i < 100; i++) /* now it is known to be fast, unless the machine is slow */
            assert_int_equal(weft_db_run(db, &known, NULL, NULL), WEFT_DB_OK);
        assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
        weft_db_result result = weft_db_run(db, &known, NULL, NULL);
        weft_transaction_rollback(tx);
        if (result == WEFT_DB_OK)
            return;
        assert_int_equal(result, WEFT_DB_BUSY);
    }
    fail_msg("the statement has never run beside the transaction");
}

static void a_transaction_does_not_starve_statements(void **state)
{
    (void)state;
    open_with("max_connections=2&acquire_timeout=200", NULL);
    run_in_fibers(1, use_the_pool_within, NULL);
    close_all();
}

/* ---- age ------------------------------------------------------------------------------------- */

static void wait_until_one_is_left(void *arg)
{
    (void)arg;
    weft_transaction *tx[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(weft_transaction_begin(db, NULL, &tx[i]), WEFT_DB_OK);
    for (int i = 0; i < 3; i++)
        weft_transaction_rollback(tx[i]);
    assert_int_equal(connections_in("%"), 3);
    for (int i = 0; i < 500 && measure().connections > 1; i++)
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    assert_int_equal(measure().connections, 1);
    for (int i = 0; i < 200 && connections_in("%") > 1; i++) /* a backend takes its time to end */
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    assert_int_equal(connections_in("%"), 1);
}

static void unused_connections_are_closed(void **state)
{
    (void)state;
    open_with("idle_timeout=50", NULL);
    run_in_fibers(1, wait_until_one_is_left, NULL);
    close_all();
}

static void wait_for_the_least(void *arg)
{
    (void)arg;
    int64_t n;
    assert_int_equal(ONE_INT(db, &n, "SELECT 1"), WEFT_DB_OK);
    for (int i = 0; i < 1000 && measure().connections < 3; i++)
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    do_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'weft'");
    for (int i = 0; i < 1000 && measure().connects < 6; i++)
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    assert_int_equal(measure().connections, 3);
}

static void the_least_number_is_kept_open(void **state)
{
    (void)state;
    open_with("min_connections=3", NULL);
    run_in_fibers(1, wait_for_the_least, NULL);
    close_all();
}

static void outlive_a_connection(void *arg)
{
    (void)arg;
    int64_t first = 0, last = 0;
    assert_int_equal(ONE_INT(db, &first, "SELECT pg_backend_pid()"), WEFT_DB_OK);
    (void)weft_sleep(150 * WEFT_MILLISECOND);
    assert_int_equal(ONE_INT(db, &last, "SELECT pg_backend_pid()"), WEFT_DB_OK);
    (void)weft_sleep(50 * WEFT_MILLISECOND);
    assert_int_equal(ONE_INT(db, &last, "SELECT pg_backend_pid()"), WEFT_DB_OK);
    assert_int_not_equal(first, last);
}

static void connections_have_a_lifetime(void **state)
{
    (void)state;
    open_with("max_lifetime=100", NULL);
    run_in_fibers(1, outlive_a_connection, NULL);
    close_all();
}

/* ---- the hook -------------------------------------------------------------------------------- */

static weft_db_result set_search_path(weft_database *connection, void *arg)
{
    atomic_fetch_add((atomic_uint *)arg, 1);
    weft_transaction *tx;
    WEFT_TRY(RUN(connection, "SET application_name = 'weft hooked'"));
    WEFT_TRY(weft_transaction_begin(connection, NULL, &tx));
    WEFT_TRY(RUN(weft_within(tx), "SELECT 1"));
    return weft_transaction_commit(tx);
}

static weft_db_result refuse(weft_database *connection, void *arg)
{
    (void)arg;
    return RUN(connection, "SELECT 1 / 0");
}

static void the_hook_sees_each_connection_first(void **state)
{
    (void)state;
    atomic_uint calls = 0;
    weft_database_options options = {.after_connect = set_search_path, .after_connect_arg = &calls};
    open_with("", &options);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
    run_in_fibers(1, crowd, NULL);
    assert_int_equal(calls, measure().connects);
    assert_int_equal(ask_number("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                                "'weft hooked'"),
                     measure().connections);
    weft_database_close(db);
}

static void a_hook_may_refuse(void **state)
{
    (void)state;
    weft_database_options options = {.after_connect = refuse};
    open_with("", &options);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY);
    assert_string_equal(last_message(), "no connection: after_connect failed: division by zero");
    close_all();
}

/* ---- closing --------------------------------------------------------------------------------- */

static void close_inside(void *arg)
{
    (void)arg;
    crowd(NULL);
    weft_database_close(db);
    assert_true(all_left());
}

static void a_fiber_may_close(void **state)
{
    (void)state;
    open_with("acquire_timeout=60000", NULL);
    run_in_fibers(3, close_inside, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_serves_four_workers),
        cmocka_unit_test(two_connections_serve_four_workers),
        cmocka_unit_test(ten_connections_serve_two_workers),
        cmocka_unit_test(threads_and_fibers_share_one_connection),
        cmocka_unit_test(everything_is_counted),
        cmocka_unit_test(what_cannot_be_opened_is_counted),
        cmocka_unit_test(a_full_pool_says_so),
        cmocka_unit_test(who_waits_longest_is_first),
        cmocka_unit_test(a_transaction_does_not_starve_statements),
        cmocka_unit_test(unused_connections_are_closed),
        cmocka_unit_test(the_least_number_is_kept_open),
        cmocka_unit_test(connections_have_a_lifetime),
        cmocka_unit_test(the_hook_sees_each_connection_first),
        cmocka_unit_test(a_hook_may_refuse),
        cmocka_unit_test(a_fiber_may_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
