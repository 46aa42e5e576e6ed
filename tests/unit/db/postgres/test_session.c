/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transactions and cursors on the real server.
 */
#include "server.h"

#include <weft/cursor.h>

static weft_database *db;

static int start(void **state)
{
    (void)state;
    do_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (i integer PRIMARY KEY, n integer NOT NULL "
           "CHECK (n >= 0), e text UNIQUE, p integer REFERENCES t);"
           "INSERT INTO t SELECT i, i FROM generate_series(1, 1000) i");
    db = weft_database_open(server_url(""));
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

static int64_t number(weft_database *within, int64_t i)
{
    int64_t n = -1;
    assert_int_equal(ONE_INT(within, &n, "SELECT n FROM t WHERE i = $1", INT(i)), WEFT_DB_OK);
    return n;
}

#define UPDATE(within, i, n) RUN(within, "UPDATE t SET n = $2 WHERE i = $1", INT(i), INT(n))

/* ---- transactions ---------------------------------------------------------------------------- */

static void commits_and_rolls_back(void *arg)
{
    (void)arg;
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(tx), 1, 50), WEFT_DB_OK);
    assert_int_equal(number(weft_within(tx), 1), 50);
    assert_int_equal(number(db, 1), 1); /* outside nothing has happened yet */
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(number(db, 1), 50);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(tx), 1, 60), WEFT_DB_OK);
    weft_transaction_rollback(tx);
    assert_int_equal(number(db, 1), 50);
}

static void transactions_end_both_ways(void **state)
{
    (void)state;
    run_in_fibers(1, commits_and_rolls_back, NULL);
    assert_int_equal(UPDATE(db, 1, 1), WEFT_DB_OK);
    commits_and_rolls_back(NULL); /* on a plain thread */
}

static void savepoints(void **state)
{
    (void)state;
    weft_transaction *outer, *inner;
    assert_int_equal(weft_transaction_begin(db, NULL, &outer), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(outer), 1, 10), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(weft_within(outer), NULL, &inner), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(inner), 1, -1), WEFT_DB_CHECK);
    weft_transaction_rollback(inner);
    assert_int_equal(number(weft_within(outer), 1), 10);
    assert_int_equal(weft_transaction_begin(weft_within(outer), NULL, &inner), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(inner), 2, 20), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(inner), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(outer), WEFT_DB_OK);
    assert_int_equal(number(db, 1), 10);
    assert_int_equal(number(db, 2), 20);
}

static weft_db_result setting(weft_database *within, const char *what, const char *expected)
{
    weft_str value;
    static const weft_statement show = {
        .name = "show", .sql = "SELECT current_setting($1)", .parameters = 1, .columns = 1};
    weft_db_value name = TEXT(what);
    WEFT_TRY(weft_db_one(within, &show, &name, weft_arena_current(), decode_str, &value));
    if (!weft_str_equal(value, weft_str_from(expected)))
        fail_msg("%s is %.*s, not %s", what, WEFT_STR_ARGS(value), expected);
    return WEFT_DB_OK;
}

