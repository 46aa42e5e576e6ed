/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/postgres.h: asking a live PostgreSQL. All statements go out in one batch over
 * one connection, in a transaction that is rolled back; nothing is run but their analysis.
 */
#ifndef WEFTGEN_DESCRIBE_POSTGRES_H
#define WEFTGEN_DESCRIBE_POSTGRES_H

#include "describe/description.h"

/* One statement that is asked about. */
typedef struct pg_question {
    const char *name, *sql;
    /* the answer: a description, or why there is none */
    pg_description *description;
    const char *sqlstate, *message, *hint;
    size_t
        offset; /* the byte of the text that the message is about; SIZE_MAX: none in particular */
} pg_question;

typedef struct pg_session pg_session;

/* A column of the schema as it is, for messages that say what there is. */
typedef struct pg_schema_column {
    const char *table, *name;
} pg_schema_column;

/* Connects to the database that the URL names; NULL, and *why. Closed by pg_close, also NULL. */
pg_session *pg_open(weft_arena *arena, const char *url, const char **why);
void pg_close(pg_session *session);

/* One migration that makes the schema to ask against, instead of the database's own. */
typedef struct pg_migration {
    const char *path, *name, *sql;
    long long version;
} pg_migration;

/* Chooses the schema: the database's own when it has all the migrations, else one made of them,
 * which the transaction's end takes away. False: *why, and *where of a migration that fails (NULL:
 * none does) with the line in it. */
bool pg_prepare(pg_session *session, const pg_migration *migrations, size_t count, const char **why,
                const pg_migration **where, unsigned *line);

/* Fills in the answers; false and *why when the server does not answer at all. */
bool pg_ask(pg_session *session, pg_question *questions, size_t count, const char **why);

/* All tables that a statement can name without a schema, with their columns; and all functions. */
pg_schema_column *pg_schema(pg_session *session, size_t *count);
const char **pg_functions(pg_session *session, size_t *count);

#endif
