/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/connect.c: opening a connection, on a thread that may block: names are resolved,
 * hosts tried one after the other, TLS and SCRAM computed, all by libpq and off the workers.
 */
#include <stdio.h>
#include <weft/log.h>

#include "db/postgres/pool.h"

/* Notices are the server's remarks on statements. */
static void on_notice(void *arg, const PGresult *result)
{
    (void)arg;
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    bool warning = severity != NULL && strcmp(severity, "WARNING") == 0;
    if (text != NULL)
        weft_log(warning ? WEFT_LOG_WARN : WEFT_LOG_DEBUG, "db", "PostgreSQL says: %s", text);
}

/* libpq's texts end with a newline, and have some within. */
static void one_line(char *text)
{
    size_t len = strlen(text);
    while (len != 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    for (; *text != '\0'; text++)
        if (*text == '\n' || *text == '\t')
            *text = ' ';
}

static PGconn *open_libpq(const weft__pg *pool)
{
    char seconds[24];
    int64_t timeout = pool->options.connect_timeout;
    /* Whole ones; libpq knows 0 as "for ever", and makes 2 of 1. */
    snprintf(seconds, sizeof seconds, "%lld",
             timeout == WEFT_NEVER ? 0LL : (long long)((timeout - 1) / WEFT_SECOND + 1));
    /* The URL stands in the place of dbname, and what comes later goes before what came earlier. */
    const char *const names[] = {"client_encoding", "fallback_application_name", "dbname",
                                 "connect_timeout", NULL};
    const char *const values[] = {"UTF8", "weft", pool->url, seconds, NULL};
    return PQconnectdbParams(names, values, 1);
}

static bool run_hook(weft__pg *pool, weft__pg_connection *connection, char *why, size_t why_size)
{
    weft__pg_hook hook = {{&weft__pg_hook_engine, NULL}, connection};
    if (pool->options.after_connect == NULL)
        return true;
    connection->hooked = true;
    weft_db_result result = pool->options.after_connect(&hook.base,
                                                        pool->options.after_connect_arg);
    connection->hooked = false;
    if (WEFT_FAILED(result)) {
        const weft_db_failure *failure = weft_db_last_failure();
        weft_str text = failure ? failure->message : weft_str_from(weft_db_result_text(result));
        snprintf(why, why_size, "after_connect failed: %.*s", WEFT_STR_ARGS(text));
        return false;
    }
    return weft__pg_is_clean(connection);
}

weft__pg_connection *weft__pg_connect(weft__pg *pool, char *why, size_t why_size)
{
    PGconn *pg = open_libpq(pool);
    weft__pg_connection *connection = NULL;
    snprintf(why, why_size, "out of memory");
    if (pg == NULL)
        return NULL;
    if (PQstatus(pg) != CONNECTION_OK || PQsetnonblocking(pg, 1) != 0 || !PQenterPipelineMode(pg)) {
        snprintf(why, why_size, "%s", PQerrorMessage(pg));
        one_line(why);
        goto close;
    }
    PQsetNoticeReceiver(pg, on_notice, NULL);
    connection = weft__pg_connection_create(pool, pg);
    if (connection == NULL)
        goto close;
    /* Not all at once, when all were opened at once. */
    int64_t life = pool->options.max_lifetime, now = weft_clock_now();
    connection->idle_since = now;
    connection->expires = now + life - life / 10 * ((now / WEFT_MICROSECOND) % 10) / 10;
    if (run_hook(pool, connection, why, why_size))
        return connection;
    weft__pg_connection_destroy(connection);
    return NULL;
close:
    PQfinish(pg);
    return NULL;
}
