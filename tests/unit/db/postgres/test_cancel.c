/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements whose fiber wants no more: cancelled on the server, soon, and nobody else's with them.
 */
#include "server.h"

static weft_database *db;

static void open_pool(const char *parameters)
{
    do_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (i integer PRIMARY KEY, n integer NOT NULL);"
           "INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) i");
    db = weft_database_open(server_url(parameters));
    assert_non_null(db);
}

static void close_pool(void)
{
    weft_database_close(db);
    assert_true(all_left());
}

static long sleeping(void)
{
    return ask_number("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
                      "'%pg_sleep%' AND application_name = 'weft'");
}

static uint64_t connects(void)
{
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    return metrics.connects;
}

/* ---- deadlines ------------------------------------------------------------------------------- */

static void sleep_past_the_deadline(void *arg)
{
    (void)arg;
    int64_t answer = 0;
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
    int64_t began = weft_clock_now();
    int64_t old = weft_deadline_narrow(began + 100 * WEFT_MILLISECOND);
    assert_int_equal(RUN(db, "SELECT pg_sleep(30)"), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    int64_t took = weft_clock_now() - began;
    assert_true(took >= 100 * WEFT_MILLISECOND && took < 600 * WEFT_MILLISECOND);
    assert_int_equal(sleeping(), 0);
    assert_int_equal(ONE_INT(db, &answer, "SELECT 1"), WEFT_DB_OK);
    assert_int_equal(answer, 1);
}

static void a_deadline_cancels_on_the_server(void **state)
{
    (void)state;
    open_pool("max_connections=1");
    run_in_fibers(1, sleep_past_the_deadline, NULL);
    assert_int_equal(connects(), 1); /* the connection was kept */
    close_pool();
}

static void a_thread_has_deadlines_too(void **state)
{
    (void)state;
    open_pool("max_connections=1");
    sleep_past_the_deadline(NULL);
    assert_int_equal(connects(), 1);
    close_pool();
}

static void the_statement_timeout_is_a_deadline(void **state)
{
    (void)state;
    open_pool("statement_timeout=50");
    assert_int_equal(RUN(db, "SELECT pg_sleep(30)"), WEFT_DB_TIMED_OUT);
    assert_string_equal(last_message(), "the deadline passed before the statement ended");
    assert_int_equal(sleeping(), 0);
    close_pool();
}

/* ---- cancelled fibers ------------------------------------------------------------------------ */

typedef struct patient {
    weft_db_result result;
    bool shared;
} patient;

static void sleep_long(void *arg)
{
    patient *p = arg;
    p->result = RUN(db, "SELECT pg_sleep(30)");
}

static void cancel_one(void *arg)
{
    (void)arg;
    patient p = {0};
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "sleeper", sleep_long, &p), WEFT_OK);
    while (sleeping() == 0)
        (void)weft_sleep(WEFT_MILLISECOND);
    int64_t began = weft_clock_now();
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    int64_t took = weft_clock_now() - began;
    assert_int_equal(p.result, WEFT_DB_CANCELLED);
    assert_true(took < 200 * WEFT_MILLISECOND);
    assert_int_equal(sleeping(), 0);
}

static void a_cancelled_fiber_cancels_its_statement(void **state)
{
    (void)state;
    open_pool("max_connections=2");
    run_in_fibers(1, cancel_one, NULL);
    close_pool();
}

/* ---- neighbours ------------------------------------------------------------------------------ */

/* Runs a statement that shares a connection; now and then it takes long. */
static weft_db_result nap(double seconds, int64_t *found)
{
    return ONE_INT(db, found, "SELECT i FROM t, pg_sleep($1::float8) WHERE i = 7", REAL(seconds));
}

typedef struct neighbour {
    bool stop;
    unsigned runs, failures;
} neighbour;

static void run_next_door(void *arg)
{
    neighbour *n = arg;
    while (!n->stop) {
        int64_t found = 0;
        weft_db_result result = nap(0, &found);
        n->runs++;
        if (result != WEFT_DB_OK || found != 7) {
            n->failures++;
            print_error("%s\n", result != WEFT_DB_OK ? last_message() : "another row");
        }
    }
}

