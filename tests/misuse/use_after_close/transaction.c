/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A statement runs in a transaction that is over.
 *
 * gcc: accepts
 * clang: requires holding transaction 'tx' exclusively
 */
#include <weft/prelude.h>

SQL("UPDATE accounts SET cents = cents + $2 WHERE id = $1")
db_result add_cents(database *db, int32_t id, int64_t cents);

db_result pay(database *db, int32_t from, int32_t to, int64_t cents)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    db_result result = transaction_end(tx, add_cents(within(tx), from, -cents));
    return result ? result : add_cents(within(tx), to, cents);
}
