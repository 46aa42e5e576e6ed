/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/description.h: what PostgreSQL says about a statement, whether it was asked now
 * or before: the committed descriptions, .weft/queries/NAME-HASH.json, hold the same, so that a
 * build without a server has the same verdict.
 */
#ifndef WEFTGEN_DESCRIBE_DESCRIPTION_H
#define WEFTGEN_DESCRIBE_DESCRIPTION_H

#include "model.h"

/* Parameters that a statement may have, so that a set of them is one word. */
#define PG_PARAMETERS_MAX 64

/* A type as people write it: "integer", "text[]"; an enum with its labels. */
typedef struct pg_type {
    const char *name;
    const char **labels; /* of an enum, or of an array of one */
    size_t label_count;
} pg_type;

typedef struct pg_column {
    const char *name;
    pg_type type;
    const char *null; /* why it may be NULL, a clause for people; NULL: it never is, but .. */
    uint64_t with;    /* .. when one of these parameters is: bit i is $i+1 */
    bool joined;      /* it is NULL only when an outer join finds no row */
} pg_column;

typedef struct pg_parameter {
    pg_type type;
    const char *stored; /* the NOT NULL column that it is stored in, for people; or NULL */
} pg_parameter;

typedef struct pg_description {
    const char *name; /* of the statement's prototype */
    const char *sql;
    pg_parameter *parameters;
    size_t parameter_count;
    pg_column *columns;
    size_t column_count;
    bool read_only;
} pg_description;

/* Why a text is no description. */
typedef struct description_fault {
    unsigned line, column; /* from 1 */
    const char *reason;    /* a clause for people */
} description_fault;

/* The text of a committed description, and back. Reading NULL: it is none, *fault says why. */
void description_write(weft_buffer *out, const pg_description *description);
pg_description *description_read(weft_arena *arena, weft_str text, description_fault *fault);

/* The file's name: NAME-HASH.json, the hash that of the statement's text. */
const char *description_file(weft_arena *arena, const char *name, const char *sql);

/* FNV-1a of 64 bits, continued from `hash`. */
#define DESCRIPTION_HASH UINT64_C(0xcbf29ce484222325)
uint64_t description_hash(uint64_t hash, const char *bytes, size_t len);

#endif
