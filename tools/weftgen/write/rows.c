/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/rows.c: functions that read one row of a result. Enumerations are texts in a
 * database, as they are in JSON.
 */
#include "write/rows.h"
#include "write/codecs.h"
#include "write/line.h"

#include <stdio.h>

struct integer {
    const char *type, *min, *max;
};

static const struct integer integers[] = {
    [GEN_I8] = {"int8_t", "INT8_MIN", "INT8_MAX"},
    [GEN_I16] = {"int16_t", "INT16_MIN", "INT16_MAX"},
    [GEN_I32] = {"int32_t", "INT32_MIN", "INT32_MAX"},
    [GEN_I64] = {"int64_t", "INT64_MIN", "INT64_MAX"},
    [GEN_U8] = {"uint8_t", NULL, "UINT8_MAX"},
    [GEN_U16] = {"uint16_t", NULL, "UINT16_MAX"},
    [GEN_U32] = {"uint32_t", NULL, "UINT32_MAX"},
    [GEN_U64] = {"uint64_t", NULL, "UINT64_MAX"},
};

static bool is_signed(gen_kind kind)
{
    return kind >= GEN_I8 && kind <= GEN_I64;
}

static bool is_unsigned(gen_kind kind)
{
    return kind >= GEN_U8 && kind <= GEN_U64;
}

/* ---- columns ---- */

/* Where a value is read from. */
struct origin {
    const char *row, *column; /* expressions */
    const char *indent;
};

/* Reads through a wider variable: the engine has one integer and one real type. */
static void write_narrowed(gen_text *out, const gen_type *type, struct origin from,
                           const char *target)
{
    const struct integer *integer = &integers[type->kind];
    if (is_signed(type->kind))
        weft_buffer_printf(out, "%sWEFT_TRY(weft_row_i64(%s, %s, %s, %s, &integer__));\n",
                           from.indent, from.row, from.column, integer->min, integer->max);
    else
        weft_buffer_printf(out, "%sWEFT_TRY(weft_row_u64(%s, %s, %s, &natural__));\n", from.indent,
                           from.row, from.column, integer->max);
    const char *wide = is_signed(type->kind) ? "integer__" : "natural__";
    weft_buffer_printf(out, "%s%s = ", from.indent, target);
    if (type->kind != GEN_I64 && type->kind != GEN_U64)
        weft_buffer_printf(out, "(%s)", integer->type);
    weft_buffer_printf(out, "%s;\n", wide);
}

/* "&x" of "x", and "x" of "*x". */
static const char *address_of(gen_text *out, const char *target)
{
    return target[0] == '*' ? target + 1 : gen_format(out->arena, "&%s", target);
}

/* How the library's function for such a column is called. */
static const char *reader_suffix(const gen_type *type)
{
    return type->kind == GEN_BYTES_URL ? "bytes"
           : type->kind == GEN_RAW     ? "raw"
                                       : codec_suffix(type->kind);
}

static const char *scalar_call(gen_text *out, const gen_type *type, struct origin from,
                               const char *to)
{
    switch (type->kind) {
    case GEN_BOOL:
    case GEN_DOUBLE:
    case GEN_TIMESTAMP:
    case GEN_DATE:
    case GEN_UUID:
        return gen_format(out->arena, "weft_row_%s(%s, %s, %s)", reader_suffix(type), from.row,
                          from.column, to);
    case GEN_FLOAT:
        return gen_format(out->arena, "weft_row_double(%s, %s, &real__)", from.row, from.column);
    case GEN_STR:
    case GEN_DECIMAL:
    case GEN_BYTES:
    case GEN_BYTES_URL:
    case GEN_RAW:
        return gen_format(out->arena, "weft_row_%s(%s, %s, arena__, %s)", reader_suffix(type),
                          from.row, from.column, to);
    case GEN_ENUM:
        return gen_format(out->arena, "%s__from_column(%s, %s, arena__, %s)", type->spelling,
                          from.row, from.column, to);
    default: return NULL;
    }
}

