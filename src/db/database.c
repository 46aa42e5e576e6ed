/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/database.c: from a URL to an open database of the engine that it names.
 */
#include <weft/log.h>

#include <stdio.h>

#include "db/engine.h"
#include "runtime/hold.h"

static const weft__engine *const engines[] = {
    &weft__sqlite_engine,
#ifdef WEFT__POSTGRES
    &weft__postgres_engine,
#endif
};

enum { ENGINES = sizeof(engines) / sizeof(engines[0]) };

/* What stands before the colon; empty without one. */
static weft_str scheme_of(const char *url)
{
    const char *colon = strchr(url, ':');
    return (weft_str){url, colon ? (size_t)(colon - url) : 0};
}

static const weft__engine *engine_of(weft_str scheme)
{
    for (size_t i = 0; i < ENGINES; i++)
        for (size_t j = 0; j < 2; j++)
            if (scheme.len != 0 && weft_str_equal(scheme, weft_str_from(engines[i]->schemes[j])))
                return engines[i];
    return NULL;
}

/* Never prints the URL itself: it may hold a password. */
static void explain_scheme(weft_str scheme, char *why, size_t why_size)
{
    if (weft_str_equal(scheme, WEFT_STR("postgres")) ||
        weft_str_equal(scheme, WEFT_STR("postgresql")))
        snprintf(why, why_size,
                 "this build knows no postgres URLs: install libpq (Debian: libpq-dev) and build "
                 "again");
    else if (scheme.len == 0)
        snprintf(why, why_size,
                 "the database URL has no scheme: write sqlite:users.db, or "
                 "postgres://user@host/name");
    else
        snprintf(why, why_size,
                 "the database URL has the unknown scheme \"%.*s\": write sqlite:users.db, or "
                 "postgres://user@host/name",
                 WEFT_STR_ARGS(scheme));
}

weft_database *weft__database_open(const char *url, const weft_database_options *options, char *why,
                                   size_t why_size)
{
    static const weft_database_options defaults = {0};
    if (url == NULL || url[0] == '\0') {
        snprintf(why, why_size, "DATABASE_URL is not set: set it to sqlite:users.db, for example");
        return NULL;
    }
    weft_str scheme = scheme_of(url);
    const weft__engine *engine = engine_of(scheme);
    if (engine == NULL) {
        explain_scheme(scheme, why, why_size);
        return NULL;
    }
    if (options == NULL)
        options = &defaults;
    weft_database *database = engine->open(url, options, why, why_size);
    if (database != NULL && database->slow == 0)
        database->slow = options->slow_statement ? options->slow_statement : WEFT_DB_SLOW_STATEMENT;
    return database;
}

weft_database *weft_database_open_with(const char *url, const weft_database_options *options)
{
    char why[WEFT__WHY_SIZE];
    weft_database *database = weft__database_open(url, options, why, sizeof(why));
    if (database == NULL)
        weft_log(WEFT_LOG_ERROR, "db", "%s", why);
    return database;
}

weft_database *weft_database_open(const char *url)
{
    return weft_database_open_with(url, NULL);
}

void weft_database_close(weft_database *database)
{
    WEFT__HOLD_WORKER();
    if (database != NULL)
        database->engine->close(database);
}

weft_db_result weft_database_ready(weft_database *database)
{
    WEFT__HOLD_WORKER();
    static const weft_statement ready = {.name = "weft_database_ready"};
    weft__call call = {.statement = &ready, .failure_arena = weft_arena_current()};
    weft__call_restart(&call);
    database->engine->ready(database, &call);
    return weft__call_result(&call);
}

void weft_database_measure(weft_database *database, weft_database_metrics *metrics)
{
    const weft__counts *counts = &database->counts;
    *metrics = (weft_database_metrics){
        .failures = atomic_load_explicit(&counts->failures, memory_order_relaxed),
        .busy = atomic_load_explicit(&counts->busy, memory_order_relaxed),
        .cancelled = atomic_load_explicit(&counts->cancelled, memory_order_relaxed),
        .transactions = atomic_load_explicit(&counts->transactions, memory_order_relaxed),
    };
    database->engine->measure(database, metrics);
}

static void add(atomic_uint_least64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void weft__database_count(weft_database *database, weft_db_result result)
{
    if (WEFT_LIKELY(result == WEFT_DB_OK))
        return;
    add(&database->counts.failures);
    if (result == WEFT_DB_BUSY)
        add(&database->counts.busy);
    if (result == WEFT_DB_TIMED_OUT || result == WEFT_DB_CANCELLED)
        add(&database->counts.cancelled);
}