static void late_napper(void *arg)
{
    int64_t found;
    patient *p = arg;
    p->result = nap(0.5, &found);
}

static void cancel_among_neighbours(void *arg)
{
    (void)arg;
    enum { NEIGHBOURS = 8, ROUNDS = 30 };
    neighbour neighbours[NEIGHBOURS] = {0};
    weft_fiber *fibers[NEIGHBOURS];
    for (int i = 0; i < NEIGHBOURS; i++)
        assert_int_equal(weft_fiber_spawn(&fibers[i], "neighbour", run_next_door, &neighbours[i]),
                         WEFT_OK);
    unsigned cancelled = 0;
    for (int round = 0; round < ROUNDS; round++) {
        patient p = {0};
        weft_fiber *fiber;
        assert_int_equal(weft_fiber_spawn(&fiber, "late", late_napper, &p), WEFT_OK);
        (void)weft_sleep((round % 7) * WEFT_MILLISECOND);
        weft_fiber_cancel(fiber);
        weft_fiber_join(fiber);
        cancelled += p.result == WEFT_DB_CANCELLED;
    }
    for (int i = 0; i < NEIGHBOURS; i++) {
        neighbours[i].stop = true;
        weft_fiber_join(fibers[i]);
        assert_int_equal(neighbours[i].failures, 0);
        assert_true(neighbours[i].runs > 0);
    }
    assert_int_equal(cancelled, ROUNDS);
}

static void neighbours_on_the_connection_see_nothing(void **state)
{
    (void)state;
    open_pool("max_connections=3&shared=1");
    run_in_fibers(1, cancel_among_neighbours, NULL);
    close_pool();
}

/* ---- head of line ---------------------------------------------------------------------------- */

static void wait_for_a_lock(void *arg)
{
    patient *p = arg;
    p->result = RUN(db, "UPDATE t SET n = n + 1 WHERE i = $1", INT(1));
}

static weft_db_result read_five(void)
{
    int64_t found;
    return ONE_INT(db, &found, "SELECT i FROM t WHERE i = 5");
}

static uint64_t moved(void)
{
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    return metrics.moved;
}

static void get_stuck_in_front(void)
{
    patient p = {0};
    for (int i = 0; i < 50; i++) { /* both are known to be fast from now on */
        wait_for_a_lock(&p);
        assert_int_equal(p.result, WEFT_DB_OK);
        assert_int_equal(read_five(), WEFT_DB_OK);
    }
    PGconn *locker = look_in();
    PQclear(PQexec(locker, "BEGIN; UPDATE t SET n = 0 WHERE i = 1"));
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "stuck", wait_for_a_lock, &p), WEFT_OK);
    weft_yield();
    int64_t began = weft_clock_now();
    assert_int_equal(read_five(), WEFT_DB_OK);
    assert_true(weft_clock_now() - began < WEFT_SECOND);
    PQclear(PQexec(locker, "COMMIT"));
    PQfinish(locker);
    weft_fiber_join(fiber);
    assert_int_equal(p.result, WEFT_DB_OK); /* it was run anew, by itself, and once */
    assert_int_equal(ask_number("SELECT n FROM t WHERE i = 1"), 1);
}

/* A statement that is fast as a rule waits for a lock; those behind it on the connection do not. On a
 * machine with much to do it may not pass for fast at first. */
static void stuck_in_front(void *arg)
{
    for (int tries = 0; tries < 20 && moved() == 0; tries++)
        get_stuck_in_front();
    *(uint64_t *)arg = moved();
}

static void who_is_stuck_in_front_is_moved(void **state)
{
    (void)state;
    open_pool("max_connections=3&shared=1");
    uint64_t times = 0;
    run_in_fibers(1, stuck_in_front, &times);
    close_pool();
    if (times == 0) {
        print_message("the machine is too busy: no statement has passed for a fast one\n");
        skip();
    }
}

/* ---- killed at random ------------------------------------------------------------------------ */

enum { KILLED = 1000, AT_ONCE = 8 };

