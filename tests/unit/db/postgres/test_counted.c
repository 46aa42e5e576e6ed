/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the server counts (pg_stat_statements): a call is one statement there, with no BEGIN, COMMIT
 * or ping around it, on whichever connection it runs; a transaction has what its user wrote and no
 * more.
 */
#include "server.h"

#include <weft/cursor.h>

static weft_database *db;

/* The engine's statements are told from the test's own by their role. */
static int start(void **state)
{
    (void)state;
    do_sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; DROP TABLE IF EXISTS t; "
           "CREATE TABLE t (i integer PRIMARY KEY, n integer NOT NULL); "
           "INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) i;"
           "DO $$ BEGIN CREATE ROLE counted LOGIN; EXCEPTION WHEN duplicate_object THEN END $$;"
           "GRANT ALL ON t TO counted");
    db = weft_database_open(server_url("user=counted&max_connections=4&min_connections=2"));
    assert_non_null(db);
    do_sql("SELECT pg_stat_statements_reset()");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    weft_database_close(db);
    assert_true(all_left());
    return 0;
}

/* Statements of the engine's whose text is like this. */
static long counted(const char *like)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE userid = "
             "'counted'::regrole AND query LIKE '%s'",
             like);
    return ask_number(sql);
}

/* ---- statements by themselves ---------------------------------------------------------------- */

enum { FIBERS = 16, ROUNDS = 50 };

static void read_and_write(void *arg)
{
    unsigned *failures = arg;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t n;
        *failures += ONE_INT(db, &n, "SELECT n FROM t WHERE i = $1", INT(i + 1)) != WEFT_DB_OK;
        *failures += RUN(db, "UPDATE t SET n = n + 1 WHERE i = $1", INT(i + 1)) != WEFT_DB_OK;
        if (i % 10 == 0) /* connections become idle, and are taken up again */
            (void)weft_sleep(5 * WEFT_MILLISECOND);
    }
}

static void crowd(void *arg)
{
    (void)arg;
    weft_fiber *fibers[FIBERS];
    unsigned failures[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++)
        assert_int_equal(
            weft_fiber_spawn_on(&fibers[i], (unsigned)i, "counted", read_and_write, &failures[i]),
            WEFT_OK);
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_join(fibers[i]);
        assert_int_equal(failures[i], 0);
    }
}

static void a_call_is_one_statement(void **state)
{
    (void)state;
    run_in_fibers(2, crowd, NULL);
    assert_int_equal(counted("SELECT n FROM t%"), FIBERS * ROUNDS);
    assert_int_equal(counted("UPDATE t SET%"), FIBERS * ROUNDS);
    assert_int_equal(counted("%"), 2 * FIBERS * ROUNDS);
}

static void the_same_of_a_thread(void **state)
{
    (void)state;
    unsigned failures = 0;
    read_and_write(&failures);
    assert_int_equal(failures, 0);
    assert_int_equal(counted("%"), 2 * ROUNDS);
}

/* ---- transactions ---------------------------------------------------------------------------- */

static void transact(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        weft_transaction *tx;
        assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
        assert_int_equal(RUN(weft_within(tx), "UPDATE t SET n = 1 WHERE i = $1", INT(1)),
                         WEFT_DB_OK);
        if (i % 2 != 0)
            weft_transaction_rollback(tx);
        else
            assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    }
}

static void a_transaction_has_a_begin_and_an_end(void **state)
{
    (void)state;
    run_in_fibers(1, transact, NULL);
    assert_int_equal(counted("BEGIN%"), ROUNDS);
    assert_int_equal(counted("COMMIT"), ROUNDS / 2);
    assert_int_equal(counted("ROLLBACK"), ROUNDS / 2);
    assert_int_equal(counted("%"), 3 * ROUNDS);
}

/* ---- idle ------------------------------------------------------------------------------------ */

static void wait_a_while(void *arg)
{
    (void)arg;
    int64_t n;
    assert_int_equal(ONE_INT(db, &n, "SELECT n FROM t WHERE i = 1"), WEFT_DB_OK);
    (void)weft_sleep(2500 * WEFT_MILLISECOND); /* longer than two rounds of upkeep */
    assert_int_equal(ONE_INT(db, &n, "SELECT n FROM t WHERE i = 1"), WEFT_DB_OK);
}

static void an_idle_pool_says_nothing(void **state)
{
    (void)state;
    run_in_fibers(1, wait_a_while, NULL);
    assert_int_equal(counted("%"), 2);
}

int main(void)
{
#define SERVER(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        SERVER(a_call_is_one_statement),
        SERVER(the_same_of_a_thread),
        SERVER(a_transaction_has_a_begin_and_an_end),
        SERVER(an_idle_pool_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
