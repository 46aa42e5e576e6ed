/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Transactions: all or nothing, also when they fail, are left open, end late or are used wrongly.
 */
#include "fixture.h"

#include <sqlite3.h>
#include <weft/runtime.h>
#include <weft/transaction.h>

#include "base/context.h"

static int set_up_table(void **state)
{
    set_up(state);
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY, n INTEGER UNIQUE)"),
                     WEFT_DB_OK);
    return 0;
}

#define TABLE_CASE(name) cmocka_unit_test_setup_teardown(name, set_up_table, tear_down)

static weft_transaction *begin(weft_database *db)
{
    weft_transaction *tx;
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    return tx;
}

static weft_db_result insert(weft_database *db, int64_t i)
{
    return RUN(db, "INSERT INTO t VALUES ($1, $1)", INT(i));
}

static int64_t count_in(weft_database *db)
{
    int64_t count = -1;
    assert_int_equal(ONE_INT(db, &count, "SELECT count(*) FROM t"), WEFT_DB_OK);
    return count;
}

/* ---- all or nothing -------------------------------------------------------------------------- */

static void commits_all(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 2);
    assert_int_equal(count_in(f->db), 0); /* not yet for others */
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_in(f->db), 2);
}

static void rolls_all_back(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    weft_transaction_rollback(tx);
    weft_transaction_rollback(NULL);
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK); /* the writer is free again */
}

static void every_form_of_statement_runs_within(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    int64_t value = 0, affected = 0;
    void *items;
    size_t count;
    weft_database *in = weft_within(tx);
    assert_int_equal(WRITE_INT(in, &value, "INSERT INTO t VALUES (7, 7) RETURNING i"), WEFT_DB_OK);
    assert_int_equal(value, 7);
    assert_int_equal(ONE_INT(in, &value, "SELECT i FROM t WHERE i = 8"), WEFT_DB_NONE);
    assert_int_equal(weft_db_all(in, STATEMENT_("SELECT i FROM t", 1, true), NULL, &f->arena,
                                 decode_i64, sizeof(int64_t), &items, &count),
                     WEFT_DB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(weft_db_run(in, STATEMENT_("UPDATE t SET n = 9", 0, false), NULL, &affected),
                     WEFT_DB_OK);
    assert_int_equal(affected, 1);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void a_failure_spoils_it(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_UNIQUE);
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_UNIQUE);
    assert_string_equal(last_message(),
                        "\"a_statement\" failed in this transaction before; what may fail goes "
                        "into a transaction within it");
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_UNIQUE);
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
}

static void no_row_is_no_failure(void **state)
{
    fixture *f = *state;
    int64_t value;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(ONE_INT(weft_within(tx), &value, "SELECT i FROM t"), WEFT_DB_NONE);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
}

static void a_commit_that_fails_leaves_nothing(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE child (t INTEGER REFERENCES t DEFERRABLE INITIALLY "
                                "DEFERRED)"),
                     WEFT_DB_OK);
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(RUN(weft_within(tx), "INSERT INTO child VALUES (99)"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_FOREIGN_KEY);
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
}

static void an_interrupted_write_loses_the_whole(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db), *inner;
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(weft_within(tx), NULL, &inner), WEFT_DB_OK);
    int64_t before = weft_deadline_narrow(weft_deadline_after(30 * WEFT_MILLISECOND));
    assert_int_equal(RUN(weft_within(inner),
                         "INSERT INTO t(n) WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + "
                         "1 FROM n) SELECT i FROM n"),
                     WEFT_DB_TIMED_OUT);
    weft_deadline_restore(before);
    weft_transaction_rollback(inner); /* SQLite has no savepoint to go back to any more */
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_FAILED);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_FAILED);
    assert_int_equal(count_in(f->db), 0);
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
}

/* ---- within each other ----------------------------------------------------------------------- */

static void inner_ones_fail_by_themselves(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);

    weft_transaction *inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 2), WEFT_DB_OK);
    assert_int_equal(insert(weft_within(inner), 2), WEFT_DB_UNIQUE);
    weft_transaction_rollback(inner);

    inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 3), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(inner), WEFT_DB_OK);

    inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(inner), 1), WEFT_DB_UNIQUE);
    assert_int_equal(weft_transaction_commit(inner), WEFT_DB_UNIQUE); /* as if rolled back */

    assert_int_equal(insert(weft_within(tx), 4), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    int64_t sum = 0;
    assert_int_equal(ONE_INT(f->db, &sum, "SELECT sum(i) FROM t"), WEFT_DB_OK);
    assert_int_equal(sum, 1 + 3 + 4);
}

