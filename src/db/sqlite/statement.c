/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/statement.c: a statement on a connection: found or prepared, bound, stepped, its rows
 * handed over.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/sqlite/array.h"
#include "db/sqlite/connection.h"
#include "db/sqlite/text.h"

enum { SETS = WEFT_SQLITE_STATEMENTS / WEFT_SQLITE_WAYS };
_Static_assert((SETS & (SETS - 1)) == 0, "the hash is cut to a power of two");

/* The places where a statement can be, newest first. */
static weft__prepared *set_of(weft__sqlite *connection, const weft_statement *statement)
{
    uint64_t hash = (uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15);
    return connection->prepared + (hash >> 32 & (SETS - 1)) * WEFT_SQLITE_WAYS;
}

weft__prepared *weft__sqlite_known(weft__sqlite *connection, const weft_statement *statement)
{
    weft__prepared *set = set_of(connection, statement);
    if (WEFT_LIKELY(set[0].of == statement))
        return set;
    for (size_t i = 1; i < WEFT_SQLITE_WAYS; i++) {
        if (set[i].of != statement)
            continue;
        weft__prepared found = set[i];
        memmove(set + 1, set, i * sizeof(*set));
        set[0] = found;
        return set;
    }
    return NULL;
}

/* Makes the first place of the set free; what was used longest ago goes when all are taken. */
static weft__prepared *make_room(weft__prepared *set)
{
    weft__prepared *oldest = &set[WEFT_SQLITE_WAYS - 1];
    sqlite3_finalize(oldest->statement);
    free(oldest->places);
    memmove(set + 1, set, (WEFT_SQLITE_WAYS - 1) * sizeof(*set));
    set[0] = (weft__prepared){0};
    return set;
}

/* SQLite numbers $1, $2, ... in the order of their first use; finds each's number; 0: unused. */
static int number_parameters(weft__prepared *prepared, unsigned count)
{
    bool in_order = true;
    prepared->places = NULL;
    if (count == 0)
        return SQLITE_OK;
    int *places = malloc(count * sizeof(*places));
    if (places == NULL)
        return SQLITE_NOMEM;
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof(name), "$%u", i + 1);
        places[i] = sqlite3_bind_parameter_index(prepared->statement, name);
        in_order = in_order && places[i] == (int)i + 1;
    }
    if (in_order) {
        free(places);
        places = NULL;
    }
    prepared->places = places;
    return SQLITE_OK;
}

/* The database may have changed since the statement was checked at build. */
static bool still_as_checked(weft__prepared *prepared, const char *sql, weft__call *call)
{
    const weft_statement *statement = call->statement;
    if (prepared->statement == NULL || weft__sql_is_control(sql)) {
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement is empty or controls transactions, which a statement by "
                        "itself cannot");
        return false;
    }
    int columns = sqlite3_column_count(prepared->statement);
    if (columns != (int)statement->columns) {
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement gives %d columns, but %u when it was built; are the "
                        "migrations of the build applied?",
                        columns, statement->columns);
        return false;
    }
    int parameters = sqlite3_bind_parameter_count(prepared->statement);
    if (parameters > (int)statement->parameters) {
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the statement has %d parameters, but %u are given", parameters,
                        statement->parameters);
        return false;
    }
    return true;
}

static void forget(weft__prepared *prepared)
{
    sqlite3_finalize(prepared->statement);
    free(prepared->places);
    *prepared = (weft__prepared){0};
}

/* The text to run; NULL, and the call has failed: it was checked for another engine only. */
static const char *text_of(weft__call *call)
{
    const weft_statement *statement = call->statement;
    if (statement->sqlite != NULL)
        return statement->sqlite->sql;
    if (statement->postgres == NULL)
        return statement->sql;
    weft__call_fail(call, WEFT_DB_FAILED, 0,
                    "the statement was not checked for SQLite when the program was built; build it "
                    "with the SQLite migrations");
    return NULL;
}

/* Prepares into an empty place. SQLITE_OK, or nothing is left there. */
static int prepare(weft__sqlite *connection, weft__call *call, unsigned flags,
                   weft__prepared *prepared)
{
    const char *sql = text_of(call);
    if (sql == NULL)
        return SQLITE_MISUSE;
    int code = sqlite3_prepare_v3(connection->db, sql, -1, flags, &prepared->statement, NULL);
    if (code == SQLITE_OK && !still_as_checked(prepared, sql, call))
        code = SQLITE_MISUSE;
    if (code == SQLITE_OK)
        code = number_parameters(prepared, call->statement->parameters);
    if (code != SQLITE_OK)
        forget(prepared);
    return code;
}

