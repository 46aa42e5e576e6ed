/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/transaction.c: transactions, whatever the engine: who may use one when, which failures spoil
 * it, and that none stays open.
 */
#include "db/transaction.h"

#include <weft/log.h>
#include <weft/runtime.h>

#include <stdio.h>
#include <stdlib.h>

#include "runtime/hold.h"

#define FIRST_PAUSE \
    (2 * WEFT_MILLISECOND) /* before the first retry; doubled for each further one */

static const weft_statement begin_statement = {.name = "begin"};
static const weft_statement commit_statement = {.name = "commit"};

static weft__call call_of(const weft_statement *statement)
{
    weft__call call = {.statement = statement, .failure_arena = weft_arena_current()};
    weft__call_restart(&call);
    return call;
}

/* ---- running --------------------------------------------------------------------------------- */

bool weft__transaction_usable(const weft_transaction *tx, weft__call *call)
{
    if (WEFT_UNLIKELY(tx->context != weft__context_current()))
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "the transaction begun at %s:%u belongs to another fiber", tx->file,
                        tx->line);
    else if (WEFT_UNLIKELY(tx->child != NULL))
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "a transaction within this one, begun at %s:%u, is still open",
                        tx->child->file, tx->child->line);
    else if (WEFT_UNLIKELY(tx->copy != NULL))
        weft__call_fail(call, WEFT_DB_FAILED, 0, "a copy is still open in the transaction");
    else if (WEFT_UNLIKELY(tx->spoilt != WEFT_DB_OK))
        weft__call_fail(call, tx->spoilt, 0,
                        "\"%s\" failed in this transaction before; what may fail goes into a "
                        "transaction within it",
                        tx->spoilt_by);
    return call->result == WEFT_DB_OK;
}

void weft__transaction_note(weft_transaction *tx, const weft__call *call)
{
    if (WEFT_LIKELY(call->result == WEFT_DB_OK) || tx->spoilt != WEFT_DB_OK)
        return;
    tx->spoilt = call->result;
    tx->spoilt_by = call->statement->name;
}

void weft__transaction_execute(weft_transaction *tx, weft__call *call)
{
    if (!weft__transaction_usable(tx, call))
        return;
    tx->base.engine->execute_within(tx->session, call);
    weft__transaction_note(tx, call);
    weft__database_count(tx->whole, call->result);
}

weft_database *weft_within(weft_transaction *tx)
{
    return &tx->base;
}

/* ---- beginning ------------------------------------------------------------------------------- */

static weft_transaction *of_owned(weft__owned *owned)
{
    return (weft_transaction *)((char *)owned - offsetof(weft_transaction, owned));
}

static void release_open(weft__owned *owned)
{
    weft_transaction *tx = of_owned(owned);
    char place[256];
    snprintf(place, sizeof place, "%s:%u", tx->file, tx->line);
    weft_fiber *fiber = weft_fiber_current();
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("begun_at", weft_str_from(place)),
        WEFT_FIELD_STR("by", weft_str_from(fiber ? weft_fiber_name(fiber) : "")),
    };
    weft_log_event(WEFT_LOG_WARN, "db", WEFT_STR("a transaction was left open; it is rolled back"),
                   fields, sizeof fields / sizeof fields[0]);
    WEFT_TAKES(tx);
    weft_transaction_rollback(tx);
}

bool weft__transaction_is_open(const weft_database *database, bool reading_too)
{
    for (weft__owned *at = weft__context_current()->owned; at != NULL; at = at->older)
        if (at->release == release_open && of_owned(at)->whole == database &&
            (reading_too || of_owned(at)->writes))
            return true;
    return false;
}

static void begin_outermost(weft_transaction *tx, const weft_transaction_options *options,
                            weft__call *call)
{
    static const weft_transaction_options defaults = {0};
    tx->writes = options == NULL || !options->read_only;
    tx->session = tx->whole->engine->begin(tx->whole, options ? options : &defaults, call);
    weft__database_count(tx->whole, call->result);
    atomic_fetch_add_explicit(&tx->whole->counts.transactions, 1, memory_order_relaxed);
}

static void begin_within(weft_transaction *tx, const weft_transaction_options *options,
                         weft__call *call)
{
    weft_transaction *parent = tx->parent;
    if (!weft__transaction_usable(parent, call))
        return;
    if (options != NULL)
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "a transaction within another one takes no options: they are the outer's");
    else if (parent->depth == WEFT_TRANSACTION_DEPTH)
        weft__call_fail(call, WEFT_DB_FAILED, 0, "%d transactions are open within each other",
                        WEFT_TRANSACTION_DEPTH);
    if (call->result != WEFT_DB_OK)
        return;
    tx->session = parent->session;
    tx->depth = parent->depth + 1;
    tx->base.engine->savepoint(tx->session, WEFT__SAVE, tx->depth, call);
    weft__transaction_note(parent, call);
    if (call->result == WEFT_DB_OK)
        parent->child = tx;
}

