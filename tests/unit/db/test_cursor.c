/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Cursors: rows one at a time, in memory that does not grow, whatever happens beside them.
 */
#include "fixture.h"

#include <malloc.h>
#include <weft/cursor.h>
#include <weft/runtime.h>
#include <weft/transaction.h>

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

/* $1 lines with texts of $2 bytes. */
static const weft_statement lines = {
    .name = "lines",
    .sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i, "
           "printf('%.*c', $2, 'x') FROM n",
    .parameters = 2,
    .columns = 2,
    .read_only = true,
};

static weft_db_result open_lines(weft_database *db, int64_t count, int64_t bytes,
                                 WEFT_CURSOR(line) *rows)
{
    const weft_db_value values[] = {INT(count), INT(bytes)};
    return weft_db_open(db, &lines, values, decode_line, &rows->rows);
}

/* Reads to the end; how many there were. */
static int64_t read_all(WEFT_CURSOR(line) *rows, size_t bytes)
{
    int64_t count = 0;
    for (line one; weft_cursor_next(rows, &one); count++) {
        assert_int_equal(one.number, count + 1);
        assert_int_equal(one.text.len, bytes);
        assert_true(bytes == 0 || one.text.at[bytes - 1] == 'x');
    }
    return count;
}

static void gives_every_row_once(void **state)
{
    fixture *f = *state;
    static const int counts[] = {1, 127, 128, 129, 256, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        WEFT_CURSOR(line) rows;
        line one;
        assert_int_equal(open_lines(f->db, counts[i], 10, &rows), WEFT_DB_OK);
        assert_int_equal(read_all(&rows, 10), counts[i]);
        assert_false(weft_cursor_next(&rows, &one));
        assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
        assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK); /* nothing any more */
    }
}

static void large_rows_come_in_small_batches(void **state)
{
    fixture *f = *state;
    WEFT_CURSOR(line) rows;
    assert_int_equal(open_lines(f->db, 20, 1 << 20, &rows), WEFT_DB_OK);
    assert_int_equal(read_all(&rows, 1 << 20), 20);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
}

static void memory_does_not_grow(void **state)
{
    fixture *f = *state;
    WEFT_CURSOR(line) rows;
    line one;
    assert_int_equal(open_lines(f->db, 100000, 100, &rows), WEFT_DB_OK);
    for (int i = 0; i < 20000; i++) /* by then the caches of chunks are full */
        assert_true(weft_cursor_next(&rows, &one));
    size_t early = mallinfo2().uordblks;
    for (int i = 0; i < 80000; i++)
        assert_true(weft_cursor_next(&rows, &one));
    size_t late = mallinfo2().uordblks;
    assert_true(late < early + (256 << 10));
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
}

static void may_be_closed_early(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 100; i++) { /* more often than there are connections */
        WEFT_CURSOR(line) rows;
        line one;
        assert_int_equal(open_lines(f->db, 100000000, 1, &rows), WEFT_DB_OK);
        for (int taken = 0; taken < i; taken++)
            assert_true(weft_cursor_next(&rows, &one));
        assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    }
}

static void many_are_open_at_once(void **state)
{
    fixture *f = *state;
    WEFT_CURSOR(line) rows[16];
    line one;
    for (int i = 0; i < 16; i++)
        assert_int_equal(open_lines(f->db, 1000, 3, &rows[i]), WEFT_DB_OK);
    for (int turn = 0; turn < 300; turn++)
        for (int i = 0; i < 16; i++) {
            assert_true(weft_cursor_next(&rows[i], &one));
            assert_int_equal(one.number, turn + 1);
        }
    /* Each has a connection; who wants one more waits, by its deadline. */
    WEFT_CURSOR(line) more;
    int64_t before = weft_deadline_narrow(weft_deadline_after(20 * WEFT_MILLISECOND));
    assert_int_equal(open_lines(f->db, 1, 1, &more), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(before);
    assert_null(more.rows);
    assert_false(weft_cursor_next(&more, &one));
    assert_int_equal(weft_cursor_close(&more), WEFT_DB_OK);
    for (int i = 0; i < 16; i++)
        assert_int_equal(weft_cursor_close(&rows[i]), WEFT_DB_OK);
    assert_int_equal(open_lines(f->db, 1, 1, &more), WEFT_DB_OK);
    assert_int_equal(read_all(&more, 1), 1);
    assert_int_equal(weft_cursor_close(&more), WEFT_DB_OK);
}

/* ---- beside writes, within transactions ------------------------------------------------------ */

static void fill(weft_database *db, int64_t count)
{
    assert_int_equal(RUN(db, "CREATE TABLE t (i INTEGER PRIMARY KEY, s TEXT)"), WEFT_DB_OK);
    assert_int_equal(RUN(db,
                         "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                         "FROM n WHERE i < $1) SELECT i, 'abc' FROM n",
                         INT(count)),
                     WEFT_DB_OK);
}

