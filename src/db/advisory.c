/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/advisory.c: advisory locks: where there are some, and that none is left.
 */
#include <weft/log.h>

#include "db/stream.h"
#include "runtime/hold.h"

static const weft_statement lock_statement = {.name = "advisory lock"};

int64_t weft_advisory_key(weft_str name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (uint8_t)name.at[i]) * UINT64_C(0x100000001b3);
    return (int64_t)hash;
}

/* ---- of the session -------------------------------------------------------------------------- */

static void unlock_left(weft__owned *owned)
{
    weft__stream_log_left_open("an advisory lock was left locked; it is unlocked");
    weft_advisory *left = (weft_advisory *)weft__stream_of(owned);
    WEFT_TAKES(left);
    (void)!weft_advisory_unlock(left);
}

static weft_db_result lock(weft_database *database, int64_t key, bool wait, weft_advisory **out)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&lock_statement);
    *out = NULL;
    if (database->transaction != NULL)
        weft__call_fail(&call, WEFT_DB_FAILED, 0,
                        "a lock of the session is taken outside of the transaction; within it is "
                        "weft_transaction_lock");
    else if (weft__streams_exist(database, &call))
        *out = database->engine->streams->lock(database, key, wait, &call);
    if (*out != NULL)
        weft__stream_own(&(*out)->stream, database, unlock_left);
    return weft__call_result(&call);
}

weft_db_result weft_advisory_lock(weft_database *database, int64_t key, weft_advisory **out)
{
    return lock(database, key, true, out);
}

weft_db_result weft_advisory_try_lock(weft_database *database, int64_t key, weft_advisory **out)
{
    return lock(database, key, false, out);
}

weft_db_result weft_advisory_check(weft_advisory *lock)
{
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&lock_statement);
    lock->stream.streams->check(lock, &call);
    return weft__call_result(&call);
}

weft_db_result weft_advisory_unlock(weft_advisory *lock)
{
    WEFT_GIVES(lock);
    WEFT__HOLD_WORKER();
    weft__call call = weft__stream_call(&lock_statement);
    weft__stream_disown(&lock->stream);
    lock->stream.streams->unlock(lock, &call);
    return weft__call_result(&call);
}

/* ---- of a transaction ------------------------------------------------------------------------ */

static weft_db_result decode_bool(const weft_row *row, weft_arena *arena, void *into)
{
    (void)arena;
    return weft_row_bool(row, 0, into);
}

static weft_db_result run_in(weft_transaction *tx, const weft_statement *statement, int64_t key,
                             bool *had) WEFT_USES(tx);
static weft_db_result run_in(weft_transaction *tx, const weft_statement *statement, int64_t key,
                             bool *had)
{
    const weft_db_value parameter = {.type = WEFT_DB_INTEGER, .integer = key};
    weft_database *database = weft_within(tx);
    weft__call call = weft__stream_call(statement);
    if (!weft__streams_exist(database, &call))
        return weft__call_result(&call);
    return weft_db_one(database, statement, &parameter, weft_arena_current(), decode_bool, had);
}

weft_db_result weft_transaction_lock(weft_transaction *tx, int64_t key)
{
    static const weft_statement statement = {
        .name = "weft_transaction_lock",
        .sql = "SELECT pg_advisory_xact_lock($1)::text IS NOT NULL",
        .parameters = 1,
        .columns = 1};
    bool had;
    return run_in(tx, &statement, key, &had);
}

weft_db_result weft_transaction_try_lock(weft_transaction *tx, int64_t key)
{
    static const weft_statement statement = {.name = "weft_transaction_try_lock",
                                             .sql = "SELECT pg_try_advisory_xact_lock($1)",
                                             .parameters = 1,
                                             .columns = 1};
    bool had = false;
    WEFT_TRY(run_in(tx, &statement, key, &had));
    return had ? WEFT_DB_OK : WEFT_DB_BUSY;
}