weft_db_result weft__transaction_begin(weft_database *database,
                                       const weft_transaction_options *options, const char *file,
                                       unsigned line, weft_transaction **out)
{
    WEFT__HOLD_WORKER();
    weft__call call = call_of(&begin_statement);
    weft_transaction *parent = database->transaction, *tx = malloc(sizeof(*tx));
    *out = NULL;
    if (tx == NULL) {
        weft__call_fail(&call, WEFT_DB_NO_MEMORY, 0, "no memory for a transaction");
        (void)!weft__call_result(&call);
        return WEFT_DB_NO_MEMORY;
    }
    *tx = (weft_transaction){.base = {database->engine, tx},
                             .whole = parent ? parent->whole : database,
                             .context = weft__context_current(),
                             .owned.release = release_open,
                             .parent = parent,
                             .depth = 1,
                             .file = file,
                             .line = line};
    if (parent != NULL)
        begin_within(tx, options, &call);
    else
        begin_outermost(tx, options, &call);
    weft_db_result result = call.result;
    if (result != WEFT_DB_OK) {
        free(tx);
        (void)!weft__call_result(&call);
        return result;
    }
    weft__own(tx->context, &tx->owned);
    *out = tx;
    return WEFT_DB_OK;
}

/* ---- ending ---------------------------------------------------------------------------------- */

/* Closes what is open in it. */
static void close_inner(weft_transaction *tx)
{
    if (tx->child != NULL) {
        WEFT_TAKES(tx->child);
        weft_transaction_rollback(tx->child);
    }
    while (tx->cursors != NULL) {
        weft_cursor *cursor = tx->cursors;
        (void)!weft__cursor_close(&cursor);
    }
    WEFT_TAKES(tx->copy);
    weft_copy_abort(tx->copy);
}

static void forget(weft_transaction *tx)
{
    if (tx->parent != NULL)
        tx->parent->child = NULL;
    weft__disown(tx->context, &tx->owned);
    free(tx);
}

/* Undoes all of it; the outermost one's session is gone then. */
static void undo(weft_transaction *tx)
{
    const weft__engine *engine = tx->base.engine;
    if (tx->parent == NULL) {
        engine->rollback(tx->session);
        return;
    }
    weft__call call = call_of(&(const weft_statement){.name = "rollback"});
    weft_shield shield = weft_shield_begin();
    engine->savepoint(tx->session, WEFT__UNDO, tx->depth, &call);
    weft_shield_end(shield);
    weft__transaction_note(tx->parent, &call); /* then it cannot be gone back to */
}

void weft_transaction_rollback(weft_transaction *tx)
{
    WEFT_GIVES(tx);
    if (tx == NULL)
        return;
    WEFT__HOLD_WORKER();
    close_inner(tx);
    undo(tx);
    forget(tx);
}

weft_db_result weft_transaction_commit(weft_transaction *tx)
{
    WEFT_GIVES(tx);
    WEFT__HOLD_WORKER();
    weft__call call = call_of(&commit_statement);
    close_inner(tx);
    if (!weft__transaction_usable(tx, &call)) {
        undo(tx);
    } else if (tx->parent == NULL) {
        tx->base.engine->commit(tx->session, &call);
    } else {
        tx->base.engine->savepoint(tx->session, WEFT__RELEASE, tx->depth, &call);
        weft__transaction_note(tx->parent, &call);
    }
    forget(tx);
    return weft__call_result(&call);
}

int weft__transaction_end(weft_transaction *tx, int result)
{
    if (WEFT_FAILED(result)) {
        weft_transaction_rollback(tx);
        return result;
    }
    weft_db_result committed = weft_transaction_commit(tx);
    return committed == WEFT_DB_OK ? result : (int)committed;
}

/* ---- again ----------------------------------------------------------------------------------- */

static weft_db_result transact_once(weft_database *database,
                                    const weft_transaction_options *options, const char *file,
                                    unsigned line, weft_transaction_fn *body, void *arg)
{
    weft_transaction *tx;
    weft_db_result result = weft__transaction_begin(database, options, file, line, &tx);
    if (result != WEFT_DB_OK)
        return result;
    result = body(tx, arg);
    if (!WEFT_FAILED(result))
        return weft_transaction_commit(tx);
    if (tx->spoilt == WEFT_DB_CONFLICT)
        result = WEFT_DB_CONFLICT;
    weft_transaction_rollback(tx);
    return result;
}

weft_db_result weft__transact(weft_database *database, const weft_transaction_options *options,
                              const char *file, unsigned line, weft_transaction_fn *body, void *arg)
{
    int64_t pause = FIRST_PAUSE;
    for (unsigned tries = 0;; tries++) {
        weft_db_result result = transact_once(database, options, file, line, body, arg);
        if (result != WEFT_DB_CONFLICT || tries == WEFT_TRANSACTION_RETRIES ||
            database->transaction != NULL)
            return result;
        if (weft_sleep(pause) != WEFT_OK)
            return result;
        pause *= 2;
    }
}