static void an_outer_one_waits_for_the_inner(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db), *inner = begin(weft_within(tx));
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "a transaction within this one, begun at "));
    assert_int_equal(insert(weft_within(inner), 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK); /* the open one is rolled back */
    assert_int_equal(count_in(f->db), 0);
}

static void depth_has_an_end(void **state)
{
    fixture *f = *state;
    weft_transaction *at[WEFT_TRANSACTION_DEPTH + 1];
    at[0] = begin(f->db);
    for (int i = 1; i < WEFT_TRANSACTION_DEPTH; i++)
        at[i] = begin(weft_within(at[i - 1]));
    weft_transaction *deepest = at[WEFT_TRANSACTION_DEPTH - 1];
    assert_int_equal(insert(weft_within(deepest), 1), WEFT_DB_OK);
    assert_int_equal(
        weft_transaction_begin(weft_within(deepest), NULL, &at[WEFT_TRANSACTION_DEPTH]),
        WEFT_DB_FAILED);
    assert_null(at[WEFT_TRANSACTION_DEPTH]);
    for (int i = WEFT_TRANSACTION_DEPTH; i-- > 0;)
        assert_int_equal(weft_transaction_commit(at[i]), WEFT_DB_OK);
    assert_int_equal(count_in(f->db), 1);
}

static void inner_ones_take_no_options(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db), *inner;
    const weft_transaction_options options = {.read_only = true};
    assert_int_equal(weft_transaction_begin(weft_within(tx), &options, &inner), WEFT_DB_FAILED);
    assert_null(inner);
    weft_transaction_rollback(tx);
}

/* ---- read only ------------------------------------------------------------------------------- */

static void a_read_only_one_sees_one_state_and_writes_nothing(void **state)
{
    fixture *f = *state;
    const weft_transaction_options options = {.read_only = true, .isolation = WEFT_SERIALIZABLE};
    weft_transaction *tx;
    assert_int_equal(insert(f->db, 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(f->db, &options, &tx), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 1);
    assert_int_equal(insert(f->db, 2), WEFT_DB_OK); /* it holds no writer */
    weft_transaction_rollback(begin(f->db));
    assert_int_equal(count_in(weft_within(tx)), 1);
    assert_int_equal(insert(weft_within(tx), 3), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "it writes, but the transaction is read only");
    weft_transaction_rollback(tx);
    assert_int_equal(count_in(f->db), 2);
}

static void a_database_in_memory_has_them_too(void **state)
{
    (void)state;
    weft_database *db = weft_database_open("sqlite::memory:");
    assert_non_null(db);
    assert_int_equal(RUN(db, "CREATE TABLE t (i INTEGER PRIMARY KEY, n INTEGER)"), WEFT_DB_OK);
    weft_transaction *tx = begin(db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 1);
    weft_transaction_rollback(tx);
    assert_int_equal(count_in(db), 0);
    const weft_transaction_options options = {.read_only = true};
    assert_int_equal(weft_transaction_begin(db, &options, &tx), WEFT_DB_OK);
    assert_int_equal(count_in(weft_within(tx)), 0);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_FAILED);
    weft_transaction_rollback(tx);
    weft_database_close(db);
}

/* ---- whose it is ----------------------------------------------------------------------------- */

static void a_fiber_does_not_wait_for_itself(void **state)
{
    fixture *f = *state;
    weft_transaction *tx = begin(f->db), *second;
    assert_int_equal(insert(f->db, 1), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "would wait for it"));
    assert_int_equal(weft_transaction_begin(f->db, NULL, &second), WEFT_DB_FAILED);
    assert_null(second);
    assert_int_equal(count_in(f->db), 0); /* reading is fine */
    weft_transaction_rollback(tx);
}

typedef struct other {
    weft_database *db;
    weft_db_result result;
    bool asleep;
} other;

static void insert_one(void *arg)
{
    other *o = arg;
    o->result = insert(o->db, 1);
}

static void foreign_body(void *arg)
{
    fixture *f = arg;
    weft_transaction *tx = begin(f->db);
    other o = {.db = weft_within(tx)};
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "other", insert_one, &o), WEFT_OK);
    weft_fiber_join(fiber);
    assert_int_equal(o.result, WEFT_DB_FAILED);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
}

