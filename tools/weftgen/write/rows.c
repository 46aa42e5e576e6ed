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

/* Reads through a wider variable: the engine has one integer and one real type. */
static void write_narrowed(gen_text *out, const gen_type *type, int column, const char *target,
                           const char *indent)
{
    const struct integer *integer = &integers[type->kind];
    if (is_signed(type->kind))
        weft_buffer_printf(out, "%sWEFT_TRY(weft_row_i64(row__, %d, %s, %s, &integer__));\n",
                           indent, column, integer->min, integer->max);
    else
        weft_buffer_printf(out, "%sWEFT_TRY(weft_row_u64(row__, %d, %s, &natural__));\n", indent,
                           column, integer->max);
    const char *wide = is_signed(type->kind) ? "integer__" : "natural__";
    weft_buffer_printf(out, "%s%s = ", indent, target);
    if (type->kind != GEN_I64 && type->kind != GEN_U64)
        weft_buffer_printf(out, "(%s)", integer->type);
    weft_buffer_printf(out, "%s;\n", wide);
}

/* "&x" of "x", and "x" of "*x". */
static const char *address_of(gen_text *out, const char *target)
{
    return target[0] == '*' ? target + 1 : gen_format(out->arena, "&%s", target);
}

static void write_scalar(gen_text *out, const gen_type *type, int column, const char *target,
                         const char *indent)
{
    const char *to = address_of(out, target), *call = "";
    switch (type->kind) {
    case GEN_BOOL: call = gen_format(out->arena, "weft_row_bool(row__, %d, %s)", column, to); break;
    case GEN_DOUBLE:
        call = gen_format(out->arena, "weft_row_double(row__, %d, %s)", column, to);
        break;
    case GEN_FLOAT:
        call = gen_format(out->arena, "weft_row_double(row__, %d, &real__)", column);
        break;
    case GEN_STR:
    case GEN_DECIMAL:
    case GEN_BYTES:
    case GEN_BYTES_URL:
        call = gen_format(out->arena, "weft_row_%s(row__, %d, arena__, %s)",
                          type->kind == GEN_BYTES_URL ? "bytes" : codec_suffix(type->kind), column,
                          to);
        break;
    case GEN_TIMESTAMP:
    case GEN_DATE:
    case GEN_UUID:
        call = gen_format(out->arena, "weft_row_%s(row__, %d, %s)", codec_suffix(type->kind),
                          column, to);
        break;
    case GEN_ENUM:
        call = gen_format(out->arena, "%s__from_column(row__, %d, arena__, %s)", type->spelling,
                          column, to);
        break;
    default: write_narrowed(out, type, column, target, indent); return;
    }
    weft_buffer_printf(out, "%sWEFT_TRY(%s);\n", indent, call);
    if (type->kind == GEN_FLOAT)
        weft_buffer_printf(out, "%s%s = (float)real__;\n", indent, target);
}

static void write_column(gen_text *out, const gen_type *type, int column, const char *target)
{
    if (type->kind != GEN_OPTIONAL) {
        write_scalar(out, type, column, target, "    ");
        return;
    }
    weft_buffer_printf(out, "    %s.present = !weft_row_null(row__, %d);\n    if (%s.present) {\n",
                       target, column, target);
    write_scalar(out, type->element, column, gen_format(out->arena, "%s.value", target),
                 "        ");
    weft_buffer_printf(out, "    }\n");
}

/* ---- readers ---- */

/* Until check/ has matched them by name, columns stand in the order of the fields. */
static int column_of(const gen_statement *statement, size_t field)
{
    return statement->column_of_field ? statement->column_of_field[field] : (int)field;
}

static const gen_type *value_type(const gen_type *type)
{
    return type->kind == GEN_OPTIONAL ? type->element : type;
}

/* Calls for the type itself, or for the fields of a record that a column fills. */
static bool any_column(const gen_statement *statement, const gen_type *type,
                       bool (*matches)(gen_kind kind))
{
    if (type->kind != GEN_RECORD)
        return matches(value_type(type)->kind);
    for (size_t i = 0; i < type->record->field_count; i++)
        if (column_of(statement, i) >= 0 &&
            matches(value_type(&type->record->fields[i].type)->kind))
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
           kind == GEN_BYTES_URL;
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
    if (!any_column(statement, type, takes_arena))
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
        write_column(out, type, 0, type->kind == GEN_OPTIONAL ? "(*to__)" : "*to__");
    } else {
        for (size_t i = 0; i < type->record->field_count; i++) {
            const gen_field *field = &type->record->fields[i];
            int column = column_of(reader->statement, i);
            if (column >= 0)
                write_column(out, &field->type, column,
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
        if (column_of(reader->statement, i) != column_of(statement, i))
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
    type = value_type(type);
    return type->kind == GEN_ENUM && type->enumeration == enumeration;
}

static bool is_read(const gen_statement *statement, const gen_enumeration *enumeration)
{
    const gen_parameter *result = gen_statement_result(statement);
    if (result == NULL)
        return false;
    const gen_type *type = gen_row_type(&result->type);
    if (type->kind == GEN_OPTIONAL)
        type = type->element;
    if (type->kind != GEN_RECORD)
        return is_of(type, enumeration);
    for (size_t i = 0; i < type->record->field_count; i++)
        if (column_of(statement, i) >= 0 && is_of(&type->record->fields[i].type, enumeration))
            return true;
    return false;
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
