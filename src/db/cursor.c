/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/cursor.c: open results, whatever the engine.
 */
#include <weft/log.h>
#include <weft/runtime.h>

#include <stdlib.h>

#include "db/transaction.h"
#include "runtime/hold.h"

struct weft_cursor {
    weft_database *database;
    weft__rows *rows;
    weft__context *context; /* whose it is */
    weft__owned owned;
    weft_cursor *next; /* of the same transaction */
    weft__call call;   /* of the row that is read; its result is the cursor's */
    weft_arena arena;  /* of one row */
};

static void release_open(weft__owned *owned)
{
    weft_cursor *cursor = (weft_cursor *)((char *)owned - offsetof(weft_cursor, owned));
    weft_fiber *fiber = weft_fiber_current();
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("statement", weft_str_from(cursor->call.statement->name)),
        WEFT_FIELD_STR("by", weft_str_from(fiber ? weft_fiber_name(fiber) : "")),
    };
    weft_log_event(WEFT_LOG_WARN, "db", WEFT_STR("a cursor was left open; it is closed"), fields,
                   sizeof fields / sizeof fields[0]);
    (void)!weft__cursor_close(&cursor);
}

static bool open_rows(weft_cursor *cursor)
{
    weft_database *database = cursor->database;
    weft_transaction *tx = database->transaction;
    weft__call *call = &cursor->call;
    if (!weft__call_fits(call) || (tx != NULL && !weft__transaction_usable(tx, call)))
        return false;
    cursor->rows = database->engine->rows_open(tx ? tx->whole : database, tx ? tx->session : NULL,
                                               call);
    if (tx != NULL)
        weft__transaction_note(tx, call);
    return cursor->rows != NULL;
}

weft_db_result weft_db_open(weft_database *database, const weft_statement *statement,
                            const weft_db_value *parameters, weft_row_decode_fn *decode,
                            weft_cursor **out)
{
    WEFT__HOLD_WORKER();
    weft_transaction *tx = database->transaction;
    weft__call no_memory = {.statement = statement, .failure_arena = weft_arena_current()};
    weft_cursor *cursor = malloc(sizeof(*cursor));
    *out = NULL;
    if (cursor == NULL) {
        weft__call_fail(&no_memory, WEFT_DB_NO_MEMORY, 0, "no memory for a cursor");
        return weft__call_result(&no_memory);
    }
    *cursor = (weft_cursor){
        .database = database, .context = weft__context_current(), .owned.release = release_open};
    weft_arena_init(&cursor->arena, 0);
    cursor->call = (weft__call){.statement = statement,
                                .parameters = parameters,
                                .decode = decode,
                                .arena = &cursor->arena,
                                .failure_arena = weft_arena_current()};
    weft__call_restart(&cursor->call);
    if (!open_rows(cursor)) {
        weft_db_result result = weft__call_result(&cursor->call);
        free(cursor);
        return result;
    }
    cursor->call.parameters = NULL;
    if (tx != NULL) {
        cursor->next = tx->cursors;
        tx->cursors = cursor;
    }
    weft__own(cursor->context, &cursor->owned);
    *out = cursor;
    return WEFT_DB_OK;
}

bool weft__cursor_next(weft_cursor *cursor, void *into)
{
    if (cursor == NULL || cursor->call.result != WEFT_DB_OK)
        return false;
    WEFT__HOLD_WORKER();
    weft__call *call = &cursor->call;
    weft_transaction *tx = cursor->database->transaction;
    weft_arena_reset(&cursor->arena);
    weft__call_restart(call);
    call->into = into;
    if (tx != NULL && !weft__transaction_usable(tx, call))
        return false;
    cursor->database->engine->rows_next(cursor->rows, call);
    if (tx != NULL)
        weft__transaction_note(tx, call);
    return call->result == WEFT_DB_OK && call->count != 0;
}

static void forget_in(weft_transaction *tx, const weft_cursor *cursor)
{
    weft_cursor **at = &tx->cursors;
    while (*at != cursor)
        at = &(*at)->next;
    *at = cursor->next;
}

weft_db_result weft__cursor_close(weft_cursor **rows)
{
    weft_cursor *cursor = *rows;
    *rows = NULL;
    if (cursor == NULL)
        return WEFT_DB_OK;
    WEFT__HOLD_WORKER();
    cursor->database->engine->rows_close(cursor->rows);
    if (cursor->database->transaction != NULL)
        forget_in(cursor->database->transaction, cursor);
    weft__disown(cursor->context, &cursor->owned);
    weft_db_result result = weft__call_result(&cursor->call);
    weft_arena_reset(&cursor->arena);
    free(cursor);
    return result;
}
