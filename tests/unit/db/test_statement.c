/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements and their results on a real file: parameters, every kind of result, violated
 * constraints, failures and what is kept of them.
 */
#include "fixture.h"

#include <weft/log.h>
#include <weft/pool.h>

#include <sqlite3.h>

static void values_go_in_and_come_out(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB)"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES ($1, $2, $3, $4)", INT(INT64_MIN), REAL(0.1),
                         TEXT("häß"), NIL),
                     WEFT_DB_OK);
    int64_t same = 0;
    assert_int_equal(ONE_INT(f->db, &same,
                             "SELECT count(*) FROM t WHERE i = $1 AND r = $2 AND s = $3 AND "
                             "b IS $4 AND typeof(b) = 'null'",
                             INT(INT64_MIN), REAL(0.1), TEXT("häß"), NIL),
                     WEFT_DB_OK);
    assert_int_equal(same, 1);
}

static void bytes_are_kept(void **state)
{
    fixture *f = *state;
    static const weft_statement echo = {
        .name = "echo", .sql = "SELECT $1 || ''", .parameters = 1, .columns = 1, .read_only = true};
    weft_db_value nul = {.type = WEFT_DB_TEXT, .text = WEFT_STR("a\0b")};
    weft_str out;
    static const weft_statement plain = {
        .name = "plain", .sql = "SELECT $1", .parameters = 1, .columns = 1, .read_only = true};
    assert_int_equal(weft_db_one(f->db, &plain, &nul, &f->arena, decode_str, &out), WEFT_DB_OK);
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.at, "a\0b", 3);

    nul.type = WEFT_DB_BLOB;
    assert_int_equal(weft_db_one(f->db, &plain, &nul, &f->arena, decode_str, &out), WEFT_DB_OK);
    assert_int_equal(out.len, 3);

    /* The empty text without bytes is a text, not NULL. */
    weft_db_value empty = {.type = WEFT_DB_TEXT};
    assert_int_equal(weft_db_one(f->db, &echo, &empty, &f->arena, decode_str, &out), WEFT_DB_OK);
    assert_int_equal(out.len, 0);
    empty.type = WEFT_DB_BLOB;
    assert_int_equal(weft_db_one(f->db, &plain, &empty, &f->arena, decode_str, &out), WEFT_DB_OK);
    assert_int_equal(out.len, 0);
}

static void parameters_go_by_number(void **state)
{
    fixture *f = *state;
    int64_t value = 0;
    /* SQLite numbers $2 first here; $1 is used twice and $3 never. */
    assert_int_equal(
        ONE_INT(f->db, &value, "SELECT $2 * 100 + $1 * 10 + $1", INT(3), INT(7), INT(9)),
        WEFT_DB_OK);
    assert_int_equal(value, 733);
    assert_int_equal(ONE_INT(f->db, &value,
                             "SELECT $11 * 100 + $1 + $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 + $10",
                             INT(1), INT(1), INT(1), INT(1), INT(1), INT(1), INT(1), INT(1), INT(1),
                             INT(1), INT(5)),
                     WEFT_DB_OK);
    assert_int_equal(value, 510);
}

static void none_is_no_failure_of_the_statement(void **state)
{
    fixture *f = *state;
    int64_t value = 42;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(ONE_INT(f->db, &value, "SELECT i FROM t"), WEFT_DB_NONE);
    assert_int_equal(value, 42);
    assert_int_equal(WRITE_INT(f->db, &value, "UPDATE t SET i = 1 RETURNING i"), WEFT_DB_NONE);
}

static void one_takes_the_first_row(void **state)
{
    fixture *f = *state;
    int64_t value = 0;
    assert_int_equal(ONE_INT(f->db, &value, "VALUES (5), (6)"), WEFT_DB_OK);
    assert_int_equal(value, 5);
    /* Also of a statement that writes: all of it is done. */
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(WRITE_INT(f->db, &value, "INSERT INTO t VALUES (1), (2), (3) RETURNING i"),
                     WEFT_DB_OK);
    assert_int_equal(value, 1);
    assert_int_equal(count_rows(f->db), 3);
}

static void all_rows_come_in_order(void **state)
{
    fixture *f = *state;
    static const weft_statement count_to = {
        .name = "count_to",
        .sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
               "SELECT i FROM n WHERE i < $1",
        .parameters = 1,
        .columns = 1,
        .read_only = true};
    const int sizes[] = {0, 1, 15, 16, 17, 33, 5000};
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        weft_db_value max = INT(sizes[s]);
        int64_t *items = NULL;
        size_t count = 99;
        assert_int_equal(weft_db_all(f->db, &count_to, &max, &f->arena, decode_i64, sizeof(*items),
                                     (void **)&items, &count),
                         WEFT_DB_OK);
        assert_int_equal(count, sizes[s]);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(items[i], i);
    }
}

