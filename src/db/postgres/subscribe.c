/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/subscribe.c: LISTEN, on a connection that is not used for anything else afterwards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/runtime.h>

#include "db/postgres/stream.h"
#include "db/stream.h"

#define PAUSE (100 * WEFT_MILLISECOND) /* between two tries to reach the server again */

typedef struct pg_subscription {
    weft_subscription base;
    weft__pg *pool;
    weft__pg_connection *connection; /* NULL: it was lost */
    PGnotify *notice;                /* the last one */
    bool gap;
    char listen[2 * WEFT_SUBSCRIPTION_NAME_MAX + 16];
} pg_subscription;

/* LISTEN "name", with the quotes within doubled. */
static void write_listen(weft_str channel, char *to)
{
    static const char verb[] = "LISTEN \"";
    memcpy(to, verb, sizeof verb - 1);
    to += sizeof verb - 1;
    for (size_t i = 0; i < channel.len; i++) {
        if (channel.at[i] == '"')
            *to++ = '"';
        *to++ = channel.at[i];
    }
    memcpy(to, "\"", 2);
}

static void leave(pg_subscription *subscription)
{
    if (subscription->connection == NULL)
        return;
    subscription->connection->spent = true;
    weft__pg_release(subscription->connection);
    subscription->connection = NULL;
}

static bool enter(pg_subscription *subscription, weft__call *call)
{
    subscription->connection = weft__pg_acquire(subscription->pool, WEFT__PG_OWN, call);
    if (subscription->connection == NULL)
        return false;
    if (weft__pg_has_session(subscription->connection, call))
        weft__pg_run_text(subscription->connection, call, subscription->listen, false);
    else if (call->result == WEFT_DB_OK)
        weft__call_fail(call, WEFT_DB_FAILED, 0,
                        "a pooler before the server gives each transaction another session, so "
                        "nothing would be heard: listen by a URL of the server's own, or say "
                        "pgbouncer=off in this one when the pooler pools sessions");
    if (call->result != WEFT_DB_OK)
        leave(subscription);
    return subscription->connection != NULL;
}

weft_subscription *weft__pg_subscribe(weft_database *database, weft_str channel, weft__call *call)
{
    pg_subscription *subscription = calloc(1, sizeof(*subscription));
    if (subscription == NULL) {
        weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for a subscription");
        return NULL;
    }
    subscription->pool = (weft__pg *)database;
    write_listen(channel, subscription->listen);
    if (enter(subscription, call))
        return &subscription->base;
    free(subscription);
    return NULL;
}

/* Until there is a connection again; false: not in time, and the call has failed. */
static bool enter_again(pg_subscription *subscription, int64_t deadline, weft__call *call)
{
    subscription->gap = true;
    while (!enter(subscription, call)) {
        if (call->result != WEFT_DB_AWAY && call->result != WEFT_DB_BUSY)
            return false;
        if (weft_clock_now() + PAUSE >= deadline || weft_sleep(PAUSE) != WEFT_OK)
            return false;
        weft__call_restart(call);
    }
    return true;
}

static bool take_notice(pg_subscription *subscription, weft_notice *out)
{
    if (subscription->gap) {
        subscription->gap = false;
        *out = (weft_notice){.gap = true};
        return true;
    }
    subscription->notice = PQnotifies(subscription->connection->pg);
    if (subscription->notice == NULL)
        return false;
    *out = (weft_notice){.payload = weft_str_from(subscription->notice->extra),
                         .sender = subscription->notice->be_pid};
    return true;
}

void weft__pg_next_notice(weft_subscription *base, int64_t deadline, weft_notice *out,
                          weft__call *call)
{
    pg_subscription *subscription = (pg_subscription *)base;
    PQfreemem(subscription->notice);
    subscription->notice = NULL;
    for (;;) {
        if (subscription->connection == NULL && !enter_again(subscription, deadline, call))
            return;
        if (take_notice(subscription, out) ||
            (!weft__pg_wait_input(subscription->connection, deadline, call) &&
             !subscription->connection->lost))
            return;
        if (subscription->connection->lost) {
            leave(subscription);
            weft__call_restart(call);
        }
    }
}

void weft__pg_unsubscribe(weft_subscription *base)
{
    pg_subscription *subscription = (pg_subscription *)base;
    leave(subscription);
    PQfreemem(subscription->notice);
    free(subscription);
}
