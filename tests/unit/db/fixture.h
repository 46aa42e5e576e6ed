/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the tests of the database room share: a fresh database file in a folder of its own, and
 * statements written where they are used.
 */
#ifndef WEFT_TESTS_DB_FIXTURE_H
#define WEFT_TESTS_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <weft/db.h>
#include <weft/log.h>
#include <weft/migrate.h>

#include <cmocka.h>

typedef struct fixture {
    char folder[64];
    char url[96];
    weft_database *db;
    weft_arena arena;
} fixture;

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    snprintf(f->folder, sizeof(f->folder), "/tmp/weft-db-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->url, sizeof(f->url), "sqlite:%s/test.db", f->folder);
    f->db = weft_database_open(f->url);
    assert_non_null(f->db);
    weft_arena_init(&f->arena, 0);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    weft_database_close(f->db);
    weft_arena_reset(&f->arena);
    char command[96];
    snprintf(command, sizeof(command), "rm -rf %s", f->folder);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Writes `text` into a file of the fixture's folder. */
static inline void write_file(const fixture *f, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* ---- statements ------------------------------------------------------------------------------ */

#define INT(v)  ((weft_db_value){.type = WEFT_DB_INTEGER, .integer = (v)})
#define REAL(v) ((weft_db_value){.type = WEFT_DB_REAL, .real = (v)})
#define TEXT(v) ((weft_db_value){.type = WEFT_DB_TEXT, .text = weft_str_from(v)})
#define NIL     ((weft_db_value){.type = WEFT_DB_NULL})

#define VALUES(...) ((const weft_db_value[]){NIL, ##__VA_ARGS__})
#define STATEMENT_(text, columns_, read_only_, ...)                                \
    ({                                                                             \
        static const weft_statement one__ = {                                      \
            .name = "a_statement",                                                 \
            .sql = (text),                                                         \
            .file = "test.c",                                                      \
            .line = __LINE__,                                                      \
            .parameters = sizeof(VALUES(__VA_ARGS__)) / sizeof(weft_db_value) - 1, \
            .columns = (columns_),                                                 \
            .read_only = (read_only_)};                                            \
        &one__;                                                                    \
    })

/* Runs a statement without rows; the values are $1, $2, ... */
#define RUN(db, text, ...) \
    weft_db_run((db), STATEMENT_(text, 0, false, ##__VA_ARGS__), VALUES(__VA_ARGS__) + 1, NULL)

static inline weft_db_result decode_i64(const weft_row *row, weft_arena *arena, void *into)
{
    (void)arena;
    return weft_row_i64(row, 0, INT64_MIN, INT64_MAX, into);
}

static inline weft_db_result decode_str(const weft_row *row, weft_arena *arena, void *into)
{
    return weft_row_str(row, 0, arena, into);
}

/* One integer, by a statement that reads or one that writes and returns. */
#define ONE_INT(db, into, text, ...)                                                     \
    weft_db_one((db), STATEMENT_(text, 1, true, ##__VA_ARGS__), VALUES(__VA_ARGS__) + 1, \
                weft_arena_current(), decode_i64, (into))
#define WRITE_INT(db, into, text, ...)                                                    \
    weft_db_one((db), STATEMENT_(text, 1, false, ##__VA_ARGS__), VALUES(__VA_ARGS__) + 1, \
                weft_arena_current(), decode_i64, (into))

static inline int64_t count_rows(weft_database *db)
{
    int64_t count = -1;
    assert_int_equal(ONE_INT(db, &count, "SELECT count(*) FROM t"), WEFT_DB_OK);
    return count;
}

/* The text of the last failure, NUL-terminated. */
static inline const char *last_message(void)
{
    static char text[1024];
    const weft_db_failure *failure = weft_db_last_failure();
    assert_non_null(failure);
    snprintf(text, sizeof(text), "%.*s", WEFT_STR_ARGS(failure->message));
    return text;
}

#define assert_str(s, expected)                                         \
    do {                                                                \
        weft_str str__ = (s);                                           \
        char text__[256];                                               \
        snprintf(text__, sizeof(text__), "%.*s", WEFT_STR_ARGS(str__)); \
        assert_string_equal(text__, (expected));                        \
    } while (0)

/* Counts up to $1; a few million take a second. */
#define BURN                                                                        \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) " \
    "SELECT count(*) FROM n"

#endif
