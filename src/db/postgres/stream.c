/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/stream.c: see stream.h.
 */
#include "db/postgres/stream.h"

#include <poll.h>
#include <weft/runtime.h>

static void fail(weft__pg_connection *connection, weft_error error, weft__call *call)
{
    weft_db_result result = error == WEFT_CANCELLED   ? WEFT_DB_CANCELLED
                            : error == WEFT_TIMED_OUT ? WEFT_DB_TIMED_OUT
                                                      : WEFT_DB_AWAY;
    if (result != WEFT_DB_AWAY) {
        weft__call_fail(call, result, 0, "%s", weft_db_result_text(result));
        return;
    }
    connection->lost = true;
    weft__call_fail(call, result, 0, "the connection was lost: %s", PQerrorMessage(connection->pg));
}

static weft_error wait_in_thread(const weft__pg_connection *connection, short events,
                                 int64_t deadline)
{
    int64_t own = weft_deadline_current(), until = own < deadline ? own : deadline;
    int64_t wait = until == WEFT_NEVER ? -1 : (until - weft_clock_now()) / WEFT_MILLISECOND + 1;
    struct pollfd at = {.fd = PQsocket(connection->pg), .events = events};
    if (until != WEFT_NEVER && wait <= 0)
        return WEFT_TIMED_OUT;
    return poll(&at, 1, wait > INT_MAX ? INT_MAX : (int)wait) != 0 ? WEFT_OK : WEFT_TIMED_OUT;
}

static weft_error wait_for(weft__pg_connection *connection, uint8_t events, int64_t deadline)
{
    if (connection->lane == NULL)
        return wait_in_thread(connection, events == WEFT__WRITABLE ? POLLOUT : POLLIN, deadline);
    if (events == WEFT__READABLE && weft__pg_has_unread(connection))
        return WEFT_OK;
    if (!(connection->source.ready & WEFT__HANGUP))
        weft__source_blocked(&connection->source, events);
    return weft__source_wait(&connection->source, events, deadline);
}

bool weft__pg_wait_input(weft__pg_connection *connection, int64_t deadline, weft__call *call)
{
    weft_error error = PQflush(connection->pg) < 0 ? WEFT_IO : WEFT_OK;
    if (!error)
        error = wait_for(connection, WEFT__READABLE, deadline);
    if (!error && !PQconsumeInput(connection->pg))
        error = WEFT_IO;
    if (error)
        fail(connection, error, call);
    return !error;
}

bool weft__pg_wait_room(weft__pg_connection *connection, int64_t deadline, weft__call *call)
{
    weft_error error = WEFT_OK;
    for (int left; !error && (left = PQflush(connection->pg)) != 0;)
        error = left < 0 ? WEFT_IO : wait_for(connection, WEFT__WRITABLE, deadline);
    if (error)
        fail(connection, error, call);
    return !error;
}
