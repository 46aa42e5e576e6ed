/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statement runs before the commit.
 */
#include <weft/prelude.h>

SQL("UPDATE accounts SET cents = cents + $2 WHERE id = $1")
db_result add_cents(database *db, int32_t id, int64_t cents);

static db_result move(database *db, int32_t from, int32_t to, int64_t cents)
{
    TRY(add_cents(db, from, -cents));
    return add_cents(db, to, cents);
}

db_result pay(database *db, int32_t from, int32_t to, int64_t cents)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    return transaction_end(tx, move(within(tx), from, to, cents));
}
