/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * PostgreSQL's types and C's: which can hold what. A C type takes a column when it holds every
 * value of the column's type; a parameter when the parameter's type holds every value of the C
 * type.
 */
#include "check/sql.h"
#include "check/sql_postgres.h"
#include "check/types.h"

typedef enum family {
    BOOLEAN,
    INTEGER,
    REAL,
    NUMERIC,
    TEXT,
    BYTES,
    UUID,
    DATE,
    TIMESTAMP,
    JSON,
    ENUM,
    OTHER,
} family;

typedef struct built_in {
    const char *name;
    uint32_t oid, array;
    family of;
    unsigned bits; /* of a number */
} built_in;

static const built_in built_ins[] = {
    {"boolean", 16, 1000, BOOLEAN, 0},
    {"smallint", 21, 1005, INTEGER, 16},
    {"integer", 23, 1007, INTEGER, 32},
    {"bigint", 20, 1016, INTEGER, 64},
    {"real", 700, 1021, REAL, 32},
    {"double precision", 701, 1022, REAL, 64},
    {"numeric", 1700, 1231, NUMERIC, 0},
    {"text", 25, 1009, TEXT, 0},
    {"character varying", 1043, 1015, TEXT, 0},
    {"character", 1042, 1014, TEXT, 0},
    {"\"char\"", 18, 1002, TEXT, 0},
    {"name", 19, 1003, TEXT, 0},
    {"citext", 0, 0, TEXT, 0},
    {"bytea", 17, 1001, BYTES, 0},
    {"uuid", 2950, 2951, UUID, 0},
    {"date", 1082, 1182, DATE, 0},
    {"timestamp without time zone", 1114, 1115, TIMESTAMP, 0},
    {"timestamp with time zone", 1184, 1185, TIMESTAMP, 0},
    {"json", 114, 199, JSON, 0},
    {"jsonb", 3802, 3807, JSON, 0},
};

/* The built-in type of a name; *array: of which it is an array. */
static const built_in *find(const char *name, bool *array)
{
    size_t len = strlen(name);
    *array = len > 2 && strcmp(name + len - 2, "[]") == 0;
    len -= *array ? 2 : 0;
    for (size_t i = 0; i < sizeof built_ins / sizeof built_ins[0]; i++)
        if (strlen(built_ins[i].name) == len && memcmp(built_ins[i].name, name, len) == 0)
            return &built_ins[i];
    return NULL;
}

uint32_t sql_postgres_oid(const char *type)
{
    bool array;
    const built_in *found = find(type, &array);
    return found == NULL ? 0 : array ? found->array : found->oid;
}

static family family_of(const pg_type *type, const built_in **found, bool *array)
{
    *found = find(type->name, array);
    return type->label_count ? ENUM : *found ? (*found)->of : OTHER;
}

/* ---- enums ----------------------------------------------------------------------------------- */

static bool has_key(const gen_enumeration *enumeration, const char *key)
{
    for (size_t i = 0; i < enumeration->item_count; i++)
        if (strcmp(enumeration->items[i].key, key) == 0)
            return true;
    return false;
}

static bool has_label(const pg_type *type, const char *label)
{
    for (size_t i = 0; i < type->label_count; i++)
        if (strcmp(type->labels[i], label) == 0)
            return true;
    return false;
}

/* A label that the C enum does not have. */
static const char *missing_label(weft_arena *arena, const pg_type *type,
                                 const gen_enumeration *enumeration)
{
    for (size_t i = 0; i < type->label_count; i++)
        if (!has_key(enumeration, type->labels[i]))
            return gen_format(arena, "%s has no \"%s\": add it to the enum", enumeration->name,
                              type->labels[i]);
    return NULL;
}

/* An enumerator that the type does not have. */
static const char *missing_key(weft_arena *arena, const pg_type *type,
                               const gen_enumeration *enumeration)
{
    for (size_t i = 0; i < enumeration->item_count; i++)
        if (!has_label(type, enumeration->items[i].key))
            return gen_format(arena,
                              "%s has no \"%s\": add it by a migration, or leave it out of %s",
                              type->name, enumeration->items[i].key, enumeration->name);
    return NULL;
}

/* ---- integers -------------------------------------------------------------------------------- */

static unsigned bits_of(gen_kind kind)
{
    static const unsigned char bits[] = {
        [GEN_I8] = 8, [GEN_I16] = 16, [GEN_I32] = 32, [GEN_I64] = 64,
        [GEN_U8] = 8, [GEN_U16] = 16, [GEN_U32] = 32, [GEN_U64] = 64};
    return gen_is_integer(kind) ? bits[kind] : 0;
}

static bool is_unsigned(gen_kind kind)
{
    return kind >= GEN_U8 && kind <= GEN_U64;
}

/* ---- columns --------------------------------------------------------------------------------- */

static const char *declare_integer(unsigned bits)
{
    return bits == 16   ? "declare it as int16_t"
           : bits == 32 ? "declare it as int32_t"
                        : "declare it as int64_t";
}

static bool takes_text(gen_kind kind)
{
    return gen_is_text(kind); /* dates, UUIDs and enums that are kept as texts are read as such */
}

