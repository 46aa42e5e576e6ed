/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A commit that fails has ended the transaction, too.
 *
 * gcc: accepts
 * clang: releasing transaction 'tx' that was not held
 */
#include <weft/prelude.h>

http_status change(database *db);

http_status change_all(database *db)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    http_status status = change(within(tx));
    db_result result = transaction_commit(tx);
    if (result != WEFT_DB_OK)
        transaction_rollback(tx);
    return status;
}
