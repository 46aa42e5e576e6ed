/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * COPY both ways, and notifications, from fibers and plain threads.
 */
#include "server.h"

#include <weft/copy.h>
#include <weft/subscribe.h>

static weft_database *db;

static int start(void **state)
{
    (void)state;
    do_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (i integer PRIMARY KEY, s text)");
    db = weft_database_open(server_url("max_connections=6"));
    assert_non_null(db);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    assert_int_equal(connections_in("idle in transaction%"), 0);
    weft_database_close(db);
    assert_true(all_left());
    return 0;
}

/* ---- COPY ------------------------------------------------------------------------------------ */

static int64_t copy_in(weft_database *within, int from, int to)
{
    weft_copy *copy;
    int64_t rows = -1;
    char line[64];
    assert_int_equal(weft_copy_begin(within, "COPY t FROM STDIN (FORMAT csv)", &copy), WEFT_DB_OK);
    for (int i = from; i < to; i++) {
        int len = snprintf(line, sizeof line, "%d,number %d\n", i, i);
        assert_int_equal(weft_copy_write(copy, (weft_str){line, (size_t)len}), WEFT_DB_OK);
    }
    assert_int_equal(weft_copy_end(copy, &rows), WEFT_DB_OK);
    return rows;
}

static int64_t copy_out(weft_database *within)
{
    weft_copy *copy;
    weft_str row;
    int64_t count = 0, rows = -1;
    weft_db_result result;
    assert_int_equal(weft_copy_begin(within, "COPY t TO STDOUT", &copy), WEFT_DB_OK);
    while ((result = weft_copy_read(copy, &row)) == WEFT_DB_OK)
        count += row.len != 0 && row.at[row.len - 1] == '\n';
    assert_int_equal(result, WEFT_DB_NONE);
    assert_int_equal(weft_copy_end(copy, &rows), WEFT_DB_OK);
    assert_int_equal(rows, count);
    return count;
}

static void copy_both_ways(void *arg)
{
    (void)arg;
    weft_transaction *tx;
    do_sql("DELETE FROM t");
    assert_int_equal(copy_in(db, 0, 20000), 20000);
    assert_int_equal(copy_out(db), 20000);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(copy_in(weft_within(tx), 20000, 20010), 10);
    assert_int_equal(RUN(weft_within(tx), "UPDATE t SET s = 'x' WHERE i = 20000"), WEFT_DB_OK);
    assert_int_equal(copy_out(weft_within(tx)), 20010);
    weft_transaction_rollback(tx);
    assert_int_equal(copy_out(db), 20000);
}

static void copies(void **state)
{
    (void)state;
    run_in_fibers(1, copy_both_ways, NULL);
    copy_both_ways(NULL);
}

static void copies_fail(void *arg)
{
    (void)arg;
    weft_copy *copy;
    int64_t rows = -1;
    assert_int_equal(weft_copy_begin(db, "SELECT 1", &copy), WEFT_DB_FAILED);
    assert_null(copy);
    assert_int_equal(weft_copy_begin(db, "COPY nothing FROM STDIN", &copy), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "\"nothing\" does not exist"));
    assert_int_equal(weft_copy_begin(db, "COPY t FROM STDIN", &copy), WEFT_DB_OK);
    assert_int_equal(weft_copy_write(copy, WEFT_STR("1\tone\n1\ttwo\n")), WEFT_DB_OK);
    assert_int_equal(weft_copy_end(copy, &rows), WEFT_DB_UNIQUE);
    assert_int_equal(rows, -1);
    assert_int_equal(weft_copy_begin(db, "COPY t FROM STDIN", &copy), WEFT_DB_OK);
    assert_int_equal(weft_copy_write(copy, WEFT_STR("1\tone\n")), WEFT_DB_OK);
    weft_copy_abort(copy);
    assert_int_equal(count_rows(db), 0);
    for (int i = 0; i < 20; i++) { /* connections come back */
        assert_int_equal(weft_copy_begin(db, "COPY t FROM STDIN", &copy), WEFT_DB_OK);
        weft_copy_abort(copy);
    }
}

static void what_fails_copies_nothing(void **state)
{
    (void)state;
    run_in_fibers(1, copies_fail, NULL);
    copies_fail(NULL);
}

/* ---- left open ------------------------------------------------------------------------------- */

static void leave_open(void *arg)
{
    (void)arg;
    weft_copy *copy;
    weft_subscription *news;
    weft_transaction *tx;
    assert_int_equal(weft_subscribe(db, WEFT_STR("news"), &news), WEFT_DB_OK);
    assert_int_equal(weft_copy_begin(db, "COPY t FROM STDIN", &copy), WEFT_DB_OK);
    assert_int_equal(weft_copy_write(copy, WEFT_STR("1\tone\n")), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(weft_copy_begin(weft_within(tx), "COPY t FROM STDIN", &copy), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "SELECT 1"), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "a copy is still open in the transaction");
}

static void leave_open_in_a_fiber(void *arg)
{
    (void)arg;
    for (int i = 0; i < 3; i++) { /* with six connections */
        weft_fiber *fiber;
        assert_int_equal(weft_fiber_spawn(&fiber, "forgetful", leave_open, NULL), WEFT_OK);
        weft_fiber_join(fiber);
    }
    assert_int_equal(count_rows(db), 0);
}

