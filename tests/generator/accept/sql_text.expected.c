/* Written by weftgen from sql_text.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "sql_text.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result int64_t__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    int64_t *to__ = into__;
    int64_t integer__;
    (void)arena__;
    WEFT_TRY(weft_row_i64(row__, 0, INT64_MIN, INT64_MAX, &integer__));
    *to__ = integer__;
    return WEFT_DB_OK;
}

static const weft_statement count_some__statement = {
    .name = "count_some",
    .sql = "SELECT count(*) FROM users WHERE name = 'a\011b' AND email <> '\"AB\303\251'",
    .file = "sql_text.c",
    .line = 7,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT count(*) FROM users WHERE name = 'a\011b' AND email <> '\"AB\303\251'",
    },
};

__attribute__((weak))
weft_http_status count_some(weft_database *db, int64_t *count)
{
    weft_db_result result__ = weft_db_one(db, &count_some__statement, NULL, weft_arena_current(),
        int64_t__from_row, count);
    return weft_status_of_db(result__);
}

static const weft_statement count_users__statement = {
    .name = "count_users",
    .sql = "SELECT count(*) FROM users",
    .file = "sql_text.c",
    .line = 14,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT count(*) FROM users",
    },
};

__attribute__((weak))
weft_http_status count_users(weft_database *db, int64_t *count)
{
    weft_db_result result__ = weft_db_one(db, &count_users__statement, NULL,
        weft_arena_current(), int64_t__from_row, count);
    return weft_status_of_db(result__);
}

static const weft_statement count_again__statement = {
    .name = "count_again",
    .sql = "SELECT count(*) FROM users",
    .file = "sql_text.c",
    .line = 17,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT count(*) FROM users",
    },
};

__attribute__((weak))
weft_http_status count_again(weft_database *db, int64_t *count)
{
    weft_db_result result__ = weft_db_one(db, &count_again__statement, NULL,
        weft_arena_current(), int64_t__from_row, count);
    return weft_status_of_db(result__);
}
