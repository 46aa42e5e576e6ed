/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/model.h: what a user's file declares, as plain data: read/ fills it from libclang, check/
 * judges it, write/ turns it into C. Everything lives in the generator's arena until it exits.
 */
#ifndef WEFTGEN_MODEL_H
#define WEFTGEN_MODEL_H

#include <weft/buffer.h>

/* A place in the user's files. */
typedef struct gen_place {
    const char *file; /* as the compiler prints it */
    unsigned line;    /* from 1 */
    unsigned column;  /* from 1, in bytes */
    unsigned width;   /* bytes to underline after the caret; 0 or 1: the caret alone */
} gen_place;

/* ---- types ----------------------------------------------------------------------------------- */

typedef enum gen_kind {
    GEN_BOOL,
    GEN_I8,
    GEN_I16,
    GEN_I32,
    GEN_I64,
    GEN_U8,
    GEN_U16,
    GEN_U32,
    GEN_U64,
    GEN_FLOAT,
    GEN_DOUBLE,
    GEN_STR,
    GEN_TIMESTAMP,
    GEN_DATE,
    GEN_UUID,
    GEN_DECIMAL,
    GEN_BYTES,
    GEN_BYTES_URL, /* bytes with BASE64URL */
    GEN_ENUM,      /* `enumeration` */
    GEN_RAW,       /* weft_json_raw */
    GEN_UPLOAD,    /* weft_upload */
    GEN_RECORD,    /* `record` */
    GEN_ARRAY,     /* WEFT_ARRAY(T): `element` */
    GEN_OPTIONAL,  /* WEFT_OPTIONAL(T): `element` */
    GEN_CHANGE,    /* WEFT_CHANGE(T): `element` */
    GEN_MAP,       /* WEFT_MAP(T): `element` */
    GEN_CURSOR,    /* WEFT_CURSOR(T): `element`; of a statement's result only */
    GEN_OTHER,     /* anything else; `spelling` says what */
} gen_kind;

typedef struct gen_record gen_record;
typedef struct gen_enumeration gen_enumeration;

typedef struct gen_type {
    gen_kind kind;
    const char *spelling; /* how C writes it, e.g. "int32_t", "weft_array_user" */
    const gen_record *record;
    const gen_enumeration *enumeration;
    const struct gen_type *element;
    const struct gen_type
        *target; /* GEN_OTHER: the user's struct that it points to, or what a plain
                                      array holds; NULL: neither */
} gen_type;

/* ---- notes ----------------------------------------------------------------------------------- */

enum gen_note_kind {
    GEN_NOTE_LENGTH,
    GEN_NOTE_RANGE,
    GEN_NOTE_EMAIL,
    GEN_NOTE_PATTERN,
    GEN_NOTE_RENAME,
    GEN_NOTE_DEFAULT,
    GEN_NOTE_HEADER,
    GEN_NOTE_COOKIE,
    GEN_NOTE_BODY,
    GEN_NOTE_BASE64URL,
    GEN_NOTE_FLATTEN,
    GEN_NOTE_TAG,
    GEN_NOTE_COUNT
};

/* What LENGTH, RANGE, ... after a field or parameter say. Absent texts are NULL. Numbers stay text
 * as written, so that no precision is lost; check/ judges them. */
typedef struct gen_notes {
    const char *length_min, *length_max;
    const char *range_min, *range_max;
    bool email;
    const char *pattern;
    const char *rename;
    const char *fallback; /* DEFAULT(..) as written in C */
    const char *header, *cookie;
    bool body, base64url, flatten, tag;
    gen_place place;                  /* of the first note; line 0: there is none */
    gen_place places[GEN_NOTE_COUNT]; /* of each; line 0: absent */
} gen_notes;

/* ---- declarations ---------------------------------------------------------------------------- */

typedef struct gen_field {
    const char *name; /* in C */
    const char *key;  /* outside C: RENAME or the name */
    gen_type type;
    gen_notes notes;
    gen_place place;
} gen_field;

enum {
    GEN_JSON = 1,
    GEN_QUERY = 2,
    GEN_FORM = 4,
    GEN_ROW = 8,
    GEN_STATE = 16,
    GEN_STRICT = 32,
    GEN_MULTIPART = 64,
    GEN_ATTACHED = 128,
    GEN_MESSAGE = 256, /* json, and both codecs by name; never without GEN_JSON */
    GEN_TEXTS = GEN_QUERY | GEN_FORM | GEN_MULTIPART, /* names with a text each */
};

struct gen_record {
    const char *name;     /* the typedef's name */
    const char *spelling; /* how C writes the type; the name, but of what gen_variant makes */
    const char *comment;  /* the documentation comment's text, or NULL */
    unsigned derives;     /* GEN_JSON | ... */
    gen_field *fields;
    size_t field_count;
    gen_field *variants; /* the members of its anonymous union */
    size_t variant_count;
    gen_place union_place; /* line 0: it has none */
    const gen_field *rest; /* of a flat record: the MAP with FLATTEN, which is none of `fields` */
    gen_place place;       /* of the name */
    gen_place derive;      /* of DERIVE; line 0: none */
};

