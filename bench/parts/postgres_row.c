/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/postgres_row: a row of 12 columns decoded from libpq's binary result. No server is
 * needed: the result is made here.
 */
#include <stdlib.h>

#include "db/postgres/connection.h"
#include "db/postgres/type.h"
#include "measure.h"

enum { COLUMNS = 12 };

typedef struct record {
    int32_t id, count;
    int64_t total;
    bool active;
    double score;
    weft_str name, email, notes;
    weft_timestamp created, updated;
    weft_uuid key;
    weft_date day;
} record;

static weft_db_result decode(const weft_row *row, weft_arena *arena, void *into)
{
    record *r = into;
    int64_t wide;
    WEFT_TRY(weft_row_i64(row, 0, INT32_MIN, INT32_MAX, &wide));
    r->id = (int32_t)wide;
    WEFT_TRY(weft_row_i64(row, 1, INT32_MIN, INT32_MAX, &wide));
    r->count = (int32_t)wide;
    WEFT_TRY(weft_row_i64(row, 2, INT64_MIN, INT64_MAX, &r->total));
    WEFT_TRY(weft_row_bool(row, 3, &r->active));
    WEFT_TRY(weft_row_double(row, 4, &r->score));
    WEFT_TRY(weft_row_str(row, 5, arena, &r->name));
    WEFT_TRY(weft_row_str(row, 6, arena, &r->email));
    WEFT_TRY(weft_row_str(row, 7, arena, &r->notes));
    WEFT_TRY(weft_row_timestamp(row, 8, &r->created));
    WEFT_TRY(weft_row_timestamp(row, 9, &r->updated));
    WEFT_TRY(weft_row_uuid(row, 10, &r->key));
    return weft_row_date(row, 11, &r->day);
}

static PGresult *make_result(void)
{
    static const uint32_t types[COLUMNS] = {
        WEFT__PG_INT4,        WEFT__PG_INT4,        WEFT__PG_INT8, WEFT__PG_BOOL,
        WEFT__PG_FLOAT8,      WEFT__PG_TEXT,        WEFT__PG_TEXT, WEFT__PG_TEXT,
        WEFT__PG_TIMESTAMPTZ, WEFT__PG_TIMESTAMPTZ, WEFT__PG_UUID, WEFT__PG_DATE};
    static const int sizes[COLUMNS] = {4, 4, 8, 1, 8, 12, 24, 40, 8, 8, 16, 4};
    PGresAttDesc columns[COLUMNS] = {0};
    char bytes[64];
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    for (int i = 0; i < COLUMNS; i++) {
        columns[i].name = (char[]){"column"};
        columns[i].format = 1;
        columns[i].typid = types[i];
    }
    if (result == NULL || !PQsetResultAttrs(result, COLUMNS, columns))
        exit(1);
    for (int i = 0; i < COLUMNS; i++) {
        memset(bytes, types[i] == WEFT__PG_TEXT ? 'x' : 0, sizeof bytes);
        if (!PQsetvalue(result, 0, i, bytes, sizes[i]))
            exit(1);
    }
    return result;
}

static weft__pg_row at;

static void decode_rows(unsigned times)
{
    static const weft_statement statement = {.name = "row", .columns = COLUMNS};
    record r;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (unsigned i = 0; i < times; i++) {
        weft__call call = {.statement = &statement,
                           .decode = decode,
                           .into = &r,
                           .arena = &arena,
                           .failure_arena = &arena};
        const weft_row row = {&weft__postgres_engine, &at, &call};
        if (weft__call_row(&call, &row) || call.result != WEFT_DB_OK || call.count != 1)
            exit(1);
        weft_arena_reset(&arena);
    }
}

int main(void)
{
    char why[256];
    if (!weft__libpq_load(why, sizeof why))
        return 1;
    PGresult *result = make_result();
    at.result = result;
    measure("row of 12 columns decoded", decode_rows, 100000);
    PQclear(result);
    return 0;
}