static void other_fibers_cannot_use_it(void **state)
{
    fixture *f = *state;
    assert_int_equal(weft_runtime_run(NULL, foreign_body, f), WEFT_OK);
    assert_int_equal(count_in(f->db), 1);
}

static void leave_open(void *arg)
{
    other *o = arg;
    weft_transaction *tx = begin(o->db), *inner = begin(weft_within(tx));
    o->result = insert(weft_within(inner), 1);
}

static void leaving_body(void *arg)
{
    fixture *f = arg;
    other o = {.db = f->db};
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "forgetful", leave_open, &o), WEFT_OK);
    weft_fiber_join(fiber);
    assert_int_equal(o.result, WEFT_DB_OK);
    assert_int_equal(insert(f->db, 2), WEFT_DB_OK);
}

static void what_a_fiber_leaves_open_is_rolled_back(void **state)
{
    fixture *f = *state;
    assert_int_equal(weft_runtime_run(NULL, leaving_body, f), WEFT_OK);
    assert_int_equal(count_in(f->db), 1);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void write_with_deadline(void *arg)
{
    other *o = arg;
    weft_deadline_narrow(weft_deadline_after(20 * WEFT_MILLISECOND));
    o->result = insert(o->db, 1);
}

static void begin_with_deadline(void *arg)
{
    other *o = arg;
    weft_transaction *tx;
    weft_deadline_narrow(weft_deadline_after(20 * WEFT_MILLISECOND));
    o->result = weft_transaction_begin(o->db, NULL, &tx);
}

static void waiting_body(void *arg)
{
    fixture *f = arg;
    weft_fiber *writer, *beginner;
    other written = {.db = f->db}, begun = {.db = f->db}, late = {.db = f->db};
    weft_transaction *tx = begin(f->db);
    assert_int_equal(weft_fiber_spawn(&writer, "writer", write_with_deadline, &written), WEFT_OK);
    assert_int_equal(weft_fiber_spawn(&beginner, "beginner", begin_with_deadline, &begun), WEFT_OK);
    weft_fiber_join(writer);
    weft_fiber_join(beginner);
    assert_int_equal(written.result, WEFT_DB_TIMED_OUT);
    assert_int_equal(begun.result, WEFT_DB_TIMED_OUT);

    /* Who waits long enough has its turn. */
    assert_int_equal(weft_fiber_spawn(&writer, "writer", insert_one, &late), WEFT_OK);
    assert_int_equal(weft_sleep(5 * WEFT_MILLISECOND), WEFT_OK);
    assert_int_equal(insert(weft_within(tx), 2), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    weft_fiber_join(writer);
    assert_int_equal(late.result, WEFT_DB_OK);
}

static void others_wait_by_their_deadlines(void **state)
{
    fixture *f = *state;
    assert_int_equal(weft_runtime_run(NULL, waiting_body, f), WEFT_OK);
    assert_int_equal(count_in(f->db), 2);
}

static void sleep_in_transaction(void *arg)
{
    other *o = arg;
    weft_transaction *tx = begin(o->db);
    assert_int_equal(insert(weft_within(tx), 1), WEFT_DB_OK);
    o->asleep = true;
    weft_error woken = weft_sleep(10 * WEFT_SECOND);
    assert_int_equal(woken, WEFT_CANCELLED);
    o->result = insert(weft_within(tx), 2);
    weft_transaction_rollback(tx);
}

static void cancelled_body(void *arg)
{
    fixture *f = arg;
    other o = {.db = f->db};
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "cancelled", sleep_in_transaction, &o), WEFT_OK);
    while (!o.asleep)
        assert_int_equal(weft_sleep(WEFT_MILLISECOND), WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    assert_true(o.result == WEFT_DB_CANCELLED || o.result == WEFT_DB_OK); /* it was quick */
    assert_int_equal(insert(f->db, 3), WEFT_DB_OK);
}

static void a_cancelled_fiber_leaves_nothing_open(void **state)
{
    fixture *f = *state;
    const weft_runtime_options one = {.workers = 1};
    assert_int_equal(weft_runtime_run(&one, cancelled_body, f), WEFT_OK);
    assert_int_equal(count_in(f->db), 1);
}

/* A thousand fibers die at points that the clock chooses; what they leave is whole or nothing. */
enum { VICTIMS = 1000 };

static void insert_pair(void *arg)
{
    other *o = arg;
    weft_transaction *tx;
    o->result = weft_transaction_begin(o->db, NULL, &tx);
    if (o->result != WEFT_DB_OK)
        return;
    for (int i = 0; i < 2 && o->result == WEFT_DB_OK; i++)
        o->result = RUN(weft_within(tx), "INSERT INTO t(n) VALUES (NULL)");
    if (o->result == WEFT_DB_OK)
        o->result = weft_transaction_commit(tx);
} /* the rest is left open on purpose */

static void killing_body(void *arg)
{
    fixture *f = arg;
    int64_t committed = 0;
    weft_fiber *fibers[8];
    other victims[8];
    for (int round = 0; round < VICTIMS / 8; round++) {
        for (int i = 0; i < 8; i++) {
            victims[i] = (other){.db = f->db};
            assert_int_equal(weft_fiber_spawn(&fibers[i], "victim", insert_pair, &victims[i]),
                             WEFT_OK);
        }
        assert_int_equal(weft_sleep(round % 16 * 10 * WEFT_MICROSECOND), WEFT_OK);
        for (int i = 0; i < 8; i++)
            weft_fiber_cancel(fibers[i]);
        for (int i = 0; i < 8; i++) {
            weft_fiber_join(fibers[i]);
            committed += victims[i].result == WEFT_DB_OK;
        }
    }
    print_message("# %lld of %d transactions came to their end\n", (long long)committed, VICTIMS);
    assert_int_equal(count_in(f->db) % 2, 0);
    assert_true(count_in(f->db) >= 2 * committed);
    assert_int_equal(insert(f->db, 1000000), WEFT_DB_OK);
}

static void a_thousand_are_cancelled_at_any_point(void **state)
{
    assert_int_equal(setenv("WEFT_LOG", "error", 1), 0);
    assert_int_equal(weft_runtime_run(NULL, killing_body, *state), WEFT_OK);
}

/* ---- again ----------------------------------------------------------------------------------- */

typedef struct attempt {
    unsigned conflicts; /* still to come */
    unsigned runs;
    weft_db_result answer;
} attempt;

static weft_db_result try_once(weft_transaction *tx, void *arg)
{
    attempt *a = arg;
    a->runs++;
    assert_int_equal(RUN(weft_within(tx), "INSERT INTO t(n) VALUES (NULL)"), WEFT_DB_OK);
    if (a->conflicts == 0)
        return a->answer;
    a->conflicts--;
    return WEFT_DB_CONFLICT;
}

static void conflicts_are_run_again(void **state)
{
    fixture *f = *state;
    attempt a = {.conflicts = 3};
    assert_int_equal(weft_transact(f->db, NULL, try_once, &a), WEFT_DB_OK);
    assert_int_equal(a.runs, 4);
    assert_int_equal(count_in(f->db), 1);

    a = (attempt){.conflicts = 1000};
    assert_int_equal(weft_transact(f->db, NULL, try_once, &a), WEFT_DB_CONFLICT);
    assert_int_equal(a.runs, 1 + WEFT_TRANSACTION_RETRIES);

    a = (attempt){.answer = WEFT_DB_CHECK, .runs = 100};
    assert_int_equal(weft_transact(f->db, NULL, try_once, &a), WEFT_DB_CHECK);
    assert_int_equal(a.runs, 101);
    assert_int_equal(count_in(f->db), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_CASE(commits_all),
        TABLE_CASE(rolls_all_back),
        TABLE_CASE(every_form_of_statement_runs_within),
        TABLE_CASE(a_failure_spoils_it),
        TABLE_CASE(no_row_is_no_failure),
        TABLE_CASE(a_commit_that_fails_leaves_nothing),
        TABLE_CASE(an_interrupted_write_loses_the_whole),
        TABLE_CASE(inner_ones_fail_by_themselves),
        TABLE_CASE(an_outer_one_waits_for_the_inner),
        TABLE_CASE(depth_has_an_end),
        TABLE_CASE(inner_ones_take_no_options),
        TABLE_CASE(a_read_only_one_sees_one_state_and_writes_nothing),
        cmocka_unit_test(a_database_in_memory_has_them_too),
        TABLE_CASE(a_fiber_does_not_wait_for_itself),
        TABLE_CASE(other_fibers_cannot_use_it),
        TABLE_CASE(what_a_fiber_leaves_open_is_rolled_back),
        TABLE_CASE(others_wait_by_their_deadlines),
        TABLE_CASE(a_cancelled_fiber_leaves_nothing_open),
        TABLE_CASE(a_thousand_are_cancelled_at_any_point),
        TABLE_CASE(conflicts_are_run_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