struct gen_enumeration {
    const char *name;
    const char *comment;
    unsigned derives;
    struct gen_enumerator {
        const char *name;   /* in C */
        const char *member; /* the name without the prefix common to all, in lower case */
        const char *key;    /* outside C: RENAME, or that */
        long long value;
        gen_place place;
    } * items;
    size_t item_count;
    gen_place place;
    gen_place derive;
};

/* A variable that outlives the function that it may stand in, and can be changed. */
typedef struct gen_variable {
    const char *name;
    gen_type type;
    gen_place place;
} gen_variable;

typedef struct gen_parameter {
    const char *name;
    gen_type type; /* of the value, or of what the pointer points to */
    bool pointer;  /* T * */
    bool is_const; /* const T * */
    gen_notes notes;
    gen_place place;
} gen_parameter;

typedef struct gen_function {
    const char *name;
    const char *comment;
    gen_type result; /* GEN_OTHER with spelling "weft_http_status", "weft_db_result", ... */
    gen_parameter *parameters;
    size_t parameter_count;
    bool is_static;
    bool is_defined; /* has a body in this file */
    gen_place place;
} gen_function;

/* One piece of a string literal in the source: maps offsets of the value back to places. */
typedef struct gen_piece {
    size_t offset; /* of the piece's first byte in the whole text */
    size_t len;
    gen_place place; /* of the first byte. width 0: plain text, each byte has the next column;
                        else the whole piece is one escape of that width */
} gen_piece;

/* The engines that statements are checked against. */
typedef enum gen_engine { GEN_SQLITE, GEN_POSTGRES, GEN_ENGINES } gen_engine;

/* One of the texts that a statement stands for: it has one, and one more for each choice of what
 * stands in braces. */
typedef struct gen_sql_text {
    const char *sql[GEN_ENGINES]; /* NULL: not checked on that engine */
    gen_piece *pieces[GEN_ENGINES];
    size_t piece_count[GEN_ENGINES];
    unsigned *values; /* $i+1 is the prototype's parameter of this index */
    size_t value_count;
    /* filled by check/ */
    bool read_only;
    const uint32_t *parameter_types, *column_types; /* PostgreSQL's numbers; 0: not built in */
} gen_sql_text;

/* SQL("..") before a prototype. */
typedef struct gen_statement {
    gen_function *function;
    const char *sql; /* the text, NUL-terminated */
    gen_piece *pieces;
    size_t piece_count;
    gen_place place; /* of the note */
    /* filled by check/ */
    gen_sql_text *texts; /* 2 to the power of choice_count; see also bulk */
    size_t text_count;
    uint64_t *choices; /* [bit]: the parameters, by index, that must be present for it to be set */
    size_t choice_count;
    bool named;           /* its parameters are written :name */
    bool bulk;            /* texts[0] is of one row, for the check; texts[1] of the whole list */
    size_t list;          /* bulk: the value that is the list */
    bool any_columns;     /* ANY_COLUMNS: * is meant */
    const char **present; /* PRESENT: result columns that are never NULL, whatever it seems */
    size_t present_count;
    unsigned columns;        /* result columns of the statement */
    int *column_of_field;    /* for a record result: the column that fills each field, -1 none */
    const gen_field *nested; /* the ARRAY that takes a row's columns "field.x"; NULL: none */
    int *column_of_nested;   /* the column that fills each field of its items */
} gen_statement;

typedef struct gen_table gen_table;

/* {name} or {*name} in a pattern. */
typedef struct gen_capture {
    const char *name; /* not terminated */
    size_t len;
    bool wildcard;
    gen_place place;
} gen_capture;

typedef struct gen_captures {
    gen_capture *at;
    size_t len;
} gen_captures;

typedef enum gen_row_kind { GEN_ROW_ROUTE, GEN_ROW_TABLE, GEN_ROW_FALLBACK } gen_row_kind;

/* One row of a route table. */
typedef struct gen_route {
    gen_row_kind kind;
    const char *method;    /* of fallbacks the word that declares them; "*" of tables */
    const char *path;      /* of a table its prefix */
    gen_place path_place;  /* of the pattern's literal */
    gen_function *handler; /* NULL: not a function this file sees */
    const char *handler_name;
    const char *nested_name; /* of the table that the row holds */
    gen_table *nested;       /* NULL: not a table of this file */
    gen_place place;         /* of the row */
    /* filled by check/ */
    gen_captures captures; /* of its own path */
    bool malformed;        /* the path, as has been reported */
} gen_route;