static void write_scalar(gen_text *out, const gen_type *type, struct origin from,
                         const char *target)
{
    const char *call = scalar_call(out, type, from, address_of(out, target));
    if (call == NULL) {
        write_narrowed(out, type, from, target);
        return;
    }
    weft_buffer_printf(out, "%sWEFT_TRY(%s);\n", from.indent, call);
    if (type->kind == GEN_FLOAT)
        weft_buffer_printf(out, "%s%s = (float)real__;\n", from.indent, target);
}

static void write_json(gen_text *out, const gen_type *type, struct origin from, const char *target)
{
    weft_buffer_printf(out,
                       "%sWEFT_TRY(weft_row_json(%s, %s, arena__,\n"
                       "%s                       %s__decode_json, %s));\n",
                       from.indent, from.row, from.column, from.indent, type->spelling,
                       address_of(out, target));
}

static void write_value(gen_text *out, const gen_type *type, struct origin from, const char *target,
                        bool json);

/* The items of an array, each as a column of a row of its own. */
static void write_items(gen_text *out, const gen_type *type, struct origin from, const char *target)
{
    const char *in = gen_format(out->arena, "%s    ", from.indent);
    const gen_type *element = type->element;
    weft_buffer_printf(out,
                       "%s{\n%sconst weft_row *items__;\n%sunsigned count__;\n"
                       "%sWEFT_TRY(weft_row_items(%s, %s, arena__, &items__, &count__));\n"
                       "%s%s = (%s){WEFT_NEW_ARRAY(arena__, %s, count__), count__};\n"
                       "%sif (count__ != 0 && %s.at == NULL)\n%s    return WEFT_DB_NO_MEMORY;\n"
                       "%sfor (unsigned i__ = 0; i__ < count__; i__++) {\n",
                       from.indent, in, in, in, from.row, from.column, in, target, type->spelling,
                       element->spelling, in, target, in, in);
    struct origin item = {"items__", "i__", gen_format(out->arena, "%s    ", in)};
    write_value(out, element, item, gen_format(out->arena, "%s.at[i__]", target), false);
    weft_buffer_printf(out, "%s}\n%s}\n", in, from.indent);
}

static void write_present(gen_text *out, const gen_type *type, struct origin from,
                          const char *target, bool json)
{
    if (gen_reads_json(type, json))
        write_json(out, type, from, target);
    else if (type->kind == GEN_ARRAY)
        write_items(out, type, from, target);
    else
        write_scalar(out, type, from, target);
}

/* `json`: the column is known to hold JSON. */
static void write_value(gen_text *out, const gen_type *type, struct origin from, const char *target,
                        bool json)
{
    if (type->kind != GEN_OPTIONAL) {
        write_present(out, type, from, target, json);
        return;
    }
    weft_buffer_printf(out, "%s%s.present = !weft_row_null(%s, %s);\n%sif (%s.present) {\n",
                       from.indent, target, from.row, from.column, from.indent, target);
    struct origin inside = {from.row, from.column, gen_format(out->arena, "%s    ", from.indent)};
    write_present(out, type->element, inside, gen_format(out->arena, "%s.value__", target), json);
    weft_buffer_printf(out, "%s}\n", from.indent);
}

static void write_column(gen_text *out, const gen_statement *statement, const gen_type *type,
                         int column, const char *target)
{
    struct origin from = {"row__", gen_format(out->arena, "%d", column), "    "};
    write_value(out, type, from, target, gen_is_json_column(statement, column));
}

/* ---- readers ---- */

/* Until check/ has matched them by name, columns stand in the order of the fields. */
static int column_of(const gen_statement *statement, size_t field)
{
    return statement->column_of_field ? statement->column_of_field[field] : (int)field;
}

/* What a column, or an item of its array, is read as. */
static gen_kind kind_of(const gen_statement *statement, const gen_type *type, int column)
{
    type = gen_value_type(type);
    if (gen_reads_json(type, gen_is_json_column(statement, column)))
        return GEN_RECORD;
    return type->kind == GEN_ARRAY ? gen_value_type(type->element)->kind : type->kind;
}

