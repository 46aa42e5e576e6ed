/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/stream.h: handles of what only PostgreSQL has: copies, subscriptions, advisory locks.
 */
#ifndef WEFT_DB_STREAM_H
#define WEFT_DB_STREAM_H

#include "db/transaction.h"

/* The front of each: whose it is. */
typedef struct weft__stream {
    const weft__streams *streams;
    weft__context *context;
    weft__owned owned;
} weft__stream;

struct weft_copy {
    weft__stream stream;
    weft_transaction *tx;  /* that it was begun in, or NULL */
    weft_db_result result; /* of all so far */
    weft_db_failure *failure;
};

struct weft_subscription {
    weft__stream stream;
};

struct weft_advisory {
    weft__stream stream;
    int64_t key;
};

/* A call without parameters, for what is no statement of a user's. */
weft__call weft__stream_call(const weft_statement *what);

/* Whether the database has such things at all; otherwise the call has failed. */
bool weft__streams_exist(const weft_database *database, weft__call *call) WEFT_NODISCARD;

/* Makes an opened handle the context's, which releases it at its end; and no more. */
void weft__stream_own(weft__stream *stream, const weft_database *database,
                      void (*release)(weft__owned *owned));
static inline void weft__stream_disown(weft__stream *stream)
{
    weft__disown(stream->context, &stream->owned);
}

static inline weft__stream *weft__stream_of(weft__owned *owned)
{
    return (weft__stream *)((char *)owned - offsetof(weft__stream, owned));
}

/* Says in the log that `what`, a clause, has happened to a handle. */
void weft__stream_log_left_open(const char *what);

#endif
