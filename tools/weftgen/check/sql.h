/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/check/sql.h: how SQL statements are checked. SQLite itself, holding the project's schema,
 * says whether a statement is valid; what it does not say (which result may be NULL, which column a
 * parameter meets) is read from the statement's text, always erring towards "may be NULL" and
 * "unknown". Everything lives in the unit's arena.
 */
#ifndef WEFTGEN_CHECK_SQL_H
#define WEFTGEN_CHECK_SQL_H

#include "describe/description.h"
#include <sqlite3.h>

/* ---- schema ---------------------------------------------------------------------------------- */

/* SQLite's affinities; SQL_ANY: unknown, or whatever was stored. */
typedef enum sql_type { SQL_ANY, SQL_INTEGER, SQL_REAL, SQL_NUMERIC, SQL_TEXT, SQL_BLOB } sql_type;

typedef struct sql_column {
    const char *name;
    const char *declared; /* the type as the schema writes it; "" for none */
    sql_type type;
    bool not_null; /* by constraint, or because it is the rowid */
    bool is_rowid; /* INTEGER PRIMARY KEY: storing NULL there chooses a number */
} sql_column;

typedef struct sql_table {
    const char *name;
    struct sql_query *view; /* of CREATE VIEW .. AS, or NULL for a table */
    sql_column *columns;
    size_t column_count;
} sql_table;

typedef struct sql_schema {
    sqlite3 *db;
    weft_arena *arena;
    sql_table *tables;
    size_t table_count;
} sql_schema;

/* Deeper nested expressions and selects are not understood. */
#define SQL_DEPTH_MAX 48

/* An in-memory database with the unit's migrations applied; false after reporting why not. Closed
 * by sql_schema_close in either case. */
bool sql_schema_open(sql_schema *schema, gen_unit *unit);
void sql_schema_close(sql_schema *schema);

/* By name, without case; NULL when there is none. */
const sql_table *sql_schema_table(const sql_schema *schema, const char *name);
const sql_column *sql_table_column(const sql_table *table, const char *name);

/* The affinity of a declared type (https://sqlite.org/datatype3.html section 3.1). */
sql_type sql_type_of(const char *declared);

/* ---- tokens ---------------------------------------------------------------------------------- */

typedef enum sql_token_kind {
    SQL_WORD,   /* keyword or bare name */
    SQL_QUOTED, /* "name", `name` or [name] */
    SQL_STRING, /* 'text' */
    SQL_BYTES,  /* x'00' */
    SQL_NUMBER,
    SQL_PARAMETER, /* $1, ?, ?1, :name, @name, #name */
    SQL_MARK,      /* operators and punctuation */
    SQL_END,
} sql_token_kind;

typedef struct sql_token {
    sql_token_kind kind;
    const char *text; /* NUL-terminated; of a quoted name or string without its quotes */
    size_t offset;    /* of the first byte in the statement */
    size_t len;       /* in the statement */
    size_t match;     /* of a parenthesis: the index of its partner, else the token's own index */
} sql_token;

typedef struct sql_tokens {
    sql_token *at; /* ends with an SQL_END */
    size_t len;    /* without it */
} sql_tokens;

sql_tokens sql_tokenize(weft_arena *arena, const char *sql, gen_engine dialect);

/* A keyword or mark, without case. */
bool sql_is(const sql_token *token, const char *text);

/* One of several words; the first of them from `at` on outside parentheses, or `end`. */
bool sql_is_in(const sql_token *token, const char *const *words);
size_t sql_find_in(const sql_token *tokens, size_t at, size_t end, const char *const *words);
#define SQL_IS_ANY(token, ...) sql_is_in(token, (const char *const[]){__VA_ARGS__, NULL})
#define SQL_FIND(tokens, at, end, ...) \
    sql_find_in(tokens, at, end, (const char *const[]){__VA_ARGS__, NULL})

/* The token after this one; a parenthesis is passed with all that it holds. */
static inline size_t sql_after(const sql_token *tokens, size_t at)
{
    return (tokens[at].match > at ? tokens[at].match : at) + 1;
}

static inline bool sql_is_name(const sql_token *token)
{
    return token->kind == SQL_WORD || token->kind == SQL_QUOTED;
}

/* ---- structure of a statement ---------------------------------------------------------------- */

#define SQL_NONE SIZE_MAX