struct gen_table {
    const char *name;
    gen_route *routes;
    size_t route_count;
    gen_place place;
};

/* What a parameter of a handler stands for: its type decides first, then its name. */
typedef enum gen_role {
    GEN_ROLE_PATH,
    GEN_ROLE_QUERY,
    GEN_ROLE_HEADER, /* as the query, ARRAY too */
    GEN_ROLE_COOKIE,
    GEN_ROLE_JSON,      /* the body, const T *, const OPTIONAL(T) * or const ARRAY(T) * */
    GEN_ROLE_BODY_TEXT, /* the body as it is */
    GEN_ROLE_BODY_BYTES,
    GEN_ROLE_QUERY_RECORD, /* the whole query string, const T * */
    GEN_ROLE_FORM,         /* the body, const T * */
    GEN_ROLE_MULTIPART,    /* the body, const T * */
    GEN_ROLE_ANSWER,       /* the response's body, T * or ARRAY(T) * */
    GEN_ROLE_STATE,
    GEN_ROLE_ATTACHED, /* what a layer attached, const T * */
    GEN_ROLE_REFUSAL,  /* why the request is refused, const problem *; NULL when it is not */
    GEN_ROLE_REQUEST,
    GEN_ROLE_RESPONSE,
    GEN_ROLE_ARENA,
    GEN_ROLE_NONE, /* nothing that a request could give */
} gen_role;

/* A router that this file fills in: which state its tables' handlers will be given. */
typedef struct gen_router {
    const char *name;
    const gen_type *state; /* of what .state points to; NULL: not given, or not the address of a
                                variable this file sees */
    gen_place state_place; /* of the expression */
    gen_table **tables;    /* what .routes names */
    size_t table_count;
    gen_place place;
} gen_router;

/* A table as it hangs in a router, or by itself when nothing in this file names it. */
typedef struct gen_mount {
    gen_table *table;
    const char *prefix;            /* "", or what stands before each of its paths */
    const gen_route *nest;         /* the row that hangs it there; NULL: a root */
    const struct gen_mount *outer; /* where that row stands */
    const struct gen_mount *root;
    const gen_router *router; /* NULL: none of this file */
    bool again;               /* another mount of the same table comes before it */
} gen_mount;

/* What becomes of PostgreSQL's descriptions. */
typedef enum gen_describe {
    GEN_DESCRIBE_USE,     /* statements are checked against them */
    GEN_DESCRIBE_WRITE,   /* they are written into their folder */
    GEN_DESCRIBE_COMPARE, /* they are compared with those in their folder */
} gen_describe;

/* Everything weftgen knows about one file. Arrays are in the order of the source. */
typedef struct gen_unit {
    weft_arena *arena;
    const char *file; /* the user's file, as given */
    gen_record **records;
    size_t record_count;
    gen_enumeration **enumerations;
    size_t enumeration_count;
    gen_function **functions; /* of this file, prototypes included */
    size_t function_count;
    gen_variable *variables;
    size_t variable_count;
    gen_statement **statements;
    size_t statement_count;
    gen_table **tables;
    size_t table_count;
    gen_router **routers;
    size_t router_count;
    gen_mount **mounts; /* an outer one before those in it */
    size_t mount_count;
    const char *
        *dependencies; /* every file read, for the depfile; a stage that reads one adds it */
    size_t dependency_count;
    const char *migrations;    /* the folder of the project's migrations, or NULL */
    bool engines[GEN_ENGINES]; /* what statements are checked against */
    const char *database;      /* the URL of a PostgreSQL to ask, or NULL */
    const char *descriptions;  /* the folder of committed descriptions, or NULL */
    gen_describe describe;
} gen_unit;

/* ---- memory ---------------------------------------------------------------------------------- */

/* Each ends the generator with a message when memory is exhausted. */
void *gen_alloc(weft_arena *arena, size_t size);                       /* zeroed */
const char *gen_copy(weft_arena *arena, const char *text, size_t len); /* NUL-terminated */
const char *gen_format(weft_arena *arena, const char *format, ...) WEFT_PRINTF(2, 3);

/* Appends `item` to the array `at` of `count` items. */
#define GEN_PUSH(arena, at, count, item)                         \
    do {                                                         \
        (at) = gen__room((arena), (at), (count), sizeof(*(at))); \
        (at)[(count)++] = (item);                                \
    } while (0)
void *gen__room(weft_arena *arena, void *at, size_t count, size_t size);

/* ---- diagnostics ----------------------------------------------------------------------------- */

typedef enum gen_severity { GEN_ERROR, GEN_WARNING, GEN_NOTE } gen_severity;

/* Prints "file:line:column: error: text", the source line and the caret, as compilers do, to stderr
 * and counts errors. A GEN_NOTE belongs to the diagnostic before it. place NULL: "weftgen: error:".
 */