int weft__sqlite_prepare(weft__sqlite *connection, weft__call *call, weft__prepared **out)
{
    const weft_statement *statement = call->statement;
    *out = weft__sqlite_known(connection, statement);
    if (WEFT_LIKELY(*out != NULL))
        return SQLITE_OK;

    weft__prepared *prepared = make_room(set_of(connection, statement));
    connection->deep = false;
    int code = prepare(connection, call, SQLITE_PREPARE_PERSISTENT, prepared);
    if (code != SQLITE_OK)
        return code;
    prepared->of = statement;
    prepared->slow = connection->deep ? WEFT__SQLITE_NEVER : 0;
    *out = prepared;
    return SQLITE_OK;
}

/* What travels as a text that has to be written first; SQLite keeps a copy. */
static int bind_written(sqlite3_stmt *statement, int place, const weft_db_value *value,
                        weft_arena *arena)
{
    char room[WEFT__SQLITE_TEXT_ROOM];
    weft_str text;
    if (value->type != WEFT_DB_ARRAY)
        text = weft__sqlite_text_of(value, room);
    else if (!weft__sqlite_array_write(value, arena, &text))
        return SQLITE_NOMEM;
    if (text.len == 0)
        return sqlite3_bind_null(statement, place);
    return sqlite3_bind_text64(statement, place, text.at, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int bind_one(sqlite3_stmt *statement, int place, const weft_db_value *value,
                    sqlite3_destructor_type keep, weft_arena *arena)
{
    /* A NULL pointer would bind NULL, but an empty text is a text. */
    const char *bytes = value->text.at ? value->text.at : "";
    switch (value->type) {
    case WEFT_DB_NULL: return sqlite3_bind_null(statement, place);
    case WEFT_DB_INTEGER: return sqlite3_bind_int64(statement, place, value->integer);
    case WEFT_DB_BOOL: return sqlite3_bind_int64(statement, place, value->boolean);
    case WEFT_DB_REAL: return sqlite3_bind_double(statement, place, value->real);
    case WEFT_DB_TEXT:
    case WEFT_DB_DECIMAL:
    case WEFT_DB_JSON:
        return sqlite3_bind_text64(statement, place, bytes, value->text.len, keep, SQLITE_UTF8);
    case WEFT_DB_BLOB: return sqlite3_bind_blob64(statement, place, bytes, value->text.len, keep);
    case WEFT_DB_TIMESTAMP:
    case WEFT_DB_DATE:
    case WEFT_DB_UUID:
    case WEFT_DB_ARRAY: return bind_written(statement, place, value, arena);
    }
    return SQLITE_MISUSE;
}

/* The caller keeps the bytes until the call returns, and every run binds anew, so that SQLite needs
 * no copy (SQLITE_STATIC), unless the statement outlives the call. */
static int bind_all(const weft__prepared *prepared, const weft__call *call,
                    sqlite3_destructor_type keep)
{
    for (unsigned i = 0; i < call->statement->parameters; i++) {
        int place = prepared->places ? prepared->places[i] : (int)i + 1;
        if (place == 0)
            continue;
        int code = bind_one(prepared->statement, place, &call->parameters[i], keep,
                            call->failure_arena);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

int weft__sqlite_prepare_bound(weft__sqlite *connection, weft__call *call, sqlite3_stmt **out)
{
    weft__prepared prepared = {0};
    int code = prepare(connection, call, 0, &prepared);
    if (code == SQLITE_OK)
        code = bind_all(&prepared, call, SQLITE_TRANSIENT);
    *out = prepared.statement;
    prepared.statement = code == SQLITE_OK ? NULL : prepared.statement;
    forget(&prepared);
    return code;
}

static int step_all(sqlite3_stmt *statement, weft__call *call)
{
    const weft_row row = {.engine = &weft__sqlite_engine, .at = statement, .call = call};
    for (;;) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE || (code == SQLITE_ROW && !weft__call_row(call, &row)))
            return SQLITE_OK;
        if (code != SQLITE_ROW)
            return code;
    }
}

int weft__sqlite_run(weft__sqlite *connection, weft__call *call)
{
    weft__prepared *prepared;
    weft__call_restart(call);
    int code = weft__sqlite_prepare(connection, call, &prepared);
    if (code != SQLITE_OK) {
        weft__sqlite_fail(connection, call, code);
        return code;
    }

    sqlite3_int64 before = sqlite3_total_changes64(connection->db);
    code = bind_all(prepared, call, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = step_all(prepared->statement, call);
    if (code != SQLITE_OK)
        weft__sqlite_fail(connection, call, code);
    else if (sqlite3_total_changes64(connection->db) != before)
        call->affected = sqlite3_changes64(connection->db);
    sqlite3_reset(prepared->statement);
    return code;
}
