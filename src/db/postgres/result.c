/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/result.c: a result of libpq's, row by row.
 */
#include <stdlib.h>

#include "db/postgres/connection.h"
#include "db/postgres/pool.h"
#include "db/postgres/read.h"
#include "db/postgres/type.h"

weft_db_value weft__pg_value(const weft_row *row, unsigned column)
{
    const weft__pg_row *at = row->at;
    int i = (int)column, len = PQgetlength(at->result, at->at, i);
    weft_db_value value;
    if (WEFT_UNLIKELY(len == 0 && PQgetisnull(at->result, at->at, i)))
        value.type = WEFT_DB_NULL;
    else
        weft__pg_read(PQftype(at->result, i),
                      (weft_str){PQgetvalue(at->result, at->at, i), (size_t)len}, row->call->arena,
                      &value);
    return value;
}

weft_db_result weft__pg_items(const weft_row *row, unsigned column, weft_arena *arena,
                              weft_db_value *array)
{
    const weft__pg_row *at = row->at;
    int i = (int)column;
    weft_str bytes = {PQgetvalue(at->result, at->at, i),
                      (size_t)PQgetlength(at->result, at->at, i)};
    weft_db_result result = weft__pg_read_items(bytes, arena, array);
    if (result == WEFT_DB_VALUE)
        weft__call_fail(row->call, result, 0,
                        "column \"%s\" holds an array of several dimensions, its field takes one",
                        weft__pg_column_name(row, column));
    else if (result != WEFT_DB_OK)
        weft__call_fail(row->call, result, 0, "no memory for the items of column \"%s\"",
                        weft__pg_column_name(row, column));
    return result;
}

const char *weft__pg_column_name(const weft_row *row, unsigned column)
{
    const weft__pg_row *at = row->at;
    return PQfname(at->result, (int)column);
}

bool weft__pg_is_as_checked(weft__call *call, const PGresult *result)
{
    int columns = PQnfields(result);
    if (columns != (int)call->statement->columns && call->decode != NULL) {
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement gives %d columns, but %u when it was built; are the "
                        "migrations of the build applied?",
                        columns, call->statement->columns);
        return false;
    }
    for (int i = 0; i < columns && call->decode != NULL; i++) {
        if (weft__pg_readable(PQftype(result, i)))
            continue;
        weft__call_fail(call, WEFT_DB_VALUE, 0,
                        "column \"%s\" has a type (number %u) that Weft does not read; write "
                        "%s::text in the statement",
                        PQfname(result, i), PQftype(result, i), PQfname(result, i));
        return false;
    }
    return true;
}

static void take_rows(weft__call *call, const PGresult *result)
{
    weft__pg_row at = {.result = result};
    const weft_row row = {.engine = &weft__postgres_engine, .at = &at, .call = call};
    if (!weft__pg_is_as_checked(call, result))
        return;
    const int rows = PQntuples(result);
    call->expected = rows < WEFT_DB_ROWS_MAX ? (size_t)rows : WEFT_DB_ROWS_MAX;
    for (; at.at < rows; at.at++)
        if (!weft__call_row(call, &row))
            return;
}

/* "INSERT 0 5", "SELECT 3": the number, but only of rows that were changed. */
static int64_t affected_by(PGresult *result)
{
    const char *tag = PQcmdStatus(result);
    static const char *const changing[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"};
    for (size_t i = 0; i < sizeof changing / sizeof changing[0]; i++)
        if (strncmp(tag, changing[i], strlen(changing[i])) == 0)
            return strtoll(PQcmdTuples(result), NULL, 10);
    return 0;
}

void weft__pg_take_result(weft__pg_job *job, PGresult *result)
{
    weft__call *call = job->call;
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        if (call->result == WEFT_DB_OK)
            take_rows(call, result);
        call->affected = affected_by(result);
        break;
    case PGRES_COMMAND_OK: call->affected = affected_by(result); break;
    case PGRES_PIPELINE_ABORTED: break; /* what failed before it has said why */
    case PGRES_EMPTY_QUERY:
        weft__call_fail(call, WEFT_DB_FAILED, 0, "the statement is empty");
        break;
    case PGRES_FATAL_ERROR: weft__pg_fail(call, result); break;
    default:
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement answers by %s, which a statement by itself cannot",
                        PQresStatus(PQresultStatus(result)));
        break;
    }
}