void gen_report(gen_severity severity, const gen_place *place, const char *format, ...)
    WEFT_PRINTF(3, 4);
unsigned gen_error_count(void);

/* The place of byte `offset` of a statement's text. */
gen_place gen_statement_place(const gen_statement *statement, size_t offset, size_t width);

/* The name among `count` names that is most like `wanted` (a typing slip away), or NULL. */
const char *gen_nearest(const char *wanted, const char *const *names, size_t count);

/* ---- members (members.c) --------------------------------------------------------------------- */

/* The record as it is outside C: in the place of records with FLATTEN their fields, whose names are
 * the paths to them, "address.city". */
const gen_record *gen_flat(weft_arena *arena, const gen_record *record);

/* The field with TAG, or NULL. */
const gen_field *gen_tag(const gen_record *record);

/* The member of the union that holds when the tag is `item`; NULL: none does. */
const gen_field *gen_variant_field(const gen_record *record, const struct gen_enumerator *item);

/* The flat record of all members that there are then; called "<record>__<item>". */
const gen_record *gen_variant(weft_arena *arena, const gen_record *record,
                              const struct gen_enumerator *item);

/* ---- meaning (meaning.c) --------------------------------------------------------------------- */

/* Whether a value is one text outside JSON: a number, bool, str, enum, or one of weft/value.h. */
bool gen_is_scalar(const gen_type *type);

/* Whether it travels as a text, in JSON too, that is kept in a TEXT column. */
bool gen_is_text(gen_kind kind);

/* Whether a column takes it as one JSON text: a record, a raw value, an array. */
bool gen_is_json(gen_kind kind);

/* Whether a column is read into this type by way of JSON. */
bool gen_reads_json(const gen_type *type, bool json_column);

/* Whether a parameter is written as JSON: a record, a list of records. */
bool gen_writes_json(const gen_type *type);

/* Whether the result column is one of PostgreSQL's JSON types. */
bool gen_is_json_column(const gen_statement *statement, int column);

/* What an OPTIONAL or CHANGE holds; else the type itself. */
const gen_type *gen_value_type(const gen_type *type);

/* Whether it holds values of another type, `element`. */
bool gen_is_container(const gen_type *type);

/* What one row of a result is read into: the type itself, or what ARRAY, CURSOR or an OPTIONAL
 * record hold. */
const gen_type *gen_row_type(const gen_type *result);

/* Whether the pattern has the capture {name} or {*name}. */
bool gen_path_captures(const char *path, const char *name);

/* The same of the whole pattern of a row. */
bool gen_row_captures(const gen_mount *mount, const gen_route *route, const char *name);

/* Whether requests of the row's method have no body that means anything. */
bool gen_has_no_body(const gen_route *route);

/* The role of a handler's parameter, over all routes of the unit that name the handler. */
gen_role gen_role_of(const gen_unit *unit, const gen_function *handler,
                     const gen_parameter *parameter);

/* The handlers of the unit's routes, each once, in the order of their first routes. */
const gen_function **gen_handlers(const gen_unit *unit, size_t *count);

/* How a path, query or header parameter is called outside C. */
const char *gen_parameter_key(const gen_parameter *parameter);

/* The parameters of a statement's prototype by what they are for; absent ones are NULL. Values are
 * those that stand neither for the database nor the arena nor the result. */
const gen_parameter *gen_statement_database(const gen_statement *statement);
const gen_parameter *gen_statement_arena(const gen_statement *statement);
const gen_parameter *gen_statement_result(const gen_statement *statement);
bool gen_is_value(const gen_statement *statement, const gen_parameter *parameter);

/* ---- stages ---------------------------------------------------------------------------------- */

/* read/: parses `file` with the compiler arguments; false after fatal errors, which it reported. */
bool gen_read(gen_unit *unit, const char *const *arguments, int argument_count);

/* Finds out which tables hang where (mounts.c). */
void gen_mount_tables(gen_unit *unit);

/* The whole pattern of a row, as the router has it. */
const char *gen_whole_path(weft_arena *arena, const gen_mount *mount, const gen_route *route);

/* check/: each reports what is wrong; check_sql also fills the statements. */
void gen_check_types(gen_unit *unit);
void gen_check_lifetimes(gen_unit *unit);
void gen_check_routes(gen_unit *unit);
void gen_check_sql(gen_unit *unit);

/* write/: the C text of the unit, and its parts. */
typedef weft_buffer gen_text;
void gen_write_unit(gen_text *out, const gen_unit *unit);       /* calls the others */
void gen_write_codecs(gen_text *out, const gen_unit *unit);     /* of records and enums */
void gen_write_statements(gen_text *out, const gen_unit *unit); /* SQL prototypes */
void gen_write_handlers(gen_text *out, const gen_unit *unit);   /* <handler>__call */

#endif
