/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * TRY leaves the function, and the transaction stays open.
 *
 * gcc: accepts
 * clang: 'tx' is not held on every path
 */
#include <weft/prelude.h>

http_status withdraw(database *db, int32_t from, int64_t cents);
http_status deposit(database *db, int32_t to, int64_t cents);

http_status pay(database *db, int32_t from, int32_t to, int64_t cents)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    TRY(withdraw(within(tx), from, cents));
    TRY(deposit(within(tx), to, cents));
    TRY(transaction_commit(tx));
    return HTTP_NO_CONTENT;
}
