/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/subscribe.h: PostgreSQL's notifications (LISTEN, NOTIFY) as they come:
 *
 *     weft_subscription *news;
 *     WEFT_TRY(weft_subscribe(db, WEFT_STR("orders"), &news));
 *     weft_notice notice;
 *     while (weft_subscription_next(news, WEFT_NEVER, &notice) == WEFT_DB_OK)
 *         ...
 *     weft_subscription_close(news);
 *
 * A subscription has a connection for itself and belongs to the fiber (or plain thread) that made
 * it. When the connection is lost it is made again; what was notified meanwhile is lost, and the
 * next notice says so.
 */
#ifndef WEFT_SUBSCRIBE_H
#define WEFT_SUBSCRIBE_H

#include <weft/db.h>

#define WEFT_SUBSCRIPTION_NAME_MAX 63 /* bytes of a channel's name */

typedef struct WEFT_OWNED("subscription") weft_subscription weft_subscription;

typedef struct weft_notice {
    weft_str payload; /* lives until the next call */
    int32_t sender;   /* the process id of the server's that notified; 0 of a gap */
    bool gap;         /* there was no connection for a while: notifications may be lost */
} weft_notice;

/* Listens on a channel, any name without a byte of zero. Waits for a connection. WEFT_DB_FAILED for
 * SQLite, which has no notifications, and behind a pooler that gives each transaction another
 * session: nothing would be heard there. pgbouncer=off in the URL says that it does not. */
weft_db_result weft_subscribe(weft_database *database, weft_str channel, weft_subscription **out)
    WEFT_TRY_OPENS(*out) WEFT_BEFORE_END(database) WEFT_NODISCARD WEFT_NONNULL(1, 3);

/* Waits for the next notice. WEFT_DB_TIMED_OUT at the deadline (absolute), WEFT_DB_CANCELLED: it
 * may be called again. WEFT_DB_AWAY: there is no connection, and none was to be had in time. */
weft_db_result weft_subscription_next(weft_subscription *subscription, int64_t deadline,
                                      weft_notice *out) WEFT_USES(subscription)
    WEFT_NODISCARD WEFT_NONNULL(1, 3);

void weft_subscription_close(weft_subscription *subscription)
    WEFT_CLOSES(subscription); /* NULL is a no-op */

#endif