static void what_is_left_open_is_closed(void **state)
{
    (void)state;
    run_in_fibers(1, leave_open_in_a_fiber, NULL);
}

static void end_around_a_copy(void *arg)
{
    (void)arg;
    weft_copy *copy;
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(weft_copy_begin(weft_within(tx), "COPY t FROM STDIN", &copy), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_FAILED);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "SELECT 1"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
}

static void a_transaction_ends_its_copy(void **state)
{
    (void)state;
    run_in_fibers(1, end_around_a_copy, NULL);
    end_around_a_copy(NULL);
}

static void read_little(void *arg)
{
    weft_copy *copy;
    weft_str row;
    copy_in(db, 0, 50000);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(weft_copy_begin(db, "COPY t TO STDOUT", &copy), WEFT_DB_OK);
        assert_int_equal(weft_copy_read(copy, &row), WEFT_DB_OK);
        weft_copy_abort(copy);
    }
    assert_int_equal(count_rows(db), 50000);
    do_sql("DELETE FROM t");
    (void)arg;
}

static void a_copy_may_be_left_early(void **state)
{
    (void)state;
    run_in_fibers(1, read_little, NULL);
    read_little(NULL);
}

/* ---- notifications --------------------------------------------------------------------------- */

static void expect_notice(weft_subscription *news, const char *payload)
{
    weft_notice notice;
    assert_int_equal(weft_subscription_next(news, weft_clock_now() + 5 * WEFT_SECOND, &notice),
                     WEFT_DB_OK);
    assert_false(notice.gap);
    assert_true(weft_str_equal(notice.payload, weft_str_from(payload)));
}

static void listen_here(void *arg)
{
    (void)arg;
    weft_subscription *news;
    weft_notice notice;
    assert_int_equal(weft_subscribe(db, WEFT_STR("some \"Orders\""), &news), WEFT_DB_OK);
    assert_int_equal(
        weft_subscription_next(news, weft_clock_now() + 20 * WEFT_MILLISECOND, &notice),
        WEFT_DB_TIMED_OUT);
    do_sql("NOTIFY \"some \"\"Orders\"\"\", 'one'; NOTIFY \"some \"\"Orders\"\"\", 'two';"
           "NOTIFY other, 'nothing'");
    expect_notice(news, "one");
    expect_notice(news, "two");
    assert_int_equal(RUN(db, "SELECT pg_notify('some \"Orders\"', 'three')"), WEFT_DB_OK);
    expect_notice(news, "three");

    do_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND "
           "application_name = 'weft'");
    assert_int_equal(weft_subscription_next(news, weft_clock_now() + 5 * WEFT_SECOND, &notice),
                     WEFT_DB_OK);
    assert_true(notice.gap);
    do_sql("NOTIFY \"some \"\"Orders\"\"\", 'again'");
    expect_notice(news, "again");
    weft_subscription_close(news);

    assert_int_equal(weft_subscribe(db, WEFT_STR(""), &news), WEFT_DB_FAILED);
    assert_null(news);
    weft_subscription_close(NULL);
}

static void notifications(void **state)
{
    (void)state;
    run_in_fibers(1, listen_here, NULL);
    listen_here(NULL);
}

static void listen_until_cancelled(void *arg)
{
    weft_notice notice;
    weft_subscription *news;
    assert_int_equal(weft_subscribe(db, WEFT_STR("never"), &news), WEFT_DB_OK);
    *(weft_db_result *)arg = weft_subscription_next(news, WEFT_NEVER, &notice);
    weft_subscription_close(news);
}

static void cancel_a_listener(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    weft_db_result result = WEFT_DB_OK;
    assert_int_equal(weft_fiber_spawn(&fiber, "listener", listen_until_cancelled, &result),
                     WEFT_OK);
    (void)weft_sleep(100 * WEFT_MILLISECOND);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    assert_int_equal(result, WEFT_DB_CANCELLED);
}

static void a_listener_may_be_cancelled(void **state)
{
    (void)state;
    run_in_fibers(1, cancel_a_listener, NULL);
}

static void sqlite_has_neither(void **state)
{
    (void)state;
    weft_copy *copy;
    weft_subscription *news;
    weft_database *other = weft_database_open("sqlite::memory:");
    assert_int_equal(weft_copy_begin(other, "COPY t TO STDOUT", &copy), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "this database has neither COPY nor notifications nor "
                                        "advisory locks: they are PostgreSQL's");
    assert_int_equal(weft_subscribe(other, WEFT_STR("a"), &news), WEFT_DB_FAILED);
    weft_database_close(other);
}

int main(void)
{
#define SERVER(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        SERVER(copies),
        SERVER(what_fails_copies_nothing),
        SERVER(a_copy_may_be_left_early),
        SERVER(what_is_left_open_is_closed),
        SERVER(a_transaction_ends_its_copy),
        SERVER(notifications),
        SERVER(a_listener_may_be_cancelled),
        SERVER(sqlite_has_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
