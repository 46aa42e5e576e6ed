/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whether the transaction was committed is not asked.
 *
 * gcc: ignoring return value of .*weft_transaction_commit
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

http_status save(transaction *tx) CLOSES(tx);

http_status save(transaction *tx)
{
    transaction_commit(tx);
    return HTTP_CREATED;
}
