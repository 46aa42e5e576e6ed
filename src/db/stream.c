/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/stream.c: copies and subscriptions: which engine, within which transaction, and what is said
 * of failures.
 */
#include "db/stream.h"

#include <weft/log.h>
#include <weft/runtime.h>

#include "runtime/hold.h"

static const weft_statement copy_statement = {.name = "copy"};
static const weft_statement subscribe_statement = {.name = "subscribe"};
static const weft_statement subscription_statement = {.name = "subscription"};

/* ---- handles --------------------------------------------------------------------------------- */

weft__call weft__stream_call(const weft_statement *what)
{
    weft__call call = {.statement = what, .failure_arena = weft_arena_current()};
    weft__call_restart(&call);
    return call;
}

bool weft__streams_exist(const weft_database *database, weft__call *call)
{
    if (database->engine->streams != NULL)
        return true;
    weft__call_fail(call, WEFT_DB_FAILED, 0,
                    "this database has neither COPY nor notifications nor advisory locks: they are "
                    "PostgreSQL's");
    return false;
}

void weft__stream_own(weft__stream *stream, const weft_database *database,
                      void (*release)(weft__owned *owned))
{
    *stream = (weft__stream){.streams = database->engine->streams,
                             .context = weft__context_current(),
                             .owned.release = release};
    weft__own(stream->context, &stream->owned);
}

void weft__stream_log_left_open(const char *what)
{
    weft_fiber *fiber = weft_fiber_current();
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("by", weft_str_from(fiber ? weft_fiber_name(fiber) : "")),
    };
    weft_log_event(WEFT_LOG_WARN, "db", weft_str_from(what), fields,
                   sizeof fields / sizeof fields[0]);
}

/* Notes what happened; the result for the caller. */
static weft_db_result ended(weft_transaction *tx, const weft__call *call)
{
    if (tx != NULL)
        weft__transaction_note(tx, call);
    return weft__call_result(call);
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void abort_open(weft__owned *owned)
{
    weft__stream_log_left_open("a copy was left open; it is given up");
    weft_copy *copy = (weft_copy *)weft__stream_of(owned);
    WEFT_TAKES(copy);
    weft_copy_abort(copy);
}

weft_db_result weft_copy_begin(weft_database *database, const char *sql, weft_copy **out)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&copy_statement);
    weft_transaction *tx = database->transaction;
    *out = NULL;
    if (!weft__streams_exist(database, &call) ||
        (tx != NULL && !weft__transaction_usable(tx, &call)))
        return weft__call_result(&call);
    weft_copy *copy = database->engine->streams->copy_begin(tx ? tx->whole : database,
                                                            tx ? tx->session : NULL, sql, &call);
    if (copy != NULL) {
        weft__stream_own(&copy->stream, database, abort_open);
        copy->tx = tx;
        copy->result = WEFT_DB_OK;
        if (tx != NULL)
            tx->copy = copy;
    }
    *out = copy;
    return ended(tx, &call);
}

/* Afterwards the copy can only be ended. */
static weft_db_result keep(weft_copy *copy, const weft__call *call)
{
    copy->result = call->result;
    copy->failure = call->failure;
    return ended(copy->tx, call);
}

weft_db_result weft_copy_write(weft_copy *copy, weft_str bytes)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&copy_statement);
    if (copy->result != WEFT_DB_OK)
        return copy->result;
    copy->stream.streams->copy_write(copy, bytes, &call);
    return keep(copy, &call);
}

weft_db_result weft_copy_read(weft_copy *copy, weft_str *row)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&copy_statement);
    if (copy->result != WEFT_DB_OK)
        return copy->result;
    bool more = copy->stream.streams->copy_read(copy, row, &call);
    weft_db_result result = keep(copy, &call);
    return result == WEFT_DB_OK && !more ? WEFT_DB_NONE : result;
}

/* The handle is nobody's any more; the transaction that it was begun in, or NULL. */
static weft_transaction *leave(weft_copy *copy)
{
    weft__stream_disown(&copy->stream);
    if (copy->tx != NULL)
        copy->tx->copy = NULL;
    return copy->tx;
}

weft_db_result weft_copy_end(weft_copy *copy, int64_t *rows)
{
    WEFT_GIVES(copy);
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&copy_statement);
    weft_transaction *tx = leave(copy);
    call.result = copy->result;
    call.failure = copy->failure;
    copy->stream.streams->copy_end(copy, copy->result == WEFT_DB_OK, &call);
    if (rows != NULL && call.result == WEFT_DB_OK)
        *rows = call.affected;
    return ended(tx, &call);
}

void weft_copy_abort(weft_copy *copy)
{
    WEFT_GIVES(copy);
    WEFT__HOLD_WORKER();
    if (copy == NULL)
        return;
    weft__call call = weft__stream_call(&copy_statement);
    weft_transaction *tx = leave(copy);
    weft__call_fail(&call, WEFT_DB_FAILED, 0, "the copy was given up");
    copy->stream.streams->copy_end(copy, false, &call);
    if (tx != NULL)
        weft__transaction_note(tx, &call);
}

/* ---- subscriptions --------------------------------------------------------------------------- */

static void close_open(weft__owned *owned)
{
    weft__stream_log_left_open("a subscription was left open; it is closed");
    weft_subscription *subscription = (weft_subscription *)weft__stream_of(owned);
    WEFT_TAKES(subscription);
    weft_subscription_close(subscription);
}

weft_db_result weft_subscribe(weft_database *database, weft_str channel, weft_subscription **out)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&subscribe_statement);
    *out = NULL;
    if (!weft__streams_exist(database, &call))
        return weft__call_result(&call);
    if (channel.len == 0 || channel.len > WEFT_SUBSCRIPTION_NAME_MAX ||
        memchr(channel.at, '\0', channel.len) != NULL)
        weft__call_fail(&call, WEFT_DB_FAILED, 0, "a channel has a name of 1 to %d bytes",
                        WEFT_SUBSCRIPTION_NAME_MAX);
    else if (database->transaction != NULL)
        weft__call_fail(&call, WEFT_DB_FAILED, 0, "subscribe outside of the transaction");
    if (call.result == WEFT_DB_OK)
        *out = database->engine->streams->subscribe(database, channel, &call);
    if (*out != NULL)
        weft__stream_own(&(*out)->stream, database, close_open);
    return weft__call_result(&call);
}

weft_db_result weft_subscription_next(weft_subscription *subscription, int64_t deadline,
                                      weft_notice *out)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&subscription_statement);
    *out = (weft_notice){0};
    subscription->stream.streams->next_notice(subscription, deadline, out, &call);
    return weft__call_result(&call);
}

void weft_subscription_close(weft_subscription *subscription)
{
    WEFT_GIVES(subscription);
    WEFT__HOLD_WORKER();
    if (subscription == NULL)
        return;
    weft__stream_disown(&subscription->stream);
    subscription->stream.streams->unsubscribe(subscription);
}