static void options_reach_the_server(void **state)
{
    (void)state;
    static const struct {
        weft_transaction_options options;
        const char *isolation, *read_only, *deferrable;
    } cases[] = {
        {{0}, "read committed", "off", "off"},
        {{.isolation = WEFT_READ_COMMITTED}, "read committed", "off", "off"},
        {{.isolation = WEFT_REPEATABLE_READ}, "repeatable read", "off", "off"},
        {{.isolation = WEFT_SERIALIZABLE, .read_only = true, .deferrable = true},
         "serializable",
         "on",
         "on"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        weft_transaction *tx;
        assert_int_equal(weft_transaction_begin(db, &cases[i].options, &tx), WEFT_DB_OK);
        weft_database *within = weft_within(tx);
        assert_int_equal(setting(within, "transaction_isolation", cases[i].isolation), WEFT_DB_OK);
        assert_int_equal(setting(within, "transaction_read_only", cases[i].read_only), WEFT_DB_OK);
        assert_int_equal(setting(within, "transaction_deferrable", cases[i].deferrable),
                         WEFT_DB_OK);
        weft_transaction_rollback(tx);
    }
}

static weft_db_result add_one(weft_transaction *tx, void *arg)
{
    int64_t n = 0;
    ++*(unsigned *)arg;
    WEFT_TRY(ONE_INT(weft_within(tx), &n, "SELECT n FROM t WHERE i = 1"));
    weft_yield();
    return UPDATE(weft_within(tx), 1, n + 1);
}

static void add_many(void *arg)
{
    const weft_transaction_options options = {.isolation = WEFT_SERIALIZABLE};
    for (int i = 0; i < 10; i++)
        while (weft_transact(db, &options, add_one, arg) == WEFT_DB_CONFLICT)
            continue;
}

static void add_in_parallel(void *arg)
{
    unsigned *runs = arg;
    weft_fiber *fibers[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(weft_fiber_spawn_on(&fibers[i], (unsigned)i, "adder", add_many, runs + i),
                         WEFT_OK);
    for (int i = 0; i < 4; i++)
        weft_fiber_join(fibers[i]);
}

static void conflicts_are_run_again(void **state)
{
    (void)state;
    unsigned runs[4] = {0};
    assert_int_equal(UPDATE(db, 1, 0), WEFT_DB_OK);
    run_in_fibers(2, add_in_parallel, runs);
    assert_int_equal(number(db, 1), 40);
}

static void a_commit_that_fails_says_so(void **state)
{
    (void)state;
    do_sql("ALTER TABLE t ADD CONSTRAINT later FOREIGN KEY (n) REFERENCES t DEFERRABLE INITIALLY "
           "DEFERRED");
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(UPDATE(weft_within(tx), 1, 5000), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_FOREIGN_KEY);
    assert_true(weft_str_equal(weft_db_last_failure()->constraint, WEFT_STR("later")));
    assert_int_equal(number(db, 1), 1);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void expect(weft_db_result result, weft_db_result expected, const char *sqlstate,
                   const char *column, const char *constraint)
{
    assert_int_equal(result, expected);
    const weft_db_failure *failure = weft_db_last_failure();
    assert_string_equal(failure->sqlstate, sqlstate);
    assert_true(weft_str_equal(failure->column, weft_str_from(column)));
    assert_true(weft_str_equal(failure->constraint, weft_str_from(constraint)));
    assert_string_equal(failure->statement, "a_statement");
}

static void failures_have_their_cause(void **state)
{
    (void)state;
    expect(RUN(db, "INSERT INTO t VALUES (1, 1)"), WEFT_DB_UNIQUE, "23505", "i", "t_pkey");
    expect(RUN(db, "UPDATE t SET e = 'x' WHERE i < 3"), WEFT_DB_UNIQUE, "23505", "e", "t_e_key");
    expect(RUN(db, "UPDATE t SET p = 5000"), WEFT_DB_FOREIGN_KEY, "23503", "p", "t_p_fkey");
    expect(RUN(db, "UPDATE t SET n = -1"), WEFT_DB_CHECK, "23514", "", "t_n_check");
    expect(RUN(db, "UPDATE t SET n = NULL"), WEFT_DB_NOT_NULL, "23502", "n", "");
    assert_true(weft_str_equal(weft_db_last_failure()->table, WEFT_STR("t")));
    expect(RUN(db, "SELECT i FROM t\nWHERE none = 1"), WEFT_DB_FAILED, "42703", "", "");
    assert_string_equal(last_message(),
                        "column \"none\" does not exist, at line 2, column 7 of the statement");
    expect(RUN(db, "SELECT lock_timeout()"), WEFT_DB_FAILED, "42883", "", "");
    assert_non_null(strstr(last_message(), "; No function matches"));
    assert_int_equal(RUN(db, "  -- a note\n /* and /* more */ */ (COMMIT"), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "cannot control a transaction"));
    assert_int_equal(RUN(db, "COPY t TO STDOUT"), WEFT_DB_FAILED);
    assert_int_equal(RUN(db, ""), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "the statement is empty");
    static const weft_statement_sqlite facts = {"SELECT 1"};
    static const weft_statement other = {.name = "other", .sql = "SELECT 1", .sqlite = &facts};
    assert_int_equal(weft_db_run(db, &other, NULL, NULL), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "checked for SQLite only"));
}

/* ---- what a statement leaves in its session -------------------------------------------------- */

static int64_t work_mem(void)
{
    int64_t megabytes = 0;
    assert_int_equal(
        ONE_INT(db, &megabytes,
                "SELECT setting::int8 / 1024 FROM pg_settings WHERE name = 'work_mem'"),
        WEFT_DB_OK);
    return megabytes;
}

static uint64_t disconnects(void)
{
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    return metrics.disconnects;
}

static void set_and_look(void *arg)
{
    (void)arg;
    weft_transaction *tx;
    int64_t usual = work_mem();
    uint64_t before = disconnects();
    assert_int_equal(RUN(db, "SET work_mem = '77MB'"), WEFT_DB_OK);
    assert_int_equal(disconnects(), ++before);
    assert_int_equal(work_mem(), usual);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "/* for all */ set SESSION work_mem = '77MB'"),
                     WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(disconnects(), ++before);
    assert_int_equal(work_mem(), usual);

    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "SET LOCAL work_mem = '77MB'"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(disconnects(), before); /* it leaves nothing behind */
    assert_int_equal(work_mem(), usual);
}

