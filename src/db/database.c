/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/database.c: from a URL to an open database of the engine that it names.
 */
#include <weft/log.h>

#include <stdio.h>

#include "db/engine.h"

static const weft__engine *const engines[] = {&weft__sqlite_engine};

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
        if (weft_str_equal(scheme, weft_str_from(engines[i]->scheme)))
            return engines[i];
    return NULL;
}

/* Never prints the URL itself: it may hold a password. */
static void explain_scheme(weft_str scheme, char *why, size_t why_size)
{
    if (weft_str_equal(scheme, WEFT_STR("postgres")) ||
        weft_str_equal(scheme, WEFT_STR("postgresql")))
        snprintf(why, why_size,
                 "postgres URLs are not supported by this build: use one like sqlite:users.db");
    else if (scheme.len == 0)
        snprintf(why, why_size,
                 "the database URL has no scheme: write sqlite:users.db, for example");
    else
        snprintf(why, why_size,
                 "the database URL has the unknown scheme \"%.*s\": write sqlite:users.db, for "
                 "example",
                 WEFT_STR_ARGS(scheme));
}

weft_database *weft__database_open(const char *url, char *why, size_t why_size)
{
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
    return engine->open(url + scheme.len + 1, why, why_size);
}

weft_database *weft_database_open(const char *url)
{
    char why[WEFT__WHY_SIZE];
    weft_database *database = weft__database_open(url, why, sizeof(why));
    if (database == NULL)
        weft_log(WEFT_LOG_ERROR, "db", "%s", why);
    return database;
}

void weft_database_close(weft_database *database)
{
    if (database != NULL)
        database->engine->close(database);
}
