/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/call.c: one execution of a statement, whatever the engine: which rows are wanted, where they
 * go, and what is kept of a failure.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/context.h"
#include "db/engine.h"
#include "runtime/hold.h"

enum { FIRST_ITEMS = 16 }; /* room for this many rows at first, doubled whenever it is full */

const char *weft_db_result_text(weft_db_result result)
{
    switch (result) {
#define WEFT__CASE(name, value, text) \
    case WEFT_DB_##name: return text;
        WEFT_DB_RESULTS(WEFT__CASE)
#undef WEFT__CASE
    }
    return "unknown result";
}

const weft_db_failure *weft_db_last_failure(void)
{
    return weft__context_current()->db_failure;
}

void weft__call_restart(weft__call *call)
{
    call->result = WEFT_DB_OK;
    call->failure = NULL;
    call->items = NULL;
    call->count = call->capacity = 0;
    call->affected = 0;
}

void weft__call_fail(weft__call *call, weft_db_result result, int code, const char *format, ...)
{
    call->result = result;
    call->failure = WEFT_NEW(call->failure_arena, weft_db_failure);
    if (call->failure == NULL)
        return;

    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);

    *call->failure = (weft_db_failure){
        .result = result, .statement = call->statement->name, .code = code};
    if (!weft_arena_copy(call->failure_arena, weft_str_from(message), &call->failure->message))
        call->failure->message = weft_str_from(weft_db_result_text(result));
}

/* Room for one more item, or NULL and the call has failed. */
static void *next_item(weft__call *call)
{
    if (call->count == WEFT_DB_ROWS_MAX) {
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the result has more than %d rows; give the statement a LIMIT",
                        WEFT_DB_ROWS_MAX);
        return NULL;
    }
    if (call->count == call->capacity) {
        size_t capacity = call->capacity ? 2 * call->capacity : FIRST_ITEMS;
        char *items = weft__arena_array(call->arena, call->size, _Alignof(max_align_t), capacity);
        if (items == NULL) {
            weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for %zu rows", capacity);
            return NULL;
        }
        if (call->count != 0)
            memcpy(items, call->items, call->count * call->size);
        call->items = items;
        call->capacity = capacity;
    }
    return call->items + call->count * call->size;
}

bool weft__call_row(weft__call *call, const weft_row *row)
{
    if (call->decode == NULL)
        return true;
    void *into = call->size ? next_item(call) : call->into;
    if (into == NULL)
        return false;

    weft_db_result result = call->decode(row, call->arena, into);
    if (WEFT_UNLIKELY(result != WEFT_DB_OK)) {
        if (call->failure == NULL)
            weft__call_fail(call, result, 0, "%s", weft_db_result_text(result));
        call->result = result;
        return false;
    }
    call->count++;
    return call->size != 0;
}

weft_db_result weft__call_result(const weft__call *call)
{
    if (WEFT_UNLIKELY(call->result != WEFT_DB_OK))
        weft__context_current()->db_failure = call->failure;
    return call->result;
}

static weft_db_result execute(weft_database *database, weft__call *call)
{
    WEFT__HOLD_WORKER(); /* engines keep connections for each worker */
    call->failure_arena = weft_arena_current();
    weft__call_restart(call);
    if (WEFT_UNLIKELY(database->transaction != NULL)) {
        weft__transaction_execute(database->transaction, call);
    } else {
        database->engine->execute(database, call);
        weft__database_count(database, call->result);
    }
    return weft__call_result(call);
}

weft_db_result weft_db_one(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, void *into)
{
    weft__call call = {.statement = statement,
                       .parameters = parameters,
                       .decode = decode,
                       .into = into,
                       .arena = arena};
    WEFT_TRY(execute(database, &call));
    return call.count ? WEFT_DB_OK : WEFT_DB_NONE;
}

weft_db_result weft_db_all(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, weft_arena *arena,
                           weft_row_decode_fn *decode, size_t size, void **items, size_t *count)
{
    weft__call call = {.statement = statement,
                       .parameters = parameters,
                       .decode = decode,
                       .size = size,
                       .arena = arena};
    WEFT_TRY(execute(database, &call));
    *items = call.items;
    *count = call.count;
    return WEFT_DB_OK;
}

weft_db_result weft_db_run(weft_database *database, const weft_statement *statement,
                           const weft_db_value *parameters, int64_t *affected)
{
    weft__call call = {.statement = statement, .parameters = parameters};
    WEFT_TRY(execute(database, &call));
    if (affected != NULL)
        *affected = call.affected;
    return WEFT_DB_OK;
}
