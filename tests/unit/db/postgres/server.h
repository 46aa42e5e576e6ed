/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the tests of the PostgreSQL engine share: the server that tests/support/postgres has started,
 * a look at it past the engine, and a runtime around a test.
 */
#ifndef WEFT_TESTS_DB_POSTGRES_SERVER_H
#define WEFT_TESTS_DB_POSTGRES_SERVER_H

#include "fixture.h"

#include <libpq-fe.h>
#include <weft/pool.h>
#include <weft/runtime.h>
#include <weft/transaction.h>

/* DATABASE_URL with further parameters; valid until the next call. */
static inline const char *server_url(const char *parameters)
{
    static char url[512];
    const char *base = getenv("DATABASE_URL");
    assert_non_null(base);
    snprintf(url, sizeof url, "%s%s%s", base, *parameters ? "&" : "", parameters);
    return url;
}

/* A connection of the test's own, as psql would have. */
static inline PGconn *look_in(void)
{
    PGconn *pg = PQconnectdb(getenv("DATABASE_URL"));
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    return pg;
}

static inline void do_sql(const char *sql)
{
    PGconn *pg = look_in();
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

/* The number that a query gives. */
static inline long ask_number(const char *sql)
{
    PGconn *pg = look_in();
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(pg));
    long number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(pg);
    return number;
}

/* Connections of the engine's. */
static inline long connections_in(const char *state)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'weft' AND state LIKE "
             "'%s'",
             state);
    return ask_number(sql);
}

/* Whether the engine has left the server; a backend takes its time to end. */
static inline bool all_left(void)
{
    for (int i = 0; i < 200 && connections_in("%") != 0; i++)
        usleep(10000);
    return connections_in("%") == 0;
}

static inline void run_in_fibers(unsigned workers, weft_fiber_fn *body, void *arg)
{
    weft_runtime_options options = {.workers = workers};
    assert_int_equal(weft_runtime_run(&options, body, arg), WEFT_OK);
}

#endif
