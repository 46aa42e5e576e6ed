/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What both engines do alike: with DATABASE_URL of a PostgreSQL server on that, else on SQLite.
 */
#include "fixture.h"

#include <weft/cursor.h>
#include <weft/pool.h>
#include <weft/runtime.h>
#include <weft/transaction.h>

static bool on_server(void)
{
    const char *url = getenv("DATABASE_URL");
    return url != NULL && strncmp(url, "postgres", strlen("postgres")) == 0;
}

static int open_either(void **state)
{
    set_up(state);
    fixture *f = *state;
    if (on_server()) {
        weft_database_close(f->db);
        f->db = weft_database_open(getenv("DATABASE_URL"));
        assert_non_null(f->db);
    }
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS t"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY, s TEXT)"), WEFT_DB_OK);
    return 0;
}

#define EITHER(name) cmocka_unit_test_setup_teardown(name, open_either, tear_down)

static weft_db_result insert(weft_database *db, int64_t i)
{
    return RUN(db, "INSERT INTO t VALUES ($1, 'text')", INT(i));
}

static int64_t count_in(weft_database *db)
{
    int64_t count = -1;
    assert_int_equal(ONE_INT(db, &count, "SELECT count(*) FROM t"), WEFT_DB_OK);
    return count;
}

static weft_transaction *begin(weft_database *db)
{
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    return tx;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static void all_or_nothing(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 1);
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_in(f->db), 1);
    tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_OK);
    weft_transaction_rollback(tx);
    assert_int_equal(count_in(f->db), 1);
}

static void a_failure_spoils_the_transaction(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_UNIQUE);
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_UNIQUE);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_UNIQUE);
    assert_int_equal(count_in(f->db), 0);
}

static void a_savepoint_is_gone_back_to(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db), *inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 1), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(inner), 1), WEFT_DB_UNIQUE);
    weft_transaction_rollback(inner);
    inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 2), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(inner), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(tx), 3), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_in(f->db), 2);
}

static void a_read_only_one_writes_nothing(void **state)
{
    fixture *f = *state;
    const weft_transaction_options options = {.read_only = true, .isolation = WEFT_SERIALIZABLE};
    weft_transaction *tx;
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(f->db, &options, &tx), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 1);
    assert_int_equal(insert(f->db, 2), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 1);
    assert_int_equal(insert(weft_within(tx), 3), WEFT_DB_FAILED);
    weft_transaction_rollback(tx);
    assert_int_equal(count_in(f->db), 2);
}

/* ---- what is left open ----------------------------------------------------------------------- */

static void leave_open(void *arg)
{
    fixture *f = arg;
    weft_transaction *tx = begin(f->db), *inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 1), WEFT_DB_OK);
}

static void leaving_body(void *arg)
{
    fixture *f = arg;
    for (int i = 0; i < 30; i++) { /* more often than there are connections */
        weft_fiber *fiber;
        assert_int_equal(weft_fiber_spawn(&fiber, "forgetful", leave_open, f), WEFT_OK);
        weft_fiber_join(fiber);
    }
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
}

static void what_is_left_open_is_rolled_back(void **state)
{
    assert_int_equal(weft_runtime_run(NULL, leaving_body, *state), WEFT_OK);
}

/* ---- cancelled at any point ------------------------------------------------------------------ */

enum { VICTIMS = 1000, AT_ONCE = 8 };

typedef struct victim {
    weft_database *db;
    weft_db_result result;
} victim;

/* What is left open here is so on purpose. */
static void insert_pair(void *arg)
{
    victim *v = arg;
    weft_transaction *tx;
    v->result = weft_transaction_begin(v->db, NULL, &tx);
    for (int i = 0; i < 2 && v->result == WEFT_DB_OK; i++)
        v->result = RUN(weft_within(tx), "INSERT INTO pairs VALUES (1)");
    if (v->result == WEFT_DB_OK)
        v->result = weft_transaction_commit(tx);
}

static int64_t count_pairs(weft_database *db)
{
    int64_t count = -1;
    assert_int_equal(ONE_INT(db, &count, "SELECT count(*) FROM pairs"), WEFT_DB_OK);
    return count;
}

