/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function that finishes a transaction was given it; it is rolled back all the same.
 *
 * gcc: accepts
 * clang: 'tx' (that was not held|is not held on every path)
 */
#include <weft/prelude.h>

db_result finish(transaction *tx) CLOSES(tx);
bool worth_it(database *db);

db_result try_it(database *db)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    db_result result = WEFT_DB_OK;
    if (worth_it(within(tx)))
        result = finish(tx);
    transaction_rollback(tx);
    return result;
}