static void settings_stay_with_nobody(void **state)
{
    (void)state;
    run_in_fibers(1, set_and_look, NULL);
    set_and_look(NULL);
}

static void plans_change(void **state)
{
    (void)state;
    static const weft_statement all = {
        .name = "all", .sql = "SELECT * FROM wide", .columns = 1, .read_only = true};
    int64_t n = 0;
    do_sql("DROP TABLE IF EXISTS wide; CREATE TABLE wide (a integer); INSERT INTO wide VALUES (1)");
    for (int i = 0; i < 3; i++)
        assert_int_equal(weft_db_one(db, &all, NULL, weft_arena_current(), decode_i64, &n),
                         WEFT_DB_OK);
    do_sql("ALTER TABLE wide ALTER a TYPE bigint");
    assert_int_equal(weft_db_one(db, &all, NULL, weft_arena_current(), decode_i64, &n), WEFT_DB_OK);
    do_sql("ALTER TABLE wide ADD b integer");
    assert_int_equal(weft_db_one(db, &all, NULL, weft_arena_current(), decode_i64, &n),
                     WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "gives 2 columns, but 1 when it was built"));
}

/* A server that forgets what is prepared is asked to prepare it again. */
static void prepared_statements_get_lost(void **state)
{
    (void)state;
    static const weft_statement sum = {
        .name = "sum", .sql = "SELECT 41 + 1", .columns = 1, .read_only = true};
    int64_t n = 0;
    assert_int_equal(weft_db_one(db, &sum, NULL, weft_arena_current(), decode_i64, &n), WEFT_DB_OK);
    assert_int_equal(RUN(db, "DEALLOCATE ALL"), WEFT_DB_OK);
    assert_int_equal(weft_db_one(db, &sum, NULL, weft_arena_current(), decode_i64, &n), WEFT_DB_OK);
    assert_int_equal(n, 42);
}