static unsigned dice(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void transfer(void *arg)
{
    weft_transaction *tx;
    (void)arg;
    if (weft_transaction_begin(db, NULL, &tx) != WEFT_DB_OK)
        return;
    weft_db_result result = RUN(weft_within(tx), "UPDATE t SET n = n - 1 WHERE i = 1");
    if (result == WEFT_DB_OK)
        result = RUN(weft_within(tx), "UPDATE t SET n = n + 1 WHERE i = 2");
    if (result == WEFT_DB_OK)
        (void)!weft_transaction_commit(tx);
    else
        weft_transaction_rollback(tx);
}

static void kill_at_random(void *arg)
{
    (void)arg;
    unsigned seed = 42;
    for (int killed = 0; killed < KILLED; killed += AT_ONCE) {
        weft_fiber *fibers[AT_ONCE];
        for (int i = 0; i < AT_ONCE; i++)
            assert_int_equal(weft_fiber_spawn(&fibers[i], "transfer", transfer, NULL), WEFT_OK);
        for (int i = 0; i < AT_ONCE; i++) {
            int64_t until = weft_clock_now() + dice(&seed) % 400 * WEFT_MICROSECOND;
            while (weft_clock_now() < until)
                weft_yield();
            weft_fiber_cancel(fibers[i]);
        }
        for (int i = 0; i < AT_ONCE; i++)
            weft_fiber_join(fibers[i]);
    }
    assert_int_equal(connections_in("idle in transaction%"), 0);
    assert_int_equal(
        ask_number("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                   "WHERE a.application_name = 'weft' AND relation = 't'::regclass"),
        0);
    assert_int_equal(ask_number("SELECT sum(n) FROM t"), 0);
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "UPDATE t SET n = 77 WHERE i = 3"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(ask_number("SELECT n FROM t WHERE i = 3"), 77);
}

static void killed_transactions_leave_nothing(void **state)
{
    (void)state;
    open_pool("max_connections=1");
    run_in_fibers(1, kill_at_random, NULL);
    assert_true(connects() <= 2);
    close_pool();
}

/* ---- half sent ------------------------------------------------------------------------------- */

enum { LONG = 16 << 20 }; /* many times what a socket takes at once */

static void send_long(void *arg)
{
    patient *p = arg;
    int64_t length = 0;
    char *text = malloc(LONG + 1);
    assert_non_null(text);
    memset(text, 'x', LONG);
    text[LONG] = 0;
    p->result = ONE_INT(db, &length, "SELECT length($1::text)::bigint", TEXT(text));
    free(text);
}

static void insert_behind(void *arg)
{
    patient *p = arg;
    p->result = RUN(db, "INSERT INTO t VALUES (1000, 1)");
}

/* Whose bytes are on the way goes; whose statement is behind them notices nothing. */
static void leave_half_sent(void *arg)
{
    (void)arg;
    patient leaving = {0}, behind = {0};
    weft_fiber *first, *second;
    int64_t one;
    assert_int_equal(ONE_INT(db, &one, "SELECT 1::bigint"), WEFT_DB_OK);
    assert_int_equal(weft_fiber_spawn(&first, "long", send_long, &leaving), WEFT_OK);
    weft_yield();
    assert_int_equal(weft_fiber_spawn(&second, "behind", insert_behind, &behind), WEFT_OK);
    weft_yield();
    weft_fiber_cancel(first);
    weft_fiber_join(first);
    weft_fiber_join(second);
    assert_true(leaving.result == WEFT_DB_CANCELLED || leaving.result == WEFT_DB_OK);
    assert_int_equal(behind.result, WEFT_DB_OK);
    assert_int_equal(connects(), 1);
}

static void a_half_sent_statement_takes_nobody_along(void **state)
{
    (void)state;
    open_pool("max_connections=1");
    run_in_fibers(1, leave_half_sent, NULL);
    assert_int_equal(ask_number("SELECT n FROM t WHERE i = 1000"), 1);
    close_pool();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_cancels_on_the_server),
        cmocka_unit_test(a_thread_has_deadlines_too),
        cmocka_unit_test(the_statement_timeout_is_a_deadline),
        cmocka_unit_test(a_cancelled_fiber_cancels_its_statement),
        cmocka_unit_test(neighbours_on_the_connection_see_nothing),
        cmocka_unit_test(who_is_stuck_in_front_is_moved),
        cmocka_unit_test(killed_transactions_leave_nothing),
        cmocka_unit_test(a_half_sent_statement_takes_nobody_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
