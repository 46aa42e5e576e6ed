/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A transaction is ended once, whatever it answers.
 */
#include <weft/prelude.h>

http_status change(database *db);

http_status change_all(database *db)
{
    transaction *tx;
    TRY(transaction_begin(db, NULL, &tx));
    return transaction_end(tx, change(within(tx)));
}
