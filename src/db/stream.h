/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/stream.h: the front of what an engine keeps for a copy and for a subscription.
 */
#ifndef WEFT_DB_STREAM_H
#define WEFT_DB_STREAM_H

#include "db/transaction.h"

struct weft_copy {
    const weft__streams *streams;
    weft_transaction *tx;  /* that it was begun in, or NULL */
    weft_db_result result; /* of all so far */
    weft_db_failure *failure;
};

struct weft_subscription {
    const weft__streams *streams;
};

#endif