/* Calls for the type itself, or for the fields of a record that a column fills. */
static bool any_column(const gen_statement *statement, const gen_type *type,
                       bool (*matches)(gen_kind kind))
{
    if (type->kind != GEN_RECORD)
        return matches(kind_of(statement, type, 0));
    for (size_t i = 0; i < type->record->field_count; i++)
        if (column_of(statement, i) >= 0 &&
            matches(kind_of(statement, &type->record->fields[i].type, column_of(statement, i))))
            return true;
    return false;
}

static bool is_float(gen_kind kind)
{
    return kind == GEN_FLOAT;
}

static bool takes_arena(gen_kind kind)
{
    return kind == GEN_STR || kind == GEN_ENUM || kind == GEN_DECIMAL || kind == GEN_BYTES ||
           kind == GEN_BYTES_URL || kind == GEN_RAW || kind == GEN_RECORD;
}

static bool has_array(const gen_statement *statement, const gen_type *type)
{
    for (size_t i = 0; type->kind == GEN_RECORD && i < type->record->field_count; i++)
        if (column_of(statement, i) >= 0 &&
            gen_value_type(&type->record->fields[i].type)->kind == GEN_ARRAY)
            return true;
    return false;
}

static void write_variables(gen_text *out, const gen_statement *statement, const gen_type *type)
{
    weft_buffer_printf(out, "    %s *to__ = into__;\n", type->spelling);
    if (any_column(statement, type, is_signed))
        weft_buffer_printf(out, "    int64_t integer__;\n");
    if (any_column(statement, type, is_unsigned))
        weft_buffer_printf(out, "    uint64_t natural__;\n");
    if (any_column(statement, type, is_float))
        weft_buffer_printf(out, "    double real__;\n");
    if (!any_column(statement, type, takes_arena) && !has_array(statement, type))
        weft_buffer_printf(out, "    (void)arena__;\n");
}

static void write_reader(gen_text *out, const struct row_reader *reader)
{
    const gen_type *type = reader->type;
    weft_buffer_printf(out, "\nstatic weft_db_result %s(", reader->name);
    line_add(out, true, "const weft_row *row__");
    line_add(out, false, "weft_arena *arena__");
    line_add(out, false, "void *into__");
    weft_buffer_printf(out, ")\n{\n");
    write_variables(out, reader->statement, type);
    if (type->kind != GEN_RECORD) {
        write_column(out, reader->statement, type, 0,
                     type->kind == GEN_OPTIONAL ? "(*to__)" : "*to__");
    } else {
        for (size_t i = 0; i < type->record->field_count; i++) {
            const gen_field *field = &type->record->fields[i];
            int column = column_of(reader->statement, i);
            if (column >= 0)
                write_column(out, reader->statement, &field->type, column,
                             gen_format(out->arena, "to__->%s", field->name));
        }
    }
    weft_buffer_printf(out, "    return WEFT_DB_OK;\n}\n");
}

static bool is_same(const struct row_reader *reader, const gen_statement *statement,
                    const gen_type *type)
{
    if (strcmp(reader->type->spelling, type->spelling) != 0)
        return false;
    for (size_t i = 0; type->kind == GEN_RECORD && i < type->record->field_count; i++)
        if (column_of(reader->statement, i) != column_of(statement, i) ||
            gen_is_json_column(reader->statement, column_of(statement, i)) !=
                gen_is_json_column(statement, column_of(statement, i)))
            return false;
    return true;
}

static bool is_taken(const struct row_readers *readers, const char *name)
{
    for (size_t i = 0; i < readers->count; i++)
        if (strcmp(readers->at[i].name, name) == 0)
            return true;
    return false;
}

/* "user__from_row"; of a type of two words, "unsigned_int__from_row". */
static const char *reader_name(gen_text *out, const gen_type *type)
{
    size_t size = strlen(type->spelling) + sizeof("__from_row");
    char *name = gen_alloc(out->arena, size);
    snprintf(name, size, "%s__from_row", type->spelling);
    for (char *at = strchr(name, ' '); at != NULL; at = strchr(at, ' '))
        *at = '_';
    return name;
}

