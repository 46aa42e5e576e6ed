/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/stream.c: copies and subscriptions: which engine, within which transaction, and what is said
 * of failures.
 */
#include "db/stream.h"
#include "runtime/hold.h"

#include <stdlib.h>

static weft__call call_of(const char *what, weft_statement *statement)
{
    *statement = (weft_statement){.name = what};
    weft__call call = {.statement = statement, .failure_arena = weft_arena_current()};
    weft__call_restart(&call);
    return call;
}

static bool has_streams(const weft_database *database, weft__call *call)
{
    if (database->engine->streams != NULL)
        return true;
    weft__call_fail(call, WEFT_DB_FAILED, 0, "this database has neither COPY nor notifications");
    return false;
}

/* Notes what happened; the result for the caller. */
static weft_db_result ended(weft_transaction *tx, const weft__call *call)
{
    if (tx != NULL)
        weft__transaction_note(tx, call);
    return weft__call_result(call);
}

/* ---- copies ---------------------------------------------------------------------------------- */

weft_db_result weft_copy_begin(weft_database *database, const char *sql, weft_copy **out)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    weft__call call = call_of("copy", &statement);
    weft_transaction *tx = database->transaction;
    *out = NULL;
    if (!has_streams(database, &call) || (tx != NULL && !weft__transaction_usable(tx, &call)))
        return weft__call_result(&call);
    weft_copy *copy = database->engine->streams->copy_begin(tx ? tx->whole : database,
                                                            tx ? tx->session : NULL, sql, &call);
    if (copy != NULL) {
        copy->streams = database->engine->streams;
        copy->tx = tx;
        copy->result = WEFT_DB_OK;
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
    weft_statement statement;
    weft__call call = call_of("copy", &statement);
    if (copy->result != WEFT_DB_OK)
        return copy->result;
    copy->streams->copy_write(copy, bytes, &call);
    return keep(copy, &call);
}

weft_db_result weft_copy_read(weft_copy *copy, weft_str *row)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    weft__call call = call_of("copy", &statement);
    if (copy->result != WEFT_DB_OK)
        return copy->result;
    bool more = copy->streams->copy_read(copy, row, &call);
    weft_db_result result = keep(copy, &call);
    return result == WEFT_DB_OK && !more ? WEFT_DB_NONE : result;
}

weft_db_result weft_copy_end(weft_copy *copy, int64_t *rows)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    weft__call call = call_of("copy", &statement);
    weft_transaction *tx = copy->tx;
    call.result = copy->result;
    call.failure = copy->failure;
    copy->streams->copy_end(copy, copy->result == WEFT_DB_OK, &call);
    if (rows != NULL && call.result == WEFT_DB_OK)
        *rows = call.affected;
    return ended(tx, &call);
}

void weft_copy_abort(weft_copy *copy)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    if (copy == NULL)
        return;
    weft__call call = call_of("copy", &statement);
    weft_transaction *tx = copy->tx;
    weft__call_fail(&call, WEFT_DB_FAILED, 0, "the copy was given up");
    copy->streams->copy_end(copy, false, &call);
    if (tx != NULL)
        weft__transaction_note(tx, &call);
}

/* ---- subscriptions --------------------------------------------------------------------------- */

weft_db_result weft_subscribe(weft_database *database, weft_str channel, weft_subscription **out)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    weft__call call = call_of("subscribe", &statement);
    *out = NULL;
    if (!has_streams(database, &call))
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
        (*out)->streams = database->engine->streams;
    return weft__call_result(&call);
}

weft_db_result weft_subscription_next(weft_subscription *subscription, int64_t deadline,
                                      weft_notice *out)
{
    WEFT__HOLD_WORKER();
    weft_statement statement;
    weft__call call = call_of("subscription", &statement);
    *out = (weft_notice){0};
    subscription->streams->next_notice(subscription, deadline, out, &call);
    return weft__call_result(&call);
}

void weft_subscription_close(weft_subscription *subscription)
{
    WEFT__HOLD_WORKER();
    if (subscription != NULL)
        subscription->streams->unsubscribe(subscription);
}
