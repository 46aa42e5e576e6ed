/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/prepare.c: statements prepared on a connection. Each is prepared by name where it is
 * first run, in the same breath as that run. The name is made of the statement, its text and types:
 * so behind a pooler that hands out one server connection to many clients a name never stands for
 * another statement, and that it is missing, or there already, tells of the pooler.
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/postgres/connection.h"
#include "db/postgres/pool.h"

enum { SETS = WEFT__PG_PREPARED / WEFT__PG_WAYS };
_Static_assert((SETS & (SETS - 1)) == 0, "the hash is cut to a power of two");

const char *weft__pg_sql(const weft_statement *statement)
{
    if (statement->postgres != NULL)
        return statement->postgres->sql;
    return statement->sqlite == NULL ? statement->sql : NULL;
}

const uint32_t *weft__pg_parameter_types(const weft_statement *statement)
{
    return statement->postgres ? statement->postgres->parameter_types : NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t word, uint64_t by)
{
    hash = (hash ^ word) * by;
    return hash ^ hash >> 29;
}

/* Two hashes of 64 bits that have nothing in common. */
static void make_name(const weft_statement *statement, const char *sql,
                      char name[WEFT__PG_NAME_SIZE])
{
    const uint32_t *types = weft__pg_parameter_types(statement);
    uint64_t a = UINT64_C(0x6a09e667f3bcc908), b = UINT64_C(0xbb67ae8584caa73b);
    for (const char *at = sql; *at != '\0'; at++) {
        a = mix(a, (unsigned char)*at, UINT64_C(0x9e3779b97f4a7c15));
        b = mix(b, (unsigned char)*at, UINT64_C(0xd6e8feb86659fd93));
    }
    a = mix(a, (uintptr_t)statement, UINT64_C(0x9e3779b97f4a7c15));
    for (unsigned i = 0; types != NULL && i < statement->parameters; i++) {
        a = mix(a, types[i], UINT64_C(0x9e3779b97f4a7c15));
        b = mix(b, types[i], UINT64_C(0xd6e8feb86659fd93));
    }
    snprintf(name, WEFT__PG_NAME_SIZE, "w%016llx%016llx", (unsigned long long)a,
             (unsigned long long)b);
}

/* ---- the cache ------------------------------------------------------------------------------- */

static weft__pg_prepared *set_of(weft__pg_connection *connection, const weft_statement *statement)
{
    uint64_t hash = (uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15);
    return connection->prepared + (hash >> 32 & (SETS - 1)) * WEFT__PG_WAYS;
}

static weft__pg_prepared *find(weft__pg_connection *connection, const weft_statement *statement)
{
    weft__pg_prepared *set = set_of(connection, statement);
    if (WEFT_LIKELY(set[0].of == statement))
        return set;
    for (size_t i = 1; i < WEFT__PG_WAYS; i++) {
        if (set[i].of != statement)
            continue;
        weft__pg_prepared found = set[i];
        memmove(set + 1, set, i * sizeof(*set));
        set[0] = found;
        return set;
    }
    return NULL;
}

void weft__pg_forget(weft__pg_connection *connection, const weft_statement *statement)
{
    weft__pg_prepared *known = find(connection, statement);
    if (known != NULL)
        known->of = NULL;
}

void weft__pg_forget_all(weft__pg_connection *connection)
{
    memset(connection->prepared, 0, WEFT__PG_PREPARED * sizeof(*connection->prepared));
}

/* Makes the first place of the set free; what was used longest ago goes, on the server too. */
static bool make_room(weft__pg_connection *connection, weft__pg_prepared *set, weft__pg_job *job)
{
    weft__pg_prepared *oldest = &set[WEFT__PG_WAYS - 1];
    if (oldest->of != NULL) {
        char text[WEFT__PG_NAME_SIZE + 16];
        snprintf(text, sizeof text, "DEALLOCATE %s", oldest->name);
        if (!PQsendQueryParams(connection->pg, text, 0, NULL, NULL, NULL, NULL, 1))
            return false;
        job->steps++;
    }
    memmove(set + 1, set, (WEFT__PG_WAYS - 1) * sizeof(*set));
    return true;
}

static bool send_prepare(weft__pg_connection *connection, weft__pg_job *job)
{
    const weft_statement *statement = job->call->statement;
    const uint32_t *types = weft__pg_parameter_types(statement);
    const char *sql = weft__pg_sql(statement);
    weft__pg_prepared *set = set_of(connection, statement);
    if (sql == NULL || !make_room(connection, set, job))
        return false;
    set[0].of = statement;
    make_name(statement, sql, set[0].name);
    if (!PQsendPrepare(connection->pg, set[0].name, sql, types ? (int)statement->parameters : 0,
                       types))
        return false;
    job->steps++;
    return true;
}

bool weft__pg_prepare(weft__pg_connection *connection, weft__pg_job *job, const char **name)
{
    *name = NULL;
    if (atomic_load_explicit(&connection->pool->unnamed, memory_order_relaxed))
        return true;
    weft__pg_prepared *known = find(connection, job->call->statement);
    if (WEFT_UNLIKELY(known == NULL)) {
        if (!send_prepare(connection, job))
            return false;
        known = set_of(connection, job->call->statement);
    }
    *name = known->name;
    return true;
}