const char *rows_write_reader(gen_text *out, struct row_readers *readers,
                              const gen_statement *statement, const gen_type *type)
{
    for (size_t i = 0; i < readers->count; i++)
        if (is_same(&readers->at[i], statement, type))
            return readers->at[i].name;
    struct row_reader reader = {.type = type, .statement = statement};
    reader.name = reader_name(out, type);
    if (is_taken(readers, reader.name)) /* the same type from other columns */
        reader.name = gen_format(out->arena, "%s__row", statement->function->name);
    write_reader(out, &reader);
    GEN_PUSH(out->arena, readers->at, readers->count, reader);
    return reader.name;
}

/* ---- enumerations ---- */

static void write_from_column(gen_text *out, const gen_enumeration *enumeration)
{
    weft_buffer_printf(
        out,
        "\nstatic weft_db_result %s__from_column(const weft_row *row__, unsigned "
        "column__,\n        weft_arena *arena__, %s *to__)\n{\n    weft_str text__;\n"
        "    WEFT_TRY(weft_row_str(row__, column__, arena__, &text__));\n",
        enumeration->name, enumeration->name);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        weft_buffer_printf(out, "    if (weft_str_equal(text__, WEFT_STR(");
        gen_write_literal(out, enumeration->items[i].key);
        weft_buffer_printf(out, "))) {\n        *to__ = %s;\n        return WEFT_DB_OK;\n    }\n",
                           enumeration->items[i].name);
    }
    weft_buffer_printf(out, "    return WEFT_DB_VALUE;\n}\n");
}

static void write_to_value(gen_text *out, const gen_enumeration *enumeration)
{
    weft_buffer_printf(out,
                       "\nstatic weft_str %s__to_column(%s value__)\n{\n    switch (value__) {\n",
                       enumeration->name, enumeration->name);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        weft_buffer_printf(out, "    case %s: return WEFT_STR(", enumeration->items[i].name);
        gen_write_literal(out, enumeration->items[i].key);
        weft_buffer_printf(out, ");\n");
    }
    weft_buffer_printf(out, "    }\n    return WEFT_STR(\"\");\n}\n");
}

static bool is_of(const gen_type *type, const gen_enumeration *enumeration)
{
    type = gen_value_type(type);
    if (type->kind == GEN_ARRAY)
        type = gen_value_type(type->element);
    return type->kind == GEN_ENUM && type->enumeration == enumeration;
}

static bool is_in(const gen_type *row, const int *column_of, const gen_enumeration *enumeration)
{
    if (row->kind != GEN_RECORD)
        return is_of(row, enumeration);
    for (size_t i = 0; i < row->record->field_count; i++)
        if ((column_of == NULL || column_of[i] >= 0) &&
            is_of(&row->record->fields[i].type, enumeration))
            return true;
    return false;
}

static bool is_read(const gen_statement *statement, const gen_enumeration *enumeration)
{
    const gen_parameter *result = gen_statement_result(statement);
    const gen_field *nested = statement->nested;
    return result != NULL &&
           (is_in(gen_value_type(gen_row_type(&result->type)), statement->column_of_field,
                  enumeration) ||
            (nested && is_in(nested->type.element, statement->column_of_nested, enumeration)));
}

static bool is_taken_by(const gen_statement *statement, const gen_enumeration *enumeration)
{
    const gen_function *function = statement->function;
    for (size_t i = 0; i < function->parameter_count; i++)
        if (gen_is_value(statement, &function->parameters[i]) &&
            is_of(&function->parameters[i].type, enumeration))
            return true;
    return false;
}

static bool any_statement(const gen_unit *unit, const gen_enumeration *enumeration,
                          bool (*matches)(const gen_statement *, const gen_enumeration *))
{
    for (size_t i = 0; i < unit->statement_count; i++)
        if (matches(unit->statements[i], enumeration))
            return true;
    return false;
}

void rows_write_enumerations(gen_text *out, const gen_unit *unit)
{
    for (size_t i = 0; i < unit->enumeration_count; i++) {
        if (any_statement(unit, unit->enumerations[i], is_read))
            write_from_column(out, unit->enumerations[i]);
        if (any_statement(unit, unit->enumerations[i], is_taken_by))
            write_to_value(out, unit->enumerations[i]);
    }
}