/* One operand of FROM. */
typedef struct sql_source {
    const char *name;           /* alias, or the table's name */
    const sql_table *table;     /* a table or view; NULL for the others */
    size_t select;              /* a subselect or common table expression: its first select */
    const char *const *columns; /* the names that a common table expression gives, or NULL */
    size_t column_count;
    bool optional; /* an outer join may leave it without a row */
} sql_source;

/* One SELECT of the statement, nested ones included, or a change with its RETURNING. */
typedef struct sql_select {
    size_t at, end; /* its tokens */
    size_t items_at, items_end;
    sql_source *sources;
    size_t source_count;
    size_t next;    /* the select after UNION, INTERSECT or EXCEPT; SQL_NONE at the last */
    bool grouped;   /* GROUP BY */
    bool aggregate; /* calls an aggregate function */
    bool filtered;  /* HAVING, LIMIT or OFFSET: even an aggregate may give no row */
    bool merged;    /* NATURAL or USING: columns of both sides are one */
    bool opaque;    /* VALUES, or more than is understood here */
    struct sql_outputs *outputs; /* once asked for; see sql_outputs_of */
} sql_select;

typedef struct sql_query {
    const sql_schema *schema;
    sql_tokens tokens;
    sql_select *selects; /* in the order of the text; that of a change last */
    size_t select_count;
    size_t result;           /* the select that gives the result columns, or SQL_NONE */
    size_t change;           /* of INSERT, UPDATE, DELETE: the one whose source is the target */
    size_t body;             /* the token of SELECT, INSERT, ..., behind WITH */
    const sql_table *target; /* of INSERT, UPDATE, DELETE */
    const char *target_name; /* its alias, or its name */
    bool joined_change;      /* UPDATE .. FROM */
    const bool *optional_parameters; /* [i]: $i+1 may be NULL */
    size_t parameter_count;
} sql_query;

/* Reads the structure of a statement that SQLite has accepted. */
sql_query *sql_query_read(const sql_schema *schema, const char *sql);

/* ---- values ---------------------------------------------------------------------------------- */

/* What is known about an expression. */
typedef struct sql_value {
    sql_type type;
    bool present;             /* it is never NULL */
    bool joined;              /* it is NULL only when an outer join of the select finds no row */
    const char *reason;       /* why it may be NULL, a clause for people, or NULL */
    const sql_column *column; /* it is this column as it stands, or NULL */
    const sql_table *table;
} sql_value;

/* A result column. */
typedef struct sql_output {
    const char *name; /* alias or column name; NULL when the expression has none */
    sql_value value;
    size_t first, end; /* its tokens */
} sql_output;

typedef struct sql_outputs {
    sql_output *at;
    size_t len;
    bool known; /* false: not understood; expect anything */
} sql_outputs;

/* The result columns of a select with the other arms of its compound. `depth` counts nesting. */
const sql_outputs *sql_outputs_of(const sql_query *query, size_t select, unsigned depth);

/* The expression that starts at token *at and ends before `end`; moves *at behind it. */
sql_value sql_value_read(const sql_query *query, const sql_select *select, size_t *at, size_t end,
                         unsigned depth);

/* What is known of a value that is one of two. */
sql_value sql_either(sql_value a, sql_value b);

/* The column `name` of the source called `qualifier` (NULL: of any) as this select sees it. */
sql_value sql_column_value(const sql_query *query, const sql_select *select, const char *qualifier,
                           const char *name, unsigned depth);

/* What calling `name` gives. */
typedef struct sql_call {
    const char *name;
    const sql_value *arguments;
    size_t count;
    bool now;     /* no argument but the text 'now' */
    bool over;    /* a window function */
    bool filter;  /* FILTER (WHERE ..) */
    bool grouped; /* the select has GROUP BY */
} sql_call;
sql_value sql_call_value(const sql_call *call);
bool sql_is_aggregate(const char *name, size_t arguments);

/* ---- the checks ------------------------------------------------------------------------------ */

/* One statement while it is checked against one engine. */
typedef struct sql_check {
    gen_statement *statement; /* with the text and the places of what this engine is given */
    gen_sql_text *variant;    /* that it is one of */
    bool whole;               /* which is the one of a whole list; see gen_statement.bulk */
    const struct sql_expansion *expansion; /* how the texts are made */
    weft_arena *arena;
    gen_engine engine;
    sql_tokens tokens;
    const gen_parameter **values; /* $1, $2, ... */
    const bool *optional;         /* [i]: $i+1 may be NULL */
    size_t value_count;
    const gen_parameter *result; /* the one that takes the result, or NULL */
    /* SQLite */
    const sql_schema *schema;
    sqlite3_stmt *prepared;
    const sql_query *query;
    /* PostgreSQL */
    const pg_description *description;
} sql_check;

