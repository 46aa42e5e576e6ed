/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The prototype of a statement: a database, the values $1, $2, ..., and last what takes the result.
 */
#include "check/sql.h"
#include "check/types.h"

static bool is_value(const gen_type *type)
{
    return gen_is_scalar(type->kind == GEN_OPTIONAL ? type->element : type);
}

/* One row's worth of a result: a record that derives row, or a single value. */
static bool check_row_type(weft_arena *arena, const gen_parameter *parameter, const gen_type *type)
{
    if (is_value(type) && type->kind != GEN_OPTIONAL)
        return true;
    if (type->kind != GEN_RECORD) {
        gen_report(GEN_ERROR, &parameter->place, "a row cannot be read into %s",
                   gen_type_name(arena, type));
        gen_report(GEN_NOTE, &parameter->place,
                   "a result is a record that derives row, OPTIONAL, ARRAY or CURSOR of one, or a "
                   "scalar");
        return false;
    }
    if (type->record->derives & GEN_ROW)
        return true;
    gen_report(GEN_ERROR, &parameter->place, "%s does not derive row", type->record->name);
    gen_report(GEN_NOTE, &type->record->place, "write DERIVE(row) before %s", type->record->name);
    return false;
}

static bool check_result_type(weft_arena *arena, const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    bool wrapped = type->kind == GEN_OPTIONAL || type->kind == GEN_ARRAY ||
                   type->kind == GEN_CURSOR;
    return check_row_type(arena, parameter, wrapped ? type->element : type);
}

/* const T *, T derives json: one JSON value. */
static bool takes_json(const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    return type->kind == GEN_RAW ||
           (parameter->pointer && type->kind == GEN_RECORD && (type->record->derives & GEN_JSON));
}

/* ARRAY(T) or const ARRAY(T) * of values, or of what goes as JSON. */
static bool is_list(const gen_type *type)
{
    return type->kind == GEN_ARRAY &&
           (is_value(type->element) ||
            (type->element->kind == GEN_RECORD && (type->element->record->derives & GEN_JSON)));
}

static bool check_value(weft_arena *arena, const gen_parameter *parameter)
{
    if (parameter->pointer && !parameter->is_const) {
        gen_report(GEN_ERROR, &parameter->place,
                   "\"%s\" takes a result, so it must be the last parameter", parameter->name);
        return false;
    }
    if (!parameter->pointer && is_value(&parameter->type))
        return true;
    if (takes_json(parameter) || is_list(&parameter->type))
        return true;
    gen_report(GEN_ERROR, &parameter->place, "%s%s cannot be a parameter of a statement",
               gen_type_name(arena, &parameter->type), parameter->pointer ? " *" : "");
    if (parameter->type.kind == GEN_RECORD)
        gen_report(GEN_NOTE, &parameter->place, "pass the fields that it needs one by one");
    else
        gen_report(
            GEN_NOTE, &parameter->place,
            "parameters are numbers, bool, str, enums, OPTIONAL and ARRAY of these, and JSON: "
            "const T *, T derives json");
    return false;
}

static bool check_function(weft_arena *arena, const gen_statement *statement)
{
    const gen_function *function = statement->function;
    bool ok = true;
    if (!gen_type_is(&function->result, "http_status") &&
        !gen_type_is(&function->result, "db_result")) {
        gen_report(GEN_ERROR, &function->place,
                   "a statement returns http_status or db_result, not %s",
                   gen_type_name(arena, &function->result));
        ok = false;
    }
    if (function->is_defined) {
        gen_report(GEN_ERROR, &function->place,
                   "SQL(..) writes the body of \"%s\", but it has one already", function->name);
        ok = false;
    }
    if (gen_statement_database(statement) == NULL) {
        gen_report(GEN_ERROR, &function->place, "\"%s\" is given no database to run on",
                   function->name);
        gen_report(GEN_NOTE, &function->place, "write %s(database *db%s)", function->name,
                   function->parameter_count ? ", .." : "");
        ok = false;
    }
    return ok;
}

bool sql_check_prototype(sql_check *check)
{
    const gen_statement *statement = check->statement;
    const gen_function *function = statement->function;
    weft_arena *arena = check->arena;
    if (!check_function(arena, statement))
        return false;
    check->result = gen_statement_result(statement);
    bool ok = check->result == NULL || check_result_type(arena, check->result);
    for (size_t i = 0; i < function->parameter_count; i++) {
        const gen_parameter *parameter = &function->parameters[i];
        if (!gen_is_value(statement, parameter))
            continue;
        ok &= check_value(arena, parameter);
        GEN_PUSH(arena, check->values, check->value_count, parameter);
    }
    return ok;
}
