/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/catalog.c: the facts behind the numbers that trees and descriptions hold, asked
 * for once for all statements.
 */
#include "describe/session.h"

#include <stdlib.h>

/* "{1,2,3}" */
static const char *array_of(weft_arena *arena, const oid_list *oids)
{
    weft_buffer text;
    weft_buffer_init(&text, arena);
    weft_buffer_append(&text, "{", 1);
    for (size_t i = 0; i < oids->len; i++)
        weft_buffer_printf(&text, "%s%u", i ? "," : "", oids->at[i]);
    weft_buffer_append(&text, "}", 2);
    return text.at;
}

/* The rows of a query about these numbers; NULL and *why. */
static PGresult *look_up(pg_session *session, const char *sql, const oid_list *oids,
                         const char **why)
{
    const char *const values[] = {array_of(session->arena, oids)};
    PGresult *rows = PQexecParams(session->connection, sql, 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    *why = pg_why(session);
    PQclear(rows);
    return NULL;
}

static unsigned number_at(const PGresult *rows, int row, int column)
{
    return (unsigned)strtoul(PQgetvalue(rows, row, column), NULL, 10);
}

static bool flag_at(const PGresult *rows, int row, int column)
{
    return PQgetvalue(rows, row, column)[0] == 't';
}

/* ---- relations ------------------------------------------------------------------------------- */

/* What NOT NULL does not promise: of a foreign table nobody enforces it, a table that inherits may
 * have dropped it, and a constraint may not have been validated. */
static const char attributes_sql[] =
    "SELECT a.attrelid, a.attnum, c.relname, a.attname, c.relkind IN ('r', 'p')"
    " AND (a.attnotnull OR EXISTS (SELECT FROM pg_type d"
    "   WHERE d.oid = a.atttypid AND d.typtype = 'd' AND d.typnotnull))"
    " AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid"
    "   AND n.contype = 'n' AND NOT n.convalidated AND n.conkey = ARRAY[a.attnum])"
    " AND NOT EXISTS (WITH RECURSIVE heir(oid) AS ("
    "     SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid"
    "     UNION SELECT inhrelid FROM pg_inherits JOIN heir ON inhparent = heir.oid)"
    "   SELECT FROM heir JOIN pg_attribute h ON h.attrelid = heir.oid AND h.attname = a.attname"
    "   JOIN pg_class k ON k.oid = heir.oid WHERE NOT h.attnotnull OR k.relkind = 'f')"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped";

static bool read_attributes(pg_session *session, const oid_list *oids, const char **why)
{
    PGresult *rows = look_up(session, attributes_sql, oids, why);
    weft_arena *arena = session->arena;
    pg_catalog *catalog = &session->catalog;
    for (int i = 0; i < PQntuples(rows); i++)
        GEN_PUSH(arena, catalog->attributes, catalog->attribute_count,
                 ((pg_attribute){.relation = number_at(rows, i, 0),
                                 .number = number_at(rows, i, 1),
                                 .relation_name = pg_text(arena, rows, i, 2),
                                 .name = pg_text(arena, rows, i, 3),
                                 .present = flag_at(rows, i, 4)}));
    PQclear(rows);
    return rows != NULL;
}

/* ---- functions and operators ----------------------------------------------------------------- */

static bool read_functions(pg_session *session, const oid_list *oids, const char **why)
{
    PGresult *rows = look_up(session,
                             "SELECT p.oid, p.proname, n.nspname = 'pg_catalog',"
                             " p.provolatile = 'v',"
                             " EXISTS (SELECT FROM pg_cast c WHERE c.castfunc = p.oid)"
                             " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                             " WHERE p.oid = ANY ($1::oid[])",
                             oids, why);
    weft_arena *arena = session->arena;
    pg_catalog *catalog = &session->catalog;
    for (int i = 0; i < PQntuples(rows); i++)
        GEN_PUSH(arena, catalog->functions, catalog->function_count,
                 ((pg_function){.oid = number_at(rows, i, 0),
                                .name = pg_text(arena, rows, i, 1),
                                .built_in = flag_at(rows, i, 2),
                                .is_volatile = flag_at(rows, i, 3),
                                .casts = flag_at(rows, i, 4)}));
    PQclear(rows);
    return rows != NULL;
}

static bool read_operators(pg_session *session, const oid_list *oids, const char **why)
{
    PGresult *rows = look_up(session,
                             "SELECT o.oid, o.oprname, n.nspname = 'pg_catalog', EXISTS ("
                             "  SELECT FROM pg_type t WHERE t.oid IN (o.oprleft, o.oprright)"
                             "  AND t.typcategory = 'G')"
                             " FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace"
                             " WHERE o.oid = ANY ($1::oid[])",
                             oids, why);
    weft_arena *arena = session->arena;
    pg_catalog *catalog = &session->catalog;
    for (int i = 0; i < PQntuples(rows); i++)
        GEN_PUSH(arena, catalog->operators, catalog->operator_count,
                 ((pg_operator){.oid = number_at(rows, i, 0),
                                .name = pg_text(arena, rows, i, 1),
                                .built_in = flag_at(rows, i, 2),
                                .geometric = flag_at(rows, i, 3)}));
    PQclear(rows);
    return rows != NULL;
}

/* ---- types ----------------------------------------------------------------------------------- */

/* The types, what domains are made of and what arrays hold. */
static const char types_sql[] =
    "WITH RECURSIVE wanted(oid) AS (SELECT unnest($1::oid[]) UNION"
    "   SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END"
    "   FROM pg_type t JOIN wanted USING (oid)"
    "   WHERE t.typtype = 'd' OR (t.typelem <> 0 AND t.typcategory = 'A'))"
    " SELECT t.oid, t.typbasetype, t.typelem, format_type(t.oid, NULL), t.typtype,"
    " t.typcategory = 'A', t.typnotnull FROM pg_type t JOIN wanted USING (oid)";

static pg_type_fact *find_type(const pg_session *session, unsigned oid)
{
    for (size_t i = 0; i < session->type_count; i++)
        if (session->types[i].oid == oid)
            return &session->types[i];
    return NULL;
}

static void add_type(pg_session *session, const PGresult *rows, int i)
{
    pg_type_fact fact = {.oid = number_at(rows, i, 0),
                         .base = number_at(rows, i, 1),
                         .element = number_at(rows, i, 2),
                         .name = pg_text(session->arena, rows, i, 3),
                         .kind = PQgetvalue(rows, i, 4)[0],
                         .is_array = flag_at(rows, i, 5),
                         .present = flag_at(rows, i, 6)};
    GEN_PUSH(session->arena, session->types, session->type_count, fact);
    if (fact.kind == 'd')
        GEN_PUSH(session->arena, session->catalog.domains, session->catalog.domain_count,
                 ((pg_domain){.oid = fact.oid, .present = fact.present}));
}

static bool read_types(pg_session *session, const oid_list *oids, const char **why)
{
    PGresult *rows = look_up(session, types_sql, oids, why);
    for (int i = 0; i < PQntuples(rows); i++)
        add_type(session, rows, i);
    PQclear(rows);
    return rows != NULL;
}

static bool read_labels(pg_session *session, const char **why)
{
    oid_list enums = {0};
    for (size_t i = 0; i < session->type_count; i++)
        if (session->types[i].kind == 'e')
            GEN_PUSH(session->arena, enums.at, enums.len, session->types[i].oid);
    if (enums.len == 0)
        return true;
    PGresult *rows = look_up(session,
                             "SELECT enumtypid, enumlabel FROM pg_enum"
                             " WHERE enumtypid = ANY ($1::oid[]) ORDER BY enumtypid, enumsortorder",
                             &enums, why);
    for (int i = 0; i < PQntuples(rows); i++) {
        pg_type_fact *fact = find_type(session, number_at(rows, i, 0));
        if (fact != NULL)
            GEN_PUSH(session->arena, fact->labels, fact->label_count,
                     pg_text(session->arena, rows, i, 1));
    }
    PQclear(rows);
    return rows != NULL;
}

pg_type pg_describe_type(const pg_session *session, unsigned oid)
{
    const pg_type_fact *fact = find_type(session, oid);
    while (fact != NULL && fact->kind == 'd') /* domains of domains end */
        fact = find_type(session, fact->base);
    if (fact == NULL)
        return (pg_type){.name = "unknown"};
    if (!fact->is_array)
        return (pg_type){fact->name, fact->labels, fact->label_count};
    const pg_type_fact *element = find_type(session, fact->element);
    while (element != NULL && element->kind == 'd')
        element = find_type(session, element->base);
    if (element == NULL)
        return (pg_type){.name = fact->name};
    return (pg_type){gen_format(session->arena, "%s[]", element->name), element->labels,
                     element->label_count};
}

/* ---- all ------------------------------------------------------------------------------------- */

static void add(weft_arena *arena, oid_list *to, const unsigned *oids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        GEN_PUSH(arena, to->at, to->len, oids[i]);
}

bool pg_read_catalog(pg_session *session, size_t count, const char **why)
{
    weft_arena *arena = session->arena;
    presence_facts facts = {0};
    session->catalog = (pg_catalog){0};
    session->types = NULL;
    session->type_count = 0;
    for (size_t i = 0; i < count; i++) {
        const pg_heard *heard = &session->heard[i];
        presence_collect(arena, heard->rewritten, &facts);
        add(arena, &facts.types, heard->parameters, heard->parameter_count);
        add(arena, &facts.types, heard->column_types, heard->column_count);
    }
    return read_attributes(session, &facts.relations, why) &&
           read_functions(session, &facts.functions, why) &&
           read_operators(session, &facts.operators, why) &&
           read_types(session, &facts.types, why) && read_labels(session, why);
}

/* ---- names for messages ---------------------------------------------------------------------- */

pg_schema_column *pg_schema(pg_session *session, size_t *count)
{
    static const char sql[] =
        "SELECT c.relname, a.attname FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(c.oid)"
        " AND c.relnamespace <> 'pg_catalog'::regnamespace ORDER BY c.relname, a.attnum";
    PGresult *rows = PQexec(session->connection, sql);
    pg_schema_column *columns = NULL;
    *count = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        GEN_PUSH(session->arena, columns, *count,
                 ((pg_schema_column){pg_text(session->arena, rows, i, 0),
                                     pg_text(session->arena, rows, i, 1)}));
    PQclear(rows);
    return columns;
}

const char **pg_functions(pg_session *session, size_t *count)
{
    PGresult *rows = PQexec(session->connection, "SELECT DISTINCT proname FROM pg_proc"
                                                 " WHERE pg_function_is_visible(oid) ORDER BY 1");
    const char **names = NULL;
    *count = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        GEN_PUSH(session->arena, names, *count, pg_text(session->arena, rows, i, 0));
    PQclear(rows);
    return names;
}