/* A result column, and what is known about it. */
typedef struct sql_column_out {
    const char *name;
    const char *type;   /* for people */
    const char *reason; /* why it may be NULL, or NULL */
    bool present;
    bool joined;              /* it is NULL only when an outer join finds no row */
    sql_type affinity;        /* SQLite's */
    const pg_type *described; /* PostgreSQL's; NULL: it is SQLite's */
    gen_place place;
} sql_column_out;

/* What to declare instead of `type`, which cannot take the column: a note. NULL: it can. */
const char *sql_sqlite_misfit(weft_arena *arena, sql_type column, const gen_type *type);
const char *sql_postgres_misfit(weft_arena *arena, const pg_type *column, const gen_type *type);

/* PostgreSQL's number of a built-in type, 0 of others. */
uint32_t sql_postgres_oid(const char *type);

/* Sorts the prototype's parameters into values and result; false after reporting what is wrong. */
bool sql_check_prototype(sql_check *check);

/* Puts together the texts of a statement (variants); false after reporting what is wrong. */
#define SQL_CHOICES_MAX 6 /* pairs of braces in one statement */
bool sql_expand(sql_check *check, const bool *engines);

/* Gives the text of a whole list to PostgreSQL, which has described the one of a row. */
void sql_expand_list(sql_check *whole, const sql_check *row);

/* Takes over what the check's variant gives to its engine. */
void sql_take_text(sql_check *check);

/* The members of a list's items that a statement uses. */
typedef struct sql_member {
    const gen_field *field;
    size_t value; /* its index among the values */
} sql_member;

typedef struct sql_list {
    const char *name;
    sql_member *members;
    size_t count;
} sql_list;

/* The list in parameter `number` as a table: a subselect with an alias. PostgreSQL's types are
 * those that it takes in a row. */
const char *sql_sqlite_list(weft_arena *arena, const sql_list *list, size_t number);
const char *sql_postgres_list(const sql_check *row, const sql_list *list, size_t number);

/* Whether $1, $2, ... are all there and all used; false after reporting what is wrong. */
bool sql_check_numbers(const sql_check *check);

/* The index that $n names, from 0; SIZE_MAX when it is written otherwise. */
size_t sql_parameter_index(const sql_token *token);

/* How the user wrote the parameter: "$1" or ":name". */
const char *sql_parameter_text(const sql_check *check, size_t index);

/* Reports that the parameter at a token may be NULL and is stored in `where`, which is NOT NULL. */
void sql_report_null_stored(const sql_check *check, size_t at, size_t index, const char *where);

/* What SQLite said when it refused the statement, in our words. */
void sql_explain(const gen_statement *statement, const sql_schema *schema);
/* The same of PostgreSQL, whose schema has no database behind it. */
typedef struct sql_refusal {
    const char *message; /* of the engine */
    const char *hint;    /* or NULL */
    size_t offset;       /* SIZE_MAX: none */
    const char **functions;
    size_t function_count;
} sql_refusal;
void sql_explain_postgres(const gen_statement *statement, const sql_schema *schema,
                          const sql_refusal *refusal);

void sql_check_whole(const sql_check *check, size_t columns, size_t in_row);
void sql_check_parameters(const sql_check *check); /* against SQLite's columns */
void sql_check_result(const sql_check *check, const sql_column_out *columns, size_t count);

/* The result columns as SQLite has them. */
sql_column_out *sql_sqlite_columns(const sql_check *check, size_t *count);

/* The tokens of each result column of the text, in order; false: they cannot be told apart. */
typedef struct sql_span {
    size_t first, end;
} sql_span;
bool sql_result_spans(const sql_check *check, sql_span **spans, size_t *count);

/* What is rarely meant: a change of every row, columns by `*`. */
void sql_lint(const sql_check *check);

/* All texts of all statements, against PostgreSQL; false: it could not be asked, as was
 * reported. */
bool sql_check_postgres(gen_unit *unit, sql_check *checks, size_t count);

/* The place of the tokens from `first` to before `end`. */
gen_place sql_place(const sql_check *check, size_t first, size_t end);

#endif
