/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/stream.h: a connection that one fiber or thread has for itself, used outside of the
 * pipeline: for COPY and for notifications.
 */
#ifndef WEFT_DB_POSTGRES_STREAM_H
#define WEFT_DB_POSTGRES_STREAM_H

#include "db/postgres/pool.h"

/* Wait until something has come, and take it in; until there is room to write. False: the deadline
 * has passed, the fiber was cancelled, or the connection lost; then the call has failed. */
bool weft__pg_wait_input(weft__pg_connection *connection, int64_t deadline, weft__call *call)
    WEFT_NODISCARD;
bool weft__pg_wait_room(weft__pg_connection *connection, int64_t deadline, weft__call *call)
    WEFT_NODISCARD;

/* copy.c */
weft_copy *weft__pg_copy_begin(weft_database *database, weft__session *session, const char *sql,
                               weft__call *call);
void weft__pg_copy_write(weft_copy *copy, weft_str bytes, weft__call *call);
bool weft__pg_copy_read(weft_copy *copy, weft_str *row, weft__call *call);
void weft__pg_copy_end(weft_copy *copy, bool good, weft__call *call);

/* subscribe.c */
weft_subscription *weft__pg_subscribe(weft_database *database, weft_str channel, weft__call *call);
void weft__pg_next_notice(weft_subscription *subscription, int64_t deadline, weft_notice *out,
                          weft__call *call);
void weft__pg_unsubscribe(weft_subscription *subscription);

/* advisory.c */
weft_advisory *weft__pg_advisory_lock(weft_database *database, int64_t key, bool wait,
                                      weft__call *call);
void weft__pg_advisory_check(weft_advisory *lock, weft__call *call);
void weft__pg_advisory_unlock(weft_advisory *lock, weft__call *call);

/* Whether the server's session is the connection's own, as none is behind a pooler that gives one
 * to each transaction. False also when that cannot be asked: then the call has failed. */
bool weft__pg_has_session(weft__pg_connection *connection, weft__call *call);

#endif