static weft_db_result decode_nothing(const weft_row *row, weft_arena *arena, void *into)
{
    (void)row, (void)arena, (void)into;
    return WEFT_DB_OK;
}

static void too_many_rows_are_refused(void **state)
{
    fixture *f = *state;
    static const weft_statement rows = {
        .name = "rows",
        .sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) "
               "SELECT i FROM n",
        .parameters = 1,
        .columns = 1,
        .read_only = true};
    /* Under valgrind a million rows take half a minute, which is what a statement may take. */
    static const weft_database_options patient = {.statement_timeout = 300 * WEFT_SECOND};
    void *items;
    size_t count;
    weft_db_value max = INT(WEFT_DB_ROWS_MAX);
    weft_database_close(f->db);
    f->db = weft_database_open_with(f->url, &patient);
    assert_non_null(f->db);
    assert_int_equal(weft_db_all(f->db, &rows, &max, &f->arena, decode_nothing, 1, &items, &count),
                     WEFT_DB_OK);
    assert_int_equal(count, WEFT_DB_ROWS_MAX);
    max.integer++;
    assert_int_equal(weft_db_all(f->db, &rows, &max, &f->arena, decode_nothing, 1, &items, &count),
                     WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "the result has more than 1000000 rows; give the statement a LIMIT");
}

static void a_full_arena_is_no_memory(void **state)
{
    fixture *f = *state;
    weft_arena small;
    weft_arena_init(&small, 2 * WEFT_ARENA_CHUNK_SIZE);
    weft_str out;
    static const weft_statement large = {
        .name = "large", .sql = "SELECT zeroblob(100000)", .columns = 1, .read_only = true};
    assert_int_equal(weft_db_one(f->db, &large, NULL, &small, decode_str, &out), WEFT_DB_NO_MEMORY);
    assert_string_equal(last_message(),
                        "no memory for the 100000 bytes of column \"zeroblob(100000)\"");
    weft_arena_reset(&small);
}

static int64_t affected(weft_database *db, const weft_statement *statement)
{
    int64_t rows = -1;
    assert_int_equal(weft_db_run(db, statement, NULL, &rows), WEFT_DB_OK);
    return rows;
}

static void affected_rows_are_counted(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(affected(f->db, STATEMENT_("INSERT INTO t VALUES (1), (2), (3)", 0, false)),
                     3);
    /* What changes no rows does not repeat the number of what did. */
    assert_int_equal(affected(f->db, STATEMENT_("CREATE INDEX by_i ON t (i)", 0, false)), 0);
    assert_int_equal(affected(f->db, STATEMENT_("UPDATE t SET i = 0 WHERE i > 1", 0, false)), 2);
    assert_int_equal(affected(f->db, STATEMENT_("DELETE FROM t WHERE i = 77", 0, false)), 0);
    assert_int_equal(affected(f->db, STATEMENT_("DELETE FROM t", 0, false)), 3);
    assert_int_equal(affected(f->db, STATEMENT_("SELECT 1", 1, true)), 0);
}

static void constraints_are_named(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db,
                         "CREATE TABLE u (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, "
                         "age INTEGER, up INTEGER REFERENCES u (id), "
                         "CONSTRAINT adult CHECK (age >= 18), UNIQUE (age, up))"),
                     WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (1, 'a', 20, 1)"), WEFT_DB_OK);

    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, 'a', 30, 1)"), WEFT_DB_UNIQUE);
    const weft_db_failure *failure = weft_db_last_failure();
    assert_int_equal(failure->result, WEFT_DB_UNIQUE);
    assert_string_equal(failure->statement, "a_statement");
    assert_int_equal(failure->code, 2067); /* SQLITE_CONSTRAINT_UNIQUE */
    assert_str(failure->message, "UNIQUE constraint failed: u.email");
    assert_str(failure->table, "u");
    assert_str(failure->column, "email");
    assert_str(failure->constraint, "");

    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (1, 'b', 30, 1)"), WEFT_DB_UNIQUE);
    assert_str(weft_db_last_failure()->column, "id");
    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, 'b', 20, 1)"), WEFT_DB_UNIQUE);
    assert_str(weft_db_last_failure()->column, "age");
    assert_int_equal(RUN(f->db, "CREATE UNIQUE INDEX by_case ON u (lower(email))"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, 'A', 30, 1)"), WEFT_DB_UNIQUE);
    assert_str(weft_db_last_failure()->constraint, "by_case");
    assert_str(weft_db_last_failure()->column, "");

    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, NULL, 30, 1)"), WEFT_DB_NOT_NULL);
    assert_str(weft_db_last_failure()->column, "email");
    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, 'b', 3, 1)"), WEFT_DB_CHECK);
    assert_str(weft_db_last_failure()->constraint, "adult");
    assert_int_equal(RUN(f->db, "INSERT INTO u VALUES (2, 'b', 30, 9)"), WEFT_DB_FOREIGN_KEY);
    assert_str(weft_db_last_failure()->table, "");
}