static void killing_body(void *arg)
{
    weft_database *db = arg;
    weft_fiber *fibers[AT_ONCE];
    victim victims[AT_ONCE];
    int64_t committed = 0;
    for (int round = 0; round < VICTIMS / AT_ONCE; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            victims[i] = (victim){.db = db};
            assert_int_equal(weft_fiber_spawn(&fibers[i], "victim", insert_pair, &victims[i]),
                             WEFT_OK);
        }
        assert_int_equal(weft_sleep(round % 25 * 40 * WEFT_MICROSECOND), WEFT_OK);
        for (int i = 0; i < AT_ONCE; i++)
            weft_fiber_cancel(fibers[i]);
        for (int i = 0; i < AT_ONCE; i++) {
            weft_fiber_join(fibers[i]);
            committed += victims[i].result == WEFT_DB_OK;
        }
    }
    print_message("# %lld of %d came to their end\n", (long long)committed, VICTIMS);
    assert_int_equal(count_pairs(db) % 2, 0); /* each whole or not at all */
    assert_true(count_pairs(db) >= 2 * committed);
    weft_transaction *tx = begin(db);
    assert_int_equal(RUN(weft_within(tx), "INSERT INTO pairs VALUES (2)"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
}

/* With a single connection, so that whatever stays behind is in everybody's way. */
static void a_thousand_are_cancelled_at_any_point(void **state)
{
    fixture *f = *state;
    const weft_database_options options = {.max_connections = 1};
    weft_database *db = weft_database_open_with(on_server() ? getenv("DATABASE_URL") : f->url,
                                                &options);
    assert_non_null(db);
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS pairs"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "CREATE TABLE pairs (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(weft_runtime_run(NULL, killing_body, db), WEFT_OK);
    int64_t open = 0;
    if (on_server())
        assert_int_equal(ONE_INT(f->db, &open,
                                 "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in "
                                 "transaction%'"),
                         WEFT_DB_OK);
    assert_int_equal(open, 0);
    weft_database_close(db);
}

/* ---- cursors --------------------------------------------------------------------------------- */

typedef struct line {
    int64_t number;
    weft_str text;
} line;
WEFT_CURSOR_OF(line);

static weft_db_result decode_line(const weft_row *row, weft_arena *arena, void *into)
{
    line *l = into;
    WEFT_TRY(weft_row_i64(row, 0, INT64_MIN, INT64_MAX, &l->number));
    return weft_row_str(row, 1, arena, &l->text);
}

static const weft_statement lines = {
    .name = "lines",
    .sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i, "
           "'line ' || i FROM n",
    .parameters = 1,
    .columns = 2,
    .read_only = true,
};

static void read_lines(weft_database *db, int64_t wanted)
{
    const weft_db_value count = INT(wanted);
    WEFT_CURSOR(line) rows;
    int64_t seen = 0;
    assert_int_equal(weft_db_open(db, &lines, &count, decode_line, &rows.rows), WEFT_DB_OK);
    for (line one; weft_cursor_next(&rows, &one); seen++) {
        char text[32];
        snprintf(text, sizeof text, "line %lld", (long long)seen + 1);
        assert_int_equal(one.number, seen + 1);
        assert_str(one.text, text);
    }
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(seen, wanted);
}

static void cursors_give_every_row(void **state)
{
    fixture *f = *state;
    read_lines(f->db, 1);
    read_lines(f->db, 5000);
    weft_transaction *tx = begin(f->db);
    read_lines(weft_within(tx), 3000);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_in(f->db), 1);
}

static void cursors_may_be_closed_early(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 40; i++) {
        const weft_db_value count = INT(1000);
        WEFT_CURSOR(line) rows;
        line one;
        assert_int_equal(weft_db_open(f->db, &lines, &count, decode_line, &rows.rows), WEFT_DB_OK);
        assert_true(weft_cursor_next(&rows, &one));
        assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    }
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
}

/* ---- again ----------------------------------------------------------------------------------- */

enum { RUNNERS = 4, STEPS = 10 };

static weft_db_result add_one(weft_transaction *tx, void *arg)
{
    int64_t largest = 0;
    (void)arg;
    WEFT_TRY(ONE_INT(weft_within(tx), &largest, "SELECT coalesce(max(i), 0) FROM t"));
    weft_yield();
    return insert(weft_within(tx), largest + 1);
}

static void run_steps(void *arg)
{
    fixture *f = arg;
    const weft_transaction_options options = {.isolation = WEFT_SERIALIZABLE};
    for (int i = 0; i < STEPS; i++) {
        weft_db_result result;
        do /* a key that another one has taken meanwhile is no conflict to the database */
            result = weft_transact(f->db, &options, add_one, NULL);
        while (result == WEFT_DB_UNIQUE || result == WEFT_DB_CONFLICT);
        assert_int_equal(result, WEFT_DB_OK);
    }
}

