/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/advisory.h: PostgreSQL's advisory locks, which lock nothing but what programs agree on: only
 * one of several processes runs a job, leads, or migrates.
 *
 *     weft_advisory *lock;
 *     WEFT_TRY(weft_advisory_lock(db, weft_advisory_key(WEFT_STR("nightly report")), &lock));
 *     ...
 *     WEFT_TRY(weft_advisory_unlock(lock));
 *
 * A lock belongs to the fiber (or plain thread) that took it and has a connection for itself. It
 * ends with that connection, so a process that is killed leaves none. What a handler leaves locked
 * is unlocked when it returns, and logged; the same at the end of a fiber.
 *
 * SQLite has none: all of this is WEFT_DB_FAILED there. A transaction that writes is the only one
 * of its file.
 */
#ifndef WEFT_ADVISORY_H
#define WEFT_ADVISORY_H

#include <weft/transaction.h>

typedef struct WEFT_OWNED("advisory lock") weft_advisory weft_advisory;

/* A key for a name, the same in every process and version: the FNV-1a hash. Any number is a key,
 * and so is what other programs give to pg_advisory_lock. */
int64_t weft_advisory_key(weft_str name);

/* Waits until the lock is had: by the deadline of the fiber or thread, not the statement timeout,
 * and for a connection by the acquire timeout. The same fiber may not lock a key twice: it would
 * wait for itself. WEFT_DB_FAILED behind a pooler that gives each transaction another session,
 * which would take the lock along: pgbouncer=off in the URL says that it does not, else lock
 * within a transaction. Not in one (on weft_within(tx)). */
weft_db_result weft_advisory_lock(weft_database *database, int64_t key, weft_advisory **out)
    WEFT_TRY_OPENS(*out) WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 3);

/* The same without waiting for who has it: WEFT_DB_BUSY. */
weft_db_result weft_advisory_try_lock(weft_database *database, int64_t key, weft_advisory **out)
    WEFT_TRY_OPENS(*out) WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 3);

/* Asks the server: WEFT_DB_OK, it is held; WEFT_DB_AWAY: the connection was lost, and with it the
 * lock, which somebody else may have by now. For who holds one for long. */
weft_db_result weft_advisory_check(weft_advisory *lock) WEFT_USES(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Unlocks; `lock` is gone, whatever is answered. WEFT_DB_OK: it was held all the time; else it had
 * been lost before, and what was done under it was perhaps not done alone. Neither deadline nor
 * cancellation keeps it from that. */
weft_db_result weft_advisory_unlock(weft_advisory *lock) WEFT_CLOSES(lock)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Within a transaction, whose end unlocks. Works behind every pooler. Waits as a statement does; a
 * wait in vain has spoilt the transaction. */
weft_db_result weft_transaction_lock(weft_transaction *tx, int64_t key) WEFT_USES(tx)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* The same without waiting: WEFT_DB_BUSY when somebody else has it, which spoils nothing. */
weft_db_result weft_transaction_try_lock(weft_transaction *tx, int64_t key) WEFT_USES(tx)
    WEFT_NODISCARD WEFT_NONNULL(1);

#endif
