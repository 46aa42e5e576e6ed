/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the commit answers, the handler answers.
 */
#include <weft/prelude.h>

http_status save(transaction *tx) CLOSES(tx);

http_status save(transaction *tx)
{
    TRY(transaction_commit(tx));
    return HTTP_CREATED;
}