static void running_body(void *arg)
{
    weft_fiber *fibers[RUNNERS];
    for (int i = 0; i < RUNNERS; i++)
        assert_int_equal(weft_fiber_spawn(&fibers[i], "runner", run_steps, arg), WEFT_OK);
    for (int i = 0; i < RUNNERS; i++)
        weft_fiber_join(fibers[i]);
}

static void transactions_that_meet_are_run_again(void **state)
{
    fixture *f = *state;
    assert_int_equal(weft_runtime_run(NULL, running_body, f), WEFT_OK);
    int64_t sum = 0;
    assert_int_equal(ONE_INT(f->db, &sum, "SELECT sum(i) FROM t"), WEFT_DB_OK);
    assert_int_equal(sum, RUNNERS * STEPS * (RUNNERS * STEPS + 1) / 2);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void a_database_says_that_it_is_ready(void **state)
{
    fixture *f = *state;
    weft_database_metrics before, after;
    assert_int_equal(weft_database_ready(f->db), WEFT_DB_OK);
    weft_database_measure(f->db, &before);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
    assert_int_equal(insert(f->db, 1), WEFT_DB_UNIQUE);
    weft_transaction_rollback(begin(f->db));
    weft_database_measure(f->db, &after);
    assert_true(after.connections >= 1);
    assert_true(after.statements >= before.statements + 2);
    assert_int_equal(after.failures, before.failures + 1);
    assert_int_equal(after.transactions, before.transactions + 1);
}

static void statements_have_a_timeout(void **state)
{
    fixture *f = *state;
    const weft_database_options options = {.statement_timeout = 100 * WEFT_MILLISECOND};
    weft_database *hasty = weft_database_open_with(on_server() ? getenv("DATABASE_URL") : f->url,
                                                   &options);
    assert_non_null(hasty);
    int64_t count, began = weft_clock_now();
    assert_int_equal(ONE_INT(hasty, &count, BURN, INT(100000000)), WEFT_DB_TIMED_OUT);
    assert_true(weft_clock_now() - began < 5 * WEFT_SECOND);
    assert_int_equal(ONE_INT(hasty, &count, BURN, INT(10)), WEFT_DB_OK);
    assert_true(weft_deadline_current() == WEFT_NEVER);
    weft_database_close(hasty);
}

static weft_db_result migrate_up(fixture *f, WEFT_ARRAY(weft_migration) *list)
{
    return weft_migrate_up(f->db, f->folder, weft_arena_current(), list);
}

static void forget_migrations(fixture *f)
{
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS weft_migrations"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS first"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS second"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "DROP TABLE IF EXISTS raced"), WEFT_DB_OK);
}

/* Locks of the server's, in whatever session; a backend takes its time to end. */
static void nothing_is_locked(fixture *f)
{
    int64_t locks = 1;
    for (int i = 0; on_server() && locks != 0; i++) {
        assert_true(i < 200);
        usleep(10000);
        assert_int_equal(
            ONE_INT(f->db, &locks, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
            WEFT_DB_OK);
    }
}

static void a_failing_migration_leaves_nothing(void **state)
{
    fixture *f = *state;
    int64_t count;
    WEFT_ARRAY(weft_migration) list;
    forget_migrations(f);
    write_file(f, "0001_first.sql", "CREATE TABLE first (i INTEGER);");
    write_file(f, "0002_second.sql",
               "CREATE TABLE second (i INTEGER);\nINSERT INTO first VALUES (1);\n"
               "INSERT INTO nowhere VALUES (1);");
    assert_int_equal(migrate_up(f, &list), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "0002_second.sql:3"));
    assert_non_null(strstr(last_message(), "nowhere"));
    assert_int_equal(list.at[0].state, WEFT_MIGRATION_APPLIED);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_PENDING);
    assert_int_equal(ONE_INT(f->db, &count, "SELECT count(*) FROM first"), WEFT_DB_OK);
    assert_int_equal(count, 0);
    assert_int_equal(RUN(f->db, "INSERT INTO second VALUES (1)"), WEFT_DB_FAILED);
    nothing_is_locked(f);

    write_file(f, "0002_second.sql", "CREATE TABLE second (i INTEGER);");
    write_file(f, "0002_second.down.sql", "DROP TABLE second;");
    assert_int_equal(migrate_up(f, &list), WEFT_DB_OK);
    assert_true(list.at[1].fresh && !list.at[0].fresh);
    assert_int_equal(weft_migrate_down(f->db, f->folder, 1, weft_arena_current(), &list),
                     WEFT_DB_OK);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_PENDING);
    write_file(f, "0001_first.sql", "CREATE TABLE first (i INTEGER, n INTEGER);");
    assert_int_equal(migrate_up(f, &list), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "0001_first.sql"));
    assert_int_equal(list.at[0].state, WEFT_MIGRATION_EDITED);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_PENDING);
    nothing_is_locked(f);
    forget_migrations(f);
}