static void many_statements(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    weft_statement *statements = calloc(MANY, sizeof *statements);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            int64_t n = 0;
            if (round == 0) {
                char *sql = NULL;
                assert_true(asprintf(&sql, "SELECT %d", i) > 0);
                statements[i] = (weft_statement){.name = "many", .sql = sql, .columns = 1};
            }
            assert_int_equal(
                weft_db_one(db, &statements[i], NULL, weft_arena_current(), decode_i64, &n),
                WEFT_DB_OK);
            assert_int_equal(n, i);
        }
    int64_t prepared = 0;
    assert_int_equal(ONE_INT(db, &prepared, "SELECT count(*) FROM pg_prepared_statements"),
                     WEFT_DB_OK);
    assert_true(prepared <= 256);
    for (int i = 0; i < MANY; i++)
        free((char *)(uintptr_t)statements[i].sql);
    free(statements);
}

/* ---- cursors --------------------------------------------------------------------------------- */

static int64_t sum_of(weft_database *within, int64_t up_to, int64_t stop_after)
{
    static const weft_statement upward = {.name = "upward",
                                          .sql = "SELECT i FROM t WHERE i <= $1 ORDER BY i",
                                          .parameters = 1,
                                          .columns = 1,
                                          .read_only = true};
    weft_cursor *rows;
    weft_db_value limit = INT(up_to);
    int64_t sum = 0, one;
    assert_int_equal(weft_db_open(within, &upward, &limit, decode_i64, &rows), WEFT_DB_OK);
    while (sum < stop_after && weft__cursor_next(rows, &one))
        sum += one;
    assert_int_equal(weft__cursor_close(&rows), WEFT_DB_OK);
    return sum;
}

static void read_by_cursors(void *arg)
{
    (void)arg;
    weft_transaction *tx;
    assert_int_equal(sum_of(db, 1000, INT64_MAX), 500500);
    assert_int_equal(sum_of(db, 64, INT64_MAX), 64 * 65 / 2); /* exactly a batch */
    assert_int_equal(sum_of(db, 0, INT64_MAX), 0);
    assert_int_equal(sum_of(db, 1000, 100), 105); /* closed before the end */
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(sum_of(weft_within(tx), 1000, INT64_MAX), 500500);
    assert_int_equal(UPDATE(weft_within(tx), 1, 7), WEFT_DB_OK);
    assert_int_equal(sum_of(weft_within(tx), 100, 10), 10);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(number(db, 1), 7);
}

static void cursors(void **state)
{
    (void)state;
    run_in_fibers(1, read_by_cursors, NULL);
    read_by_cursors(NULL);
}

static void rows_that_are_no_query(void **state)
{
    (void)state;
    static const weft_statement insert = {
        .name = "insert",
        .sql = "INSERT INTO t SELECT i, i FROM generate_series(2000, 2099) i RETURNING i",
        .columns = 1};
    weft_cursor *rows;
    int64_t one, count = 0;
    assert_int_equal(weft_db_open(db, &insert, NULL, decode_i64, &rows), WEFT_DB_OK);
    while (weft__cursor_next(rows, &one))
        assert_int_equal(one, 2000 + count++);
    assert_int_equal(weft__cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(count, 100);
    assert_int_equal(ask_number("SELECT count(*) FROM t WHERE i >= 2000"), 100);
    static const weft_statement wrong = {
        .name = "wrong", .sql = "SELECT 1 / (i - 100) FROM t ORDER BY i", .columns = 1};
    assert_int_equal(weft_db_open(db, &wrong, NULL, decode_i64, &rows), WEFT_DB_OK);
    while (weft__cursor_next(rows, &one))
        continue;
    assert_int_equal(weft__cursor_close(&rows), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "division by zero");
}

int main(void)
{
#define SERVER(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        SERVER(transactions_end_both_ways),
        SERVER(savepoints),
        SERVER(options_reach_the_server),
        SERVER(conflicts_are_run_again),
        SERVER(a_commit_that_fails_says_so),
        SERVER(failures_have_their_cause),
        SERVER(settings_stay_with_nobody),
        SERVER(plans_change),
        SERVER(prepared_statements_get_lost),
        SERVER(many_statements),
        SERVER(cursors),
        SERVER(rows_that_are_no_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
