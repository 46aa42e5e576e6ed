/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/call.c: one execution of a statement, whatever the engine: which rows are wanted, where they
 * go, and what is kept of a failure.
 */
#include <weft/log.h>
#include <weft/runtime.h>

#include <stdarg.h>
#include <stdio.h>

#include "base/context.h"
#include "db/transaction.h"
#include "runtime/hold.h"
#include "runtime/reactor.h"

enum { FIRST_ITEMS = 16 }; /* room for so many rows at first, when nobody knows how many come */

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
        size_t first = call->expected ? call->expected : FIRST_ITEMS;
        size_t capacity = call->capacity ? 2 * call->capacity : first;
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

bool weft__call_fits(weft__call *call)
{
    for (unsigned i = 0; i < call->statement->parameters; i++) {
        const weft_db_value *value = &call->parameters[i];
        if (WEFT_LIKELY(value->type != WEFT_DB_ARRAY || value->items.len <= WEFT_DB_LIST_MAX))
            continue;
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the list in $%u has %zu items, and more than %d are not taken at once: "
                        "give it in parts, or COPY (weft/copy.h)",
                        i + 1, value->items.len, WEFT_DB_LIST_MAX);
        return false;
    }
    return true;
}

weft_db_result weft__call_result(const weft__call *call)
{
    if (WEFT_UNLIKELY(call->result != WEFT_DB_OK))
        weft__context_current()->db_failure = call->failure;
    return call->result;
}

/* ---- the log --------------------------------------------------------------------------------- */

/* Now, or in a fiber the time of this turn of its worker's loop, which costs nothing. */
static int64_t roughly_now(void)
{
    return weft_fiber_current() ? weft__worker_now() : weft_clock_now();
}

WEFT_COLD static void log_statement(const weft__call *call, int64_t took, bool slow)
{
    const weft_statement *statement = call->statement;
    char place[256];
    snprintf(place, sizeof place, "%s:%u", statement->file ? statement->file : "", statement->line);
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("statement", weft_str_from(statement->name)),
        WEFT_FIELD_STR("place", weft_str_from(place)),
        WEFT_FIELD_STR("result", weft_str_from(weft_db_result_text(call->result))),
        WEFT_FIELD_I64("rows", (int64_t)call->count),
        WEFT_FIELD_I64("affected", call->affected),
        WEFT_FIELD_DURATION("took", took),
    };
    weft_log_event(slow ? WEFT_LOG_WARN : WEFT_LOG_DEBUG, "db",
                   slow ? WEFT_STR("a slow statement") : WEFT_STR("a statement"), fields,
                   sizeof fields / sizeof fields[0]);
}

static void log_if_wanted(const weft_database *whole, const weft__call *call, int64_t began)
{
    int64_t took = roughly_now() - began;
    bool is_slow = whole->slow != 0 && took >= whole->slow;
    if (WEFT_UNLIKELY(is_slow || weft_log_enabled(WEFT_LOG_DEBUG)))
        log_statement(call, took, is_slow);
}

/* ---- the three ways to run one --------------------------------------------------------------- */

static weft_db_result execute(weft_database *database, weft__call *call)
{
    WEFT__HOLD_WORKER(); /* engines keep connections for each worker */
    const weft_database *whole = database->transaction ? database->transaction->whole : database;
    int64_t began = roughly_now(), deadline = weft_deadline_current();
    call->failure_arena = weft_arena_current();
    weft__call_restart(call);
    if (WEFT_UNLIKELY(!weft__call_fits(call)))
        return weft__call_result(call);
    if (whole->timeout != 0)
        (void)weft_deadline_narrow(began + whole->timeout);
    if (WEFT_UNLIKELY(database->transaction != NULL)) {
        weft__transaction_execute(database->transaction, call);
    } else {
        database->engine->execute(database, call);
        weft__database_count(database, call->result);
    }
    if (whole->timeout != 0)
        weft_deadline_restore(deadline);
    log_if_wanted(whole, call, began);
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