/* What to do when a value of the family cannot be read as `kind`; NULL: it can. */
static const char *misread(family of, unsigned bits, gen_kind kind)
{
    switch (of) {
    case BOOLEAN: return kind == GEN_BOOL ? NULL : "declare it as bool";
    case INTEGER:
        if (kind == GEN_DECIMAL || (kind == GEN_DOUBLE && bits <= 32))
            return NULL;
        return gen_is_integer(kind) && !is_unsigned(kind) && bits_of(kind) >= bits
                   ? NULL
                   : declare_integer(bits);
    case REAL:
        return kind == GEN_DOUBLE || (kind == GEN_FLOAT && bits == 32) ? NULL
                                                                       : "declare it as double";
    case NUMERIC:
        return kind == GEN_DECIMAL
                   ? NULL
                   : "declare it as decimal, or cast the column: ..::bigint, ..::double precision";
    case TEXT: return takes_text(kind) ? NULL : "declare it as str";
    case BYTES: return kind == GEN_BYTES || kind == GEN_BYTES_URL ? NULL : "declare it as bytes";
    case UUID: return kind == GEN_UUID ? NULL : "declare it as uuid";
    case DATE: return kind == GEN_DATE ? NULL : "declare it as date";
    case TIMESTAMP: return kind == GEN_TIMESTAMP ? NULL : "declare it as timestamp";
    case JSON:
        return kind == GEN_STR || kind == GEN_RAW || kind == GEN_RECORD || kind == GEN_ARRAY
                   ? NULL
                   : "declare it as json_raw, or as a struct that derives json";
    case ENUM:
        return kind == GEN_STR || kind == GEN_ENUM
                   ? NULL
                   : "declare it as an enum that derives json, or as str";
    case OTHER: break;
    }
    return "there is no C type for it: cast the column, e.g. ..::text";
}

const char *sql_postgres_misfit(weft_arena *arena, const pg_type *column, const gen_type *type)
{
    const built_in *found;
    bool array;
    family of = family_of(column, &found, &array);
    type = gen_value_type(type);
    if (array && type->kind != GEN_ARRAY)
        return "declare it as ARRAY(..) of what the array holds";
    if (array)
        type = gen_value_type(type->element);
    else if (type->kind == GEN_ARRAY && of != JSON)
        return "an ARRAY is read from an array";
    const char *remedy = misread(of, found ? found->bits : 0, type->kind);
    if (remedy == NULL && of == ENUM && type->kind == GEN_ENUM)
        remedy = missing_label(arena, column, type->enumeration);
    return remedy;
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* What C type gives the family its values; NULL: `kind` does. */
static const char *miswritten(family of, unsigned bits, gen_kind kind)
{
    switch (of) {
    case BOOLEAN: return kind == GEN_BOOL ? NULL : "bool";
    case INTEGER: {
        /* one bit of an unsigned type would be the sign */
        unsigned needs = bits_of(kind) + is_unsigned(kind);
        if (gen_is_integer(kind) && needs <= bits)
            return NULL;
        return bits == 16 ? "int16_t" : bits == 32 ? "int32_t" : "int64_t";
    }
    case REAL:
        return kind == GEN_FLOAT || (kind == GEN_DOUBLE && bits == 64) ? NULL
               : bits == 32                                            ? "float"
                                                                       : "double";
    case NUMERIC: return kind == GEN_DECIMAL || gen_is_integer(kind) ? NULL : "decimal";
    case TEXT: return takes_text(kind) ? NULL : "str";
    case BYTES: return kind == GEN_BYTES || kind == GEN_BYTES_URL ? NULL : "bytes";
    case UUID: return kind == GEN_UUID ? NULL : "uuid";
    case DATE: return kind == GEN_DATE ? NULL : "date";
    case TIMESTAMP: return kind == GEN_TIMESTAMP ? NULL : "timestamp";
    case JSON:
        return kind == GEN_STR || kind == GEN_RAW || kind == GEN_RECORD || kind == GEN_ARRAY
                   ? NULL
                   : "const T *, T derives json, or json_raw";
    case ENUM: return kind == GEN_STR || kind == GEN_ENUM ? NULL : "an enum that derives json";
    case OTHER: break;
    }
    return kind == GEN_STR ? NULL : "str, and cast it in the statement";
}

const char *sql_postgres_mispass(weft_arena *arena, const pg_type *wanted,
                                 const gen_parameter *parameter)
{
    const built_in *found;
    bool array;
    family of = family_of(wanted, &found, &array);
    const gen_type *type = gen_value_type(&parameter->type);
    if (array != (type->kind == GEN_ARRAY) && of != JSON)
        return gen_format(arena, array ? "declare \"%s\" as ARRAY(..)" : "it takes one value",
                          parameter->name);
    if (array)
        type = gen_value_type(type->element);
    const char *name = miswritten(of, found ? found->bits : 0, type->kind);
    if (name != NULL)
        return gen_format(arena, array ? "declare \"%s\" as ARRAY(%s)" : "declare \"%s\" as %s",
                          parameter->name, name);
    return of == ENUM && type->kind == GEN_ENUM ? missing_key(arena, wanted, type->enumeration)
                                                : NULL;
}