static const weft_statement table = {
    .name = "rows_of_t", .sql = "SELECT i, s FROM t ORDER BY i", .columns = 2, .read_only = true};

static void sees_the_rows_of_its_beginning(void **state)
{
    fixture *f = *state;
    fill(f->db, 1000);
    WEFT_CURSOR(line) rows;
    int64_t count = 0;
    assert_int_equal(weft_db_open(f->db, &table, NULL, decode_line, &rows.rows), WEFT_DB_OK);
    for (line one; weft_cursor_next(&rows, &one); count++)
        assert_int_equal(RUN(f->db, "DELETE FROM t WHERE i = $1", INT(1000 - count)), WEFT_DB_OK);
    assert_int_equal(count, 1000);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 0);
}

static void runs_within_a_transaction(void **state)
{
    fixture *f = *state;
    weft_transaction *tx;
    WEFT_CURSOR(line) rows;
    int64_t count = 0;
    assert_int_equal(RUN(f->db, "CREATE TABLE doubled (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(f->db, NULL, &tx), WEFT_DB_OK);
    fill(weft_within(tx), 500);
    assert_int_equal(weft_db_open(weft_within(tx), &table, NULL, decode_line, &rows.rows),
                     WEFT_DB_OK);
    for (line one; weft_cursor_next(&rows, &one); count++)
        assert_int_equal(
            RUN(weft_within(tx), "INSERT INTO doubled VALUES ($1)", INT(2 * one.number)),
            WEFT_DB_OK);
    assert_int_equal(count, 500);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    int64_t sum = 0;
    assert_int_equal(ONE_INT(f->db, &sum, "SELECT sum(i) FROM doubled"), WEFT_DB_OK);
    assert_int_equal(sum, 500 * 501);
}

static void the_end_of_the_transaction_closes_it(void **state)
{
    fixture *f = *state;
    weft_transaction *tx;
    WEFT_CURSOR(line) rows;
    line one;
    fill(f->db, 500);
    assert_int_equal(weft_transaction_begin(f->db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(weft_db_open(weft_within(tx), &table, NULL, decode_line, &rows.rows),
                     WEFT_DB_OK);
    assert_true(weft_cursor_next(&rows, &one));
    assert_int_equal(RUN(weft_within(tx), "DELETE FROM t WHERE i > 10"), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 10);
}

static void only_a_transaction_takes_cursors_that_write(void **state)
{
    fixture *f = *state;
    static const weft_statement deleting = {
        .name = "deleting", .sql = "DELETE FROM t RETURNING i, s", .columns = 2};
    weft_transaction *tx;
    WEFT_CURSOR(line) rows;
    fill(f->db, 300);
    assert_int_equal(weft_db_open(f->db, &deleting, NULL, decode_line, &rows.rows), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "it writes: open its cursor within a transaction");
    assert_int_equal(weft_transaction_begin(f->db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(weft_db_open(weft_within(tx), &deleting, NULL, decode_line, &rows.rows),
                     WEFT_DB_OK);
    int64_t count = 0;
    for (line one; weft_cursor_next(&rows, &one); count++)
        assert_str(one.text, "abc");
    assert_int_equal(count, 300);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 0);
}

static void a_database_in_memory_has_them_too(void **state)
{
    (void)state;
    weft_database *db = weft_database_open("sqlite::memory:");
    WEFT_CURSOR(line) rows;
    line one;
    assert_non_null(db);
    fill(db, 400);
    assert_int_equal(weft_db_open(db, &table, NULL, decode_line, &rows.rows), WEFT_DB_OK);
    assert_true(weft_cursor_next(&rows, &one));
    assert_int_equal(RUN(db, "INSERT INTO t VALUES (1000, 'new')"), WEFT_DB_OK);
    assert_true(weft_cursor_next(&rows, &one));
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_OK);
    assert_int_equal(count_rows(db), 401);

    /* There is one connection: nobody waits for a transaction of his own. */
    weft_transaction *tx;
    const weft_transaction_options reading = {.read_only = true};
    WEFT_CURSOR(line) second;
    int64_t count;
    assert_int_equal(weft_db_open(db, &table, NULL, decode_line, &rows.rows), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(db, &reading, &tx), WEFT_DB_OK);
    assert_false(weft_cursor_next(&rows, &one));
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_FAILED);
    assert_int_equal(weft_db_open(db, &table, NULL, decode_line, &second.rows), WEFT_DB_FAILED);
    assert_int_equal(ONE_INT(db, &count, "SELECT count(*) FROM t"), WEFT_DB_FAILED);
    assert_int_equal(count_rows(weft_within(tx)), 401);
    weft_transaction_rollback(tx);
    weft_database_close(db);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void closing_tells_what_went_wrong(void **state)
{
    fixture *f = *state;
    static const weft_statement faulty = {
        .name = "faulty",
        .sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) "
               "SELECT i, CASE i WHEN 5 THEN NULL ELSE 'x' END FROM n",
        .columns = 2,
        .read_only = true};
    WEFT_CURSOR(line) rows;
    assert_int_equal(weft_db_open(f->db, &faulty, NULL, decode_line, &rows.rows), WEFT_DB_OK);
    assert_int_equal(read_all(&rows, 1), 4);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_VALUE);
    assert_non_null(strstr(last_message(), "is NULL"));

    static const weft_statement wrong = {.name = "wrong", .sql = "SELECT missing", .columns = 1};
    assert_int_equal(weft_db_open(f->db, &wrong, NULL, decode_line, &rows.rows), WEFT_DB_FAILED);
    static const weft_statement broken = {
        .name = "broken", .sql = "SELECT missing", .columns = 1, .read_only = true};
    assert_int_equal(weft_db_open(f->db, &broken, NULL, decode_line, &rows.rows), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "no such column: missing; are the migrations of the build "
                                        "applied?");
}

static void the_deadline_ends_it(void **state)
{
    fixture *f = *state;
    static const weft_statement endless = {
        .name = "endless",
        .sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'x' FROM "
               "n WHERE i < 200",
        .columns = 2,
        .read_only = true};
    WEFT_CURSOR(line) rows;
    assert_int_equal(weft_db_open(f->db, &endless, NULL, decode_line, &rows.rows), WEFT_DB_OK);
    int64_t before = weft_deadline_narrow(weft_deadline_after(30 * WEFT_MILLISECOND));
    assert_int_equal(read_all(&rows, 1), 128);
    weft_deadline_restore(before);
    assert_int_equal(weft_cursor_close(&rows), WEFT_DB_TIMED_OUT);
}

static void leave_open(void *arg)
{
    fixture *f = arg;
    for (int i = 0; i < 3; i++) {
        WEFT_CURSOR(line) rows;
        line one;
        assert_int_equal(open_lines(f->db, 1000, 3, &rows), WEFT_DB_OK);
        assert_true(weft_cursor_next(&rows, &one));
    }
}

static void leaving_body(void *arg)
{
    for (int i = 0; i < 10; i++) {
        weft_fiber *fiber;
        assert_int_equal(weft_fiber_spawn(&fiber, "forgetful", leave_open, arg), WEFT_OK);
        weft_fiber_join(fiber);
    }
}

static void what_a_fiber_leaves_open_is_closed(void **state)
{
    assert_int_equal(weft_runtime_run(NULL, leaving_body, *state), WEFT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(gives_every_row_once),
        CASE(large_rows_come_in_small_batches),
        CASE(memory_does_not_grow),
        CASE(may_be_closed_early),
        CASE(many_are_open_at_once),
        CASE(sees_the_rows_of_its_beginning),
        CASE(runs_within_a_transaction),
        CASE(the_end_of_the_transaction_closes_it),
        CASE(only_a_transaction_takes_cursors_that_write),
        cmocka_unit_test(a_database_in_memory_has_them_too),
        CASE(closing_tells_what_went_wrong),
        CASE(the_deadline_ends_it),
        CASE(what_a_fiber_leaves_open_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