/* What is killed in the middle has done nothing, and keeps nobody from doing it. */
static void a_killed_migration_leaves_nothing(void **state)
{
    fixture *f = *state;
    int64_t count = 0;
    forget_migrations(f);
    write_file(f, "0001_first.sql",
               on_server() ? "CREATE TABLE first (i INTEGER); SELECT pg_sleep(30);"
                           : "CREATE TABLE first (i INTEGER); INSERT INTO first "
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                             "i < 1000000000) SELECT count(*) FROM n;");
    char command[512];
    snprintf(command, sizeof command,
             "'%s' migrate up --database '%s' --dir %s & sleep 0.5; kill -9 $!",
             getenv("WEFT_TOOL"), on_server() ? getenv("DATABASE_URL") : f->url, f->folder);
    assert_int_equal(system(command), 0);
    if (on_server()) /* it would notice after its statement */
        assert_int_equal(
            ONE_INT(f->db, &count,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query "
                    "LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"),
            WEFT_DB_OK);
    write_file(f, "0001_first.sql", "CREATE TABLE first (i INTEGER);");
    assert_int_equal(migrate_up(f, NULL), WEFT_DB_OK);
    nothing_is_locked(f);
    forget_migrations(f);
}

/* What cannot run in a transaction is told how it can. */
static void one_that_needs_no_transaction_is_told(void **state)
{
    fixture *f = *state;
    if (!on_server())
        return;
    forget_migrations(f);
    write_file(f, "0001_first.sql", "CREATE TABLE first (i INTEGER);");
    write_file(f, "0002_second.sql", "CREATE INDEX CONCURRENTLY first_i ON first (i);");
    assert_int_equal(migrate_up(f, NULL), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "0002_second.sql:1"));
    assert_non_null(strstr(last_message(), "first line is -- no-transaction"));
    forget_migrations(f);
}

static void racing_migrations_are_applied_once(void **state)
{
    fixture *f = *state;
    forget_migrations(f);
    write_file(f, "0001_a.sql", "CREATE TABLE raced (i INTEGER);");
    write_file(f, "0002_b.sql", "INSERT INTO raced VALUES (1); INSERT INTO raced VALUES (2);");
    if (on_server())
        write_file(f, "0003_c.sql",
                   "-- no-transaction\nCREATE INDEX CONCURRENTLY raced_i ON raced (i);");
    char command[512];
    snprintf(command, sizeof command,
             "for i in 1 2 3 4 5 6 7 8; do '%s' migrate up --database '%s' --dir %s & "
             "pids=\"$pids $!\"; done; for p in $pids; do wait $p || exit 1; done",
             getenv("WEFT_TOOL"), on_server() ? getenv("DATABASE_URL") : f->url, f->folder);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    int applied = 0;
    for (char text[256]; fgets(text, sizeof text, output) != NULL;)
        applied += strncmp(text, "applied ", strlen("applied ")) == 0;
    assert_int_equal(pclose(output), 0);
    assert_int_equal(applied, on_server() ? 3 : 2);
    int64_t rows = 0;
    assert_int_equal(ONE_INT(f->db, &rows, "SELECT count(*) FROM raced"), WEFT_DB_OK);
    assert_int_equal(rows, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EITHER(all_or_nothing),
        EITHER(a_failure_spoils_the_transaction),
        EITHER(a_savepoint_is_gone_back_to),
        EITHER(a_read_only_one_writes_nothing),
        EITHER(what_is_left_open_is_rolled_back),
        EITHER(a_thousand_are_cancelled_at_any_point),
        EITHER(cursors_give_every_row),
        EITHER(cursors_may_be_closed_early),
        EITHER(transactions_that_meet_are_run_again),
        EITHER(a_database_says_that_it_is_ready),
        EITHER(statements_have_a_timeout),
        EITHER(a_failing_migration_leaves_nothing),
        EITHER(a_killed_migration_leaves_nothing),
        EITHER(one_that_needs_no_transaction_is_told),
        EITHER(racing_migrations_are_applied_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