static void a_trigger_can_check(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "CREATE TRIGGER odd BEFORE INSERT ON t WHEN new.i % 2 = 0 BEGIN "
                                "SELECT RAISE(ABORT, 'must be odd'); END"),
                     WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (2)"), WEFT_DB_CHECK);
    assert_string_equal(last_message(), "must be odd");
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (3)"), WEFT_DB_OK);
}

static weft_db_result decode_small(const weft_row *row, weft_arena *arena, void *into)
{
    (void)arena;
    return weft_row_i64(row, 0, 0, 9, into);
}

static void a_failed_statement_changes_nothing(void **state)
{
    fixture *f = *state;
    int64_t value;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER UNIQUE)"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1), (2), (1)"), WEFT_DB_UNIQUE);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(RUN(f->db, "INSERT OR FAIL INTO t VALUES (1), (2), (1)"), WEFT_DB_UNIQUE);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(RUN(f->db, "INSERT OR ROLLBACK INTO t VALUES (1), (1)"), WEFT_DB_UNIQUE);
    assert_int_equal(count_rows(f->db), 0);
    /* Also when the row was written and what it returns does not fit. */
    assert_int_equal(weft_db_one(f->db,
                                 STATEMENT_("INSERT INTO t VALUES (10) RETURNING i", 1, false),
                                 NULL, &f->arena, decode_small, &value),
                     WEFT_DB_VALUE);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 1);
}

static void deferred_constraints_fail_at_the_commit(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db,
                         "CREATE TABLE t (i INTEGER PRIMARY KEY, up INTEGER REFERENCES t (i) "
                         "DEFERRABLE INITIALLY DEFERRED)"),
                     WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1, 9)"), WEFT_DB_FOREIGN_KEY);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (2, 2)"), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 1);
}

static void bad_sql_says_what_to_do(void **state)
{
    fixture *f = *state;
    int64_t value;
    assert_int_equal(ONE_INT(f->db, &value, "SELECT id FROM users"), WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "no such table: users; are the migrations of the build applied?");
    assert_string_equal(weft_db_last_failure()->statement, "a_statement");
    assert_int_equal(RUN(f->db, "INSRT"), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "near \"INSRT\": syntax error");
    /* A failure is no obstacle to the same statement later. */
    for (int i = 0; i < 2; i++) {
        weft_db_result result = ONE_INT(f->db, &value, "SELECT count(*) FROM late");
        assert_int_equal(result, i == 0 ? WEFT_DB_FAILED : WEFT_DB_OK);
        assert_int_equal(RUN(f->db, "CREATE TABLE IF NOT EXISTS late (i INTEGER)"), WEFT_DB_OK);
    }
}

static void statements_that_changed_since_the_build(void **state)
{
    fixture *f = *state;
    int64_t value;
    assert_int_equal(ONE_INT(f->db, &value, "SELECT 1, 2"), WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "the statement gives 2 columns, but 1 when it was built; are "
                        "the migrations of the build applied?");
    assert_int_equal(ONE_INT(f->db, &value, "SELECT $1 + $2", INT(1)), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "the statement has 2 parameters, but 1 are given");
}

static void transactions_are_not_statements(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "BEGIN"), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "the statement is empty or controls transactions, which a "
                                        "statement by itself cannot");
    assert_int_equal(RUN(f->db, " -- why\n commit"), WEFT_DB_FAILED);
    assert_int_equal(RUN(f->db, "/* x */ ROLLBACK"), WEFT_DB_FAILED);
    assert_int_equal(RUN(f->db, ""), WEFT_DB_FAILED);
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 0);
}

static void a_reader_cannot_write(void **state)
{
    fixture *f = *state;
    int64_t value;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(ONE_INT(f->db, &value, "INSERT INTO t VALUES (1) RETURNING i"),
                     WEFT_DB_FAILED);
    assert_string_equal(last_message(), "attempt to write a readonly database");
    assert_int_equal(count_rows(f->db), 0);
}

