/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who is given it ends it.
 */
#include <weft/prelude.h>

db_result finish(transaction *tx) CLOSES(tx);
bool worth_it(database *db);

db_result try_it(database *db)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    if (worth_it(within(tx)))
        return finish(tx);
    transaction_rollback(tx);
    return WEFT_DB_OK;
}
