/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/failure.c: what SQLite says when a statement fails, in the words of weft/db.h. SQLite
 * tells the violated constraint only in its message, whose form has been stable since 2013:
 * "UNIQUE constraint failed: users.email, users.name", "... failed: index 'by_name'",
 * "CHECK constraint failed: <name or expression>".
 */
#include "db/sqlite/connection.h"

static weft_db_result constraint_result(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return WEFT_DB_UNIQUE;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return WEFT_DB_FOREIGN_KEY;
    case SQLITE_CONSTRAINT_NOTNULL: return WEFT_DB_NOT_NULL;
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_DATATYPE:
    case SQLITE_CONSTRAINT_TRIGGER: return WEFT_DB_CHECK; /* RAISE(ABORT) is a check in a trigger */
    default: return WEFT_DB_FAILED;
    }
}

/* Why the running statement was told to stop, or WEFT_DB_OK. */
static weft_db_result stop_of(const weft__sqlite *connection)
{
    return connection->stop ? (weft_db_result)atomic_load(connection->stop) : WEFT_DB_OK;
}

static weft_db_result result_of(int code)
{
    if (code == SQLITE_BUSY_SNAPSHOT)
        return WEFT_DB_CONFLICT;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_result(code);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return WEFT_DB_BUSY;
    case SQLITE_NOMEM: return WEFT_DB_NO_MEMORY;
    case SQLITE_CANTOPEN: return WEFT_DB_AWAY;
    default: return WEFT_DB_FAILED;
    }
}

static weft_str before(weft_str s, const char *mark)
{
    const char *found = memmem(s.at, s.len, mark, strlen(mark));
    return found ? (weft_str){s.at, (size_t)(found - s.at)} : s;
}

/* Fills table, column and constraint with views into the failure's message. */
static void name_constraint(weft_db_failure *failure)
{
    static const char lead[] = " constraint failed: ";
    weft_str kind = before(failure->message, lead);
    if (kind.len == failure->message.len)
        return;
    weft_str rest = weft_str_skip(failure->message, kind.len + sizeof(lead) - 1);
    if (failure->result == WEFT_DB_CHECK) {
        failure->constraint = rest;
    } else if (weft_str_starts_with(rest, WEFT_STR("index '"))) {
        failure->constraint = before(weft_str_skip(rest, strlen("index '")), "'");
    } else {
        weft_str first = before(rest, ", ");
        failure->table = before(first, ".");
        failure->column = weft_str_skip(first, failure->table.len + 1);
    }
}

/* What the message lacks: what to do. */
static const char *hint_of(int code, const char *message)
{
    if ((code & 0xff) == SQLITE_BUSY)
        return ": another process held its lock for 5 seconds";
    if (code == SQLITE_ERROR && strncmp(message, "no such ", strlen("no such ")) == 0)
        return "; are the migrations of the build applied?";
    return "";
}
_Static_assert(WEFT_SQLITE_BUSY_TIMEOUT == 5 * WEFT_SECOND, "a hint says how long");

void weft__sqlite_fail(weft__sqlite *connection, weft__call *call, int code)
{
    bool cut_short = (code & 0xff) == SQLITE_INTERRUPT || (code & 0xff) == SQLITE_BUSY;
    if (connection->use == WEFT__SQLITE_INLINE || (code == SQLITE_MISUSE && call->failure != NULL))
        return;
    weft_db_result stop = stop_of(connection);
    if (cut_short && stop != WEFT_DB_OK) {
        weft__call_fail(call, stop, code, "%s", weft_db_result_text(stop));
        return;
    }
    const char *message = sqlite3_errmsg(connection->db);
    weft__call_fail(call, result_of(code), code, "%s%s", message, hint_of(code, message));
    if ((code & 0xff) == SQLITE_CONSTRAINT && call->failure != NULL)
        name_constraint(call->failure);
}