static void a_full_file_is_a_failure(void **state)
{
    fixture *f = *state;
    int64_t pages;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (b BLOB)"), WEFT_DB_OK);
    assert_int_equal(WRITE_INT(f->db, &pages, "PRAGMA max_page_count=20"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (zeroblob(1000000))"), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "database or disk is full");
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (zeroblob(10))"), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 1);
}

static void another_process_may_change_the_schema(void **state)
{
    fixture *f = *state;
    sqlite3 *other;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(sqlite3_open(f->url + strlen("sqlite:"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other,
                                  "ALTER TABLE t ADD COLUMN j INTEGER; INSERT INTO t VALUES (1, 2)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(count_rows(f->db), 1);
    assert_int_equal(sqlite3_exec(other, "DROP TABLE t", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "no such table: t; are the migrations of the build applied?");
}

static void many_statements_share_the_cache(void **state)
{
    enum { COUNT = 1000 }; /* several times what a connection keeps */
    fixture *f = *state;
    weft_statement *statements = calloc(COUNT, sizeof(*statements));
    char(*texts)[32] = calloc(COUNT, sizeof(*texts));
    assert_true(statements != NULL && texts != NULL);
    for (int i = 0; i < COUNT; i++) {
        snprintf(texts[i], sizeof(texts[i]), "SELECT $2 * 0 + $1 + %d", i);
        statements[i] = (weft_statement){
            .name = "many", .sql = texts[i], .parameters = 2, .columns = 1, .read_only = true};
    }
    for (int i = 0; i < 3 * COUNT; i++) {
        int at = i % 3 == 0 ? 7 : (i * 7919) % COUNT;
        weft_db_value values[] = {INT(1), INT(2)};
        int64_t value = 0;
        assert_int_equal(weft_db_one(f->db, &statements[at], values, &f->arena, decode_i64, &value),
                         WEFT_DB_OK);
        assert_int_equal(value, at + 1);
    }
    weft_database_close(f->db); /* before the statements go */
    f->db = NULL;
    free(statements);
    free(texts);
}

static void memory_databases_read_and_write(void **state)
{
    (void)state;
    weft_database *db = weft_database_open("sqlite::memory:");
    assert_non_null(db);
    int64_t value;
    assert_int_equal(RUN(db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(WRITE_INT(db, &value, "INSERT INTO t VALUES (7) RETURNING i"), WEFT_DB_OK);
    assert_int_equal(value, 7);
    assert_int_equal(count_rows(db), 1);
    weft_database_close(db);
}

static void rows_survive_closing(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_OK);
    weft_database_close(f->db);
    f->db = weft_database_open(f->url);
    assert_non_null(f->db);
    assert_int_equal(count_rows(f->db), 1);
}

/* ---- the log --------------------------------------------------------------------------------- */

/* What is logged while `database` runs a statement. */
static void logged_by(weft_database *database, char *text, size_t size)
{
    int64_t i;
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    assert_non_null(file);
    weft_log_flush(WEFT_NEVER);
    assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(ONE_INT(database, &i, "SELECT 1"), WEFT_DB_OK);
    weft_log_flush(WEFT_NEVER);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void slow_ones_are_logged(void **state)
{
    fixture *f = *state;
    char text[1024];
    const weft_database_options options = {.slow_statement = 1};
    weft_database *strict = weft_database_open_with(f->url, &options);
    assert_non_null(strict);
    logged_by(strict, text, sizeof text);
    assert_non_null(strstr(text, "a slow statement"));
    assert_non_null(strstr(text, "\"statement\":\"a_statement\""));
    assert_non_null(strstr(text, "\"place\":\"test.c:"));
    assert_non_null(strstr(text, "\"result\":\"success\",\"rows\":1,"));
    assert_non_null(strstr(text, "\"took_ms\":"));
    weft_database_close(strict);
    logged_by(f->db, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(values_go_in_and_come_out),
        CASE(bytes_are_kept),
        CASE(parameters_go_by_number),
        CASE(none_is_no_failure_of_the_statement),
        CASE(one_takes_the_first_row),
        CASE(all_rows_come_in_order),
        CASE(too_many_rows_are_refused),
        CASE(a_full_arena_is_no_memory),
        CASE(affected_rows_are_counted),
        CASE(constraints_are_named),
        CASE(a_trigger_can_check),
        CASE(a_failed_statement_changes_nothing),
        CASE(deferred_constraints_fail_at_the_commit),
        CASE(bad_sql_says_what_to_do),
        CASE(statements_that_changed_since_the_build),
        CASE(transactions_are_not_statements),
        CASE(a_reader_cannot_write),
        CASE(a_full_file_is_a_failure),
        CASE(another_process_may_change_the_schema),
        CASE(many_statements_share_the_cache),
        CASE(memory_databases_read_and_write),
        CASE(rows_survive_closing),
        CASE(slow_ones_are_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
