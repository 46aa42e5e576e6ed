/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The work is a function of its own, which TRY may leave.
 */
#include <weft/prelude.h>

http_status withdraw(database *db, int32_t from, int64_t cents);
http_status deposit(database *db, int32_t to, int64_t cents);

static http_status move(database *db, int32_t from, int32_t to, int64_t cents)
{
    TRY(withdraw(db, from, cents));
    TRY(deposit(db, to, cents));
    return HTTP_NO_CONTENT;
}

http_status pay(database *db, int32_t from, int32_t to, int64_t cents)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    return transaction_end(tx, move(within(tx), from, to, cents));
}
