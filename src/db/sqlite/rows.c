/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/rows.c: cursors. A thread steps the statement and copies some rows at a time, of which
 * the fiber then takes one after the other: handing over costs more than a row does. The statement
 * is the cursor's own, prepared anew, since the same text may run while the cursor is open.
 */
#include <weft/runtime.h>

#include <stdlib.h>

#include "db/sqlite/array.h"
#include "db/sqlite/session.h"

#define BATCH       128         /* rows copied at a time at most */
#define BATCH_BYTES (64u << 10) /* and when their texts have as many bytes, no more of them */

struct weft__rows {
    weft__session *session;
    bool own; /* the session ends with the cursor */
    sqlite3_stmt *statement;
    unsigned columns;
    weft_arena arena;      /* of the batch */
    weft_db_value *values; /* BATCH rows of `columns` */
    size_t bytes;          /* of the batch's texts */
    unsigned held, taken;  /* rows in the batch, and those handed out */
    bool ended;            /* SQLite has no more */
};

/* ---- on a thread of the lane ----------------------------------------------------------------- */

typedef struct step {
    weft__rows *rows;
    weft__call *call;
} step;

static void prepare(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    int code = weft__sqlite_prepare_bound(connection, s->call, &s->rows->statement);
    if (code != SQLITE_OK)
        weft__sqlite_fail(connection, s->call, code);
}

/* The row that SQLite is at, into the batch; false when there is no memory. */
static bool copy_row(weft__rows *rows)
{
    weft_row row = {.at = rows->statement};
    weft_db_value *to = rows->values + (size_t)rows->held * rows->columns;
    for (unsigned i = 0; i < rows->columns; i++) {
        to[i] = weft__sqlite_engine.value(&row, i);
        if (to[i].type != WEFT_DB_TEXT && to[i].type != WEFT_DB_BLOB)
            continue;
        if (to[i].text.len != 0 &&
            (to[i].text.at == NULL || !weft_arena_copy(&rows->arena, to[i].text, &to[i].text)))
            return false;
        rows->bytes += to[i].text.len;
    }
    rows->held++;
    return true;
}

static void fill(weft__sqlite *connection, void *arg)
{
    step *s = arg;
    weft__rows *rows = s->rows;
    while (rows->held < BATCH && rows->bytes < BATCH_BYTES) {
        int code = sqlite3_step(rows->statement);
        if (code == SQLITE_ROW && copy_row(rows))
            continue;
        if (code == SQLITE_ROW)
            weft__call_fail(s->call, WEFT_DB_NO_MEMORY, 0, "no memory for a row");
        else if (code != SQLITE_DONE)
            weft__sqlite_fail(connection, s->call, code);
        rows->ended = true;
        return;
    }
}

static void finalize(weft__sqlite *connection, void *arg)
{
    (void)connection;
    step *s = arg;
    sqlite3_finalize(s->rows->statement);
}

/* ---- on the caller's ------------------------------------------------------------------------- */

static weft_db_value value(const weft_row *row, unsigned column)
{
    const weft__rows *rows = row->at;
    return rows->values[(size_t)rows->taken * rows->columns + column];
}

static const char *column_name(const weft_row *row, unsigned column)
{
    const weft__rows *rows = row->at;
    return sqlite3_column_name(rows->statement, (int)column);
}

static const weft__engine batch = {
    .value = value, .items = weft__sqlite_items, .column_name = column_name};

static bool suits(const weft__session *session, weft__call *call)
{
    if (call->statement->read_only || (session != NULL && !session->read_only))
        return true;
    weft__call_fail(call, WEFT_DB_FAILED, 0,
                    session ? "it writes, but the transaction is read only"
                            : "it writes: open its cursor within a transaction");
    return false;
}

weft__rows *weft__sqlite_rows_open(weft_database *base, weft__session *session, weft__call *call)
{
    if (!suits(session, call))
        return NULL;
    unsigned columns = call->statement->columns;
    weft__rows *rows = malloc(sizeof(*rows));
    weft_db_value *values = calloc((size_t)BATCH * columns, sizeof(*values));
    if (rows == NULL || values == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a cursor");
        goto fail;
    }
    *rows = (weft__rows){
        .session = session, .own = session == NULL, .columns = columns, .values = values};
    weft_arena_init(&rows->arena, 0);
    if (rows->own)
        rows->session = weft__sqlite_session_open((weft__sqlite_database *)base, call);
    if (rows->session == NULL)
        goto fail;
    step s = {rows, call};
    if (weft__sqlite_session_do(rows->session, prepare, &s, call) && call->result == WEFT_DB_OK)
        return rows;
    if (rows->own)
        weft__sqlite_session_close(rows->session);
fail:
    free(values);
    free(rows);
    return NULL;
}

void weft__sqlite_rows_next(weft__rows *rows, weft__call *call)
{
    if (rows->taken == rows->held) {
        if (rows->ended)
            return;
        weft_arena_reset(&rows->arena);
        rows->bytes = 0;
        rows->held = rows->taken = 0;
        step s = {rows, call};
        if (!weft__sqlite_session_do(rows->session, fill, &s, call) || call->result != WEFT_DB_OK ||
            rows->held == 0)
            return;
    }
    const weft_row row = {.engine = &batch, .at = rows, .call = call};
    (void)!weft__call_row(call, &row);
    rows->taken++;
}

void weft__sqlite_rows_close(weft__rows *rows)
{
    static const weft_statement close = {.name = "close"};
    weft__call call = {.statement = &close, .failure_arena = &rows->arena};
    step s = {rows, &call};
    weft_shield shield = weft_shield_begin();
    rows->session->closing = rows->own;
    if (!weft__sqlite_session_do(rows->session, finalize, &s, &call))
        finalize(NULL, &s); /* nobody else uses the connection then */
    weft_shield_end(shield);
    if (rows->own)
        weft__sqlite_session_close(rows->session);
    weft_arena_reset(&rows->arena);
    free(rows->values);
    free(rows);
}
