/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/session.h: what the files that speak to PostgreSQL share.
 */
#ifndef WEFTGEN_DESCRIBE_SESSION_H
#define WEFTGEN_DESCRIBE_SESSION_H

#include "describe/postgres.h"
#include "describe/presence.h"

#include <libpq-fe.h>

/* What was heard about one statement. */
typedef struct pg_heard {
    const tree *rewritten;
    unsigned *parameters; /* types, by number */
    size_t parameter_count;
    const char **columns;
    unsigned *column_types;
    size_t column_count;
} pg_heard;

/* A type, by number. */
typedef struct pg_type_fact {
    unsigned oid, base, element;
    const char *name;
    char kind; /* pg_type.typtype */
    bool is_array, present;
    const char **labels;
    size_t label_count;
} pg_type_fact;

struct pg_session {
    weft_arena *arena;
    PGconn *connection;
    pg_heard *heard;    /* of the statements of the batch */
    size_t heard_count; /* how many of them the server has begun */
    size_t heard_room;
    pg_catalog catalog;
    pg_type_fact *types;
    size_t type_count;
};

/* Reads from the catalogue what the statements name: fills session->catalog and ->types. */
bool pg_read_catalog(pg_session *session, size_t count, const char **why);

/* The type as it is described; domains are what they are made of. */
pg_type pg_describe_type(const pg_session *session, unsigned oid);

/* The connection's message, without its trailing newline. */
const char *pg_why(const pg_session *session);

const char *pg_text(weft_arena *arena, const PGresult *result, int row, int column);

#endif
