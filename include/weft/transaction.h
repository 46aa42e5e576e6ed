/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/transaction.h: several statements of which all happen, or none:
 *
 *     weft_transaction *tx;
 *     WEFT_TRY(weft_transaction_begin(db, NULL, &tx));
 *     return weft_transaction_end(tx, move_money(weft_within(tx), from, to, amount));
 *
 * A transaction belongs to the fiber (or plain thread) that began it and holds a connection: of
 * SQLite the one that writes, unless it is read only. It is over when it was committed or rolled
 * back. What a handler leaves open is rolled back when it returns, before its response is sent, and
 * logged; the same at the end of a fiber.
 *
 * A statement that fails has spoilt its transaction: what follows in it fails as well, and it
 * cannot be committed any more. What may fail goes into a transaction within the transaction.
 */
#ifndef WEFT_TRANSACTION_H
#define WEFT_TRANSACTION_H

#include <weft/db.h>

#define WEFT_TRANSACTION_RETRIES 5  /* how often weft_transact begins anew */
#define WEFT_TRANSACTION_DEPTH   16 /* transactions within each other at most */

typedef struct WEFT_OWNED("transaction") weft_transaction weft_transaction;

/* SQLite's are always serializable. */
typedef enum weft_isolation {
    WEFT_ISOLATION_DEFAULT, /* as the database is configured */
    WEFT_READ_COMMITTED,
    WEFT_REPEATABLE_READ,
    WEFT_SERIALIZABLE,
} weft_isolation;

typedef struct weft_transaction_options {
    weft_isolation isolation;
    bool read_only;
    bool deferrable; /* serializable and read only: waits for a snapshot that nothing can spoil */
} weft_transaction_options;

/* Begins; options NULL for the defaults. On weft_within(tx): a savepoint, which is committed into
 * its parent or rolled back to (options NULL; else WEFT_DB_FAILED). Waits for a connection, for
 * SQLite's until other writers are done, by the deadline. A failure has left nothing open. */
#define weft_transaction_begin(database, options, tx) \
    weft__transaction_begin((database), (options), __FILE__, __LINE__, (tx))
weft_db_result weft__transaction_begin(weft_database *database,
                                       const weft_transaction_options *options, const char *file,
                                       unsigned line, weft_transaction **tx) WEFT_TRY_OPENS(*tx)
    WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 5);

/* The database whose statements run in the transaction. Lives as long as it; not to be closed. */
weft_database *weft_within(weft_transaction *tx) WEFT_USES(tx) WEFT_RETURNS_NONNULL WEFT_NONNULL(1);

/* Ends the transaction, and those within it that are still open; `tx` is gone, whatever is
 * answered. Anything but WEFT_DB_OK: nothing of it happened, unless the failure is in_doubt. */
weft_db_result weft_transaction_commit(weft_transaction *tx) WEFT_CLOSES(tx)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* The same, and nothing of it happened. Neither deadline nor cancellation keeps it from that. NULL
 * is a no-op. */
void weft_transaction_rollback(weft_transaction *tx) WEFT_CLOSES(tx);

/* Commits when `result` is a success, of whatever vocabulary, and rolls back when it is none.
 * Answers `result`, or why it could not be committed:
 *     return weft_transaction_end(tx, move_money(weft_within(tx), from, to)); */
#define weft_transaction_end(tx, result) \
    ((__typeof__(+(result)))weft__transaction_end((tx), (int)(result)))
int weft__transaction_end(weft_transaction *tx, int result) WEFT_CLOSES(tx)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Runs body in a transaction and commits; rolls back when it answers anything that is a failure. A
 * transaction that ran into another one (WEFT_DB_CONFLICT) is begun anew, up to
 * WEFT_TRANSACTION_RETRIES times, after a moment that grows; so `body` must bear to be run again.
 * Answers what body, or the commit, answered last. The body's prototype says that it uses a
 * transaction which is open: WEFT_USES(tx). */
#define weft_transact(database, options, body, arg) \
    weft__transact((database), (options), __FILE__, __LINE__, (body), (arg))
typedef weft_db_result weft_transaction_fn(weft_transaction *tx, void *arg);
weft_db_result weft__transact(weft_database *database, const weft_transaction_options *options,
                              const char *file, unsigned line, weft_transaction_fn *body, void *arg)
    WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 5);

#endif
