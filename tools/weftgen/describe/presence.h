/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/presence.h: which results of a statement may be NULL, read from the tree that
 * PostgreSQL made of it. The answer errs to one side: what is not understood may be NULL.
 */
#ifndef WEFTGEN_DESCRIBE_PRESENCE_H
#define WEFTGEN_DESCRIBE_PRESENCE_H

#include "describe/tree.h"

/* What the server's catalogue says of the things that trees name by number. */
typedef struct pg_attribute {
    unsigned relation, number;
    const char *relation_name, *name;
    bool present; /* nothing that is stored there is NULL */
} pg_attribute;

typedef struct pg_function {
    unsigned oid;
    const char *name;
    bool built_in, is_volatile;
    bool casts; /* the function of a cast */
} pg_function;

typedef struct pg_operator {
    unsigned oid;
    const char *name;
    bool built_in;
    bool geometric; /* takes points, lines and the like, of which some operators give NULL */
} pg_operator;

typedef struct pg_domain {
    unsigned oid;
    bool present; /* NOT NULL */
} pg_domain;

typedef struct pg_catalog {
    pg_attribute *attributes;
    size_t attribute_count;
    pg_function *functions;
    size_t function_count;
    pg_operator *operators;
    size_t operator_count;
    pg_domain *domains;
    size_t domain_count;
} pg_catalog;

/* Whether a value is there. */
typedef struct presence {
    const char *null; /* why it may be NULL; NULL: it is there, but .. */
    uint64_t with;    /* .. when one of these parameters is NULL */
} presence;

/* The query among the rewritten ones that gives the statement's result; NULL: none. */
const tree *presence_query(const tree *rewritten);

/* The presence of result column `index` of the query. `found`: as though every outer join had found
 * its row. */
presence presence_of_column(weft_arena *arena, const pg_catalog *catalog, const tree *query,
                            size_t index, bool found);

/* The NOT NULL column that parameter $number is stored in as it is, for people: "name" of "users".
 * NULL: in none. */
const char *presence_stored(weft_arena *arena, const pg_catalog *catalog, const tree *query,
                            size_t number);

/* Whether running the query changes nothing. */
bool presence_read_only(const pg_catalog *catalog, const tree *query);

/* The numbers by which trees name things of the catalogue, each once. */
typedef struct oid_list {
    unsigned *at;
    size_t len;
} oid_list;

typedef struct presence_facts {
    oid_list relations, functions, operators, types;
} presence_facts;

/* Adds those of a tree; NULL has none. */
void presence_collect(weft_arena *arena, const tree *rewritten, presence_facts *to);

#endif
