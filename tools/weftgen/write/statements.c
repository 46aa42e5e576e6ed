/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/statements.c: what SQL prototypes stand for: the statement, and the function that
 * runs it. What is named here ends in two underscores, so that no parameter can be in its way.
 */
#include "write/line.h"
#include "write/rows.h"

/* ---- the statement ---- */

static size_t count_values(const gen_statement *statement)
{
    size_t count = 0;
    for (size_t i = 0; i < statement->function->parameter_count; i++)
        count += gen_is_value(statement, &statement->function->parameters[i]);
    return count;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void write_statement(gen_text *out, const gen_statement *statement)
{
    weft_buffer_printf(out,
                       "\nstatic const weft_statement %s__statement = {\n"
                       "    .name = \"%s\",\n"
                       "    .sql = ",
                       statement->function->name, statement->function->name);
    gen_write_literal(out, statement->sql);
    weft_buffer_printf(out,
                       ",\n"
                       "    .file = \"%s\",\n"
                       "    .line = %u,\n"
                       "    .parameters = %zu,\n"
                       "    .columns = %u,\n"
                       "    .read_only = %s,\n"
                       "};\n",
                       base_name(statement->place.file), statement->place.line,
                       count_values(statement), statement->columns,
                       statement->read_only ? "true" : "false");
}

/* ---- the function ---- */

static const char *parameter_name(gen_text *out, const gen_function *function, size_t index)
{
    const char *name = function->parameters[index].name;
    return name[0] != '\0' ? name : gen_format(out->arena, "value%zu__", index + 1);
}

static const char *name_of(gen_text *out, const gen_statement *statement,
                           const gen_parameter *parameter)
{
    return parameter_name(out, statement->function,
                          (size_t)(parameter - statement->function->parameters));
}

/* Weak, so that a test can put a function of its own in its place. */
static void write_head(gen_text *out, const gen_statement *statement)
{
    const gen_function *function = statement->function;
    weft_buffer_printf(out, "\n%s\n%s %s(",
                       function->is_static ? "static" : "__attribute__((weak))",
                       function->result.spelling, function->name);
    for (size_t i = 0; i < function->parameter_count; i++) {
        const gen_parameter *parameter = &function->parameters[i];
        line_add(out, i == 0,
                 gen_format(out->arena, "%s%s %s%s", parameter->is_const ? "const " : "",
                            parameter->type.spelling, parameter->pointer ? "*" : "",
                            parameter_name(out, function, i)));
    }
    weft_buffer_printf(out, ")\n{\n");
}

/* The expression of one value for the engine. */
static void write_value(gen_text *out, const gen_type *type, const char *value)
{
    switch (type->kind) {
    case GEN_OPTIONAL:
        weft_buffer_printf(out, "%s.present ? ", value);
        write_value(out, type->element, gen_format(out->arena, "%s.value", value));
        weft_buffer_printf(out, " : WEFT_DB_NULL_VALUE");
        break;
    case GEN_FLOAT:
    case GEN_DOUBLE: weft_buffer_printf(out, "WEFT_DB_REAL_OF(%s)", value); break;
    case GEN_STR: weft_buffer_printf(out, "WEFT_DB_TEXT_OF(%s)", value); break;
    case GEN_ENUM:
        weft_buffer_printf(out, "WEFT_DB_TEXT_OF(%s__to_column(%s))", type->spelling, value);
        break;
    case GEN_TIMESTAMP: weft_buffer_printf(out, "WEFT_DB_TIMESTAMP_OF(%s)", value); break;
    case GEN_DATE: weft_buffer_printf(out, "WEFT_DB_DATE_OF(%s)", value); break;
    case GEN_UUID: weft_buffer_printf(out, "WEFT_DB_UUID_OF(%s)", value); break;
    case GEN_DECIMAL: weft_buffer_printf(out, "WEFT_DB_DECIMAL_OF(%s)", value); break;
    case GEN_BYTES: weft_buffer_printf(out, "WEFT_DB_BYTES_OF(%s)", value); break;
    default: weft_buffer_printf(out, "WEFT_DB_INTEGER_OF(%s)", value); break;
    }
}

static void write_values(gen_text *out, const gen_statement *statement)
{
    const gen_function *function = statement->function;
    if (count_values(statement) == 0)
        return;
    weft_buffer_printf(out, "    const weft_db_value values__[] = {\n");
    for (size_t i = 0; i < function->parameter_count; i++) {
        if (!gen_is_value(statement, &function->parameters[i]))
            continue;
        weft_buffer_printf(out, "        ");
        write_value(out, &function->parameters[i].type, parameter_name(out, function, i));
        weft_buffer_printf(out, ",\n");
    }
    weft_buffer_printf(out, "    };\n");
}

/* "weft_db_result result__ = weft_db_<how>(db, &statement, values" */
static void write_call(gen_text *out, const gen_statement *statement, const char *how)
{
    const char *name = statement->function->name;
    weft_buffer_printf(out, "    weft_db_result result__ = weft_db_%s(", how);
    line_add(out, true, name_of(out, statement, gen_statement_database(statement)));
    line_add(out, false, gen_format(out->arena, "&%s__statement", name));
    line_add(out, false, count_values(statement) != 0 ? "values__" : "NULL");
}

/* ", arena, reader" */
static void write_reading(gen_text *out, const gen_statement *statement, const char *reader)
{
    const gen_parameter *arena = gen_statement_arena(statement);
    line_add(out, false, arena ? name_of(out, statement, arena) : "weft_arena_current()");
    line_add(out, false, reader);
}

static void write_return(gen_text *out, const gen_statement *statement)
{
    bool status = strcmp(statement->function->result.spelling, "weft_http_status") == 0;
    weft_buffer_printf(out, "    return %s;\n}\n",
                       status ? "weft_status_of_db(result__)" : "result__");
}

/* ---- by what the last parameter is ---- */

static void write_all(gen_text *out, const gen_statement *statement, const char *reader,
                      const gen_parameter *rows)
{
    weft_buffer_printf(out, "    void *items__ = NULL;\n    size_t count__ = 0;\n");
    write_call(out, statement, "all");
    write_reading(out, statement, reader);
    line_add(out, false, gen_format(out->arena, "sizeof(%s)", rows->type.element->spelling));
    line_add(out, false, "&items__");
    line_add(out, false, "&count__");
    weft_buffer_printf(out, ");\n    *%s = (%s){.at = items__, .len = count__};\n",
                       name_of(out, statement, rows), rows->type.spelling);
}

/* A cursor keeps the texts of a row in memory of its own. */
static void write_open(gen_text *out, const gen_statement *statement, const char *reader,
                       const gen_parameter *rows)
{
    const gen_parameter *arena = gen_statement_arena(statement);
    if (arena != NULL)
        weft_buffer_printf(out, "    (void)%s;\n", name_of(out, statement, arena));
    write_call(out, statement, "open");
    line_add(out, false, reader);
    line_add(out, false, gen_format(out->arena, "&%s->rows", name_of(out, statement, rows)));
    weft_buffer_printf(out, ");\n");
}

/* An optional record is filled through its value; an optional scalar's reader knows NULL. */
static void write_maybe(gen_text *out, const gen_statement *statement, const char *reader,
                        const gen_parameter *row)
{
    const char *name = name_of(out, statement, row);
    bool record = row->type.element->kind == GEN_RECORD;
    weft_buffer_printf(out, "    %s->present = false;\n", name);
    write_call(out, statement, "one");
    write_reading(out, statement, reader);
    line_add(out, false, record ? gen_format(out->arena, "&%s->value", name) : name);
    weft_buffer_printf(out, ");\n");
    if (record)
        weft_buffer_printf(out, "    %s->present = result__ == WEFT_DB_OK;\n", name);
    weft_buffer_printf(out, "    if (result__ == WEFT_DB_NONE)\n        result__ = WEFT_DB_OK;\n");
}

static void write_one(gen_text *out, const gen_statement *statement, const char *reader,
                      const gen_parameter *row)
{
    write_call(out, statement, "one");
    write_reading(out, statement, reader);
    line_add(out, false, name_of(out, statement, row));
    weft_buffer_printf(out, ");\n");
}

static void write_run(gen_text *out, const gen_statement *statement, const gen_parameter *count)
{
    write_call(out, statement, "run");
    line_add(out, false, count ? name_of(out, statement, count) : "NULL");
    weft_buffer_printf(out, ");\n");
}

/* What one row is read into; NULL when rows are not wanted. */
static const gen_type *row_type(const gen_statement *statement)
{
    const gen_parameter *result = gen_statement_result(statement);
    if (result == NULL || (result->type.kind == GEN_I64 && statement->columns == 0))
        return NULL;
    return gen_row_type(&result->type);
}

static void write_function(gen_text *out, const gen_statement *statement,
                           struct row_readers *readers)
{
    const gen_parameter *result = gen_statement_result(statement);
    const gen_type *type = row_type(statement);
    const char *reader = type ? rows_write_reader(out, readers, statement, type) : NULL;
    write_statement(out, statement);
    write_head(out, statement);
    write_values(out, statement);
    if (type == NULL)
        write_run(out, statement, result);
    else if (result->type.kind == GEN_ARRAY)
        write_all(out, statement, reader, result);
    else if (result->type.kind == GEN_CURSOR)
        write_open(out, statement, reader, result);
    else if (result->type.kind == GEN_OPTIONAL)
        write_maybe(out, statement, reader, result);
    else
        write_one(out, statement, reader, result);
    write_return(out, statement);
}

void gen_write_statements(gen_text *out, const gen_unit *unit)
{
    struct row_readers readers = {0};
    if (unit->statement_count != 0)
        weft_buffer_printf(out, "\n/* ---- statements ---- */\n");
    rows_write_enumerations(out, unit);
    for (size_t i = 0; i < unit->statement_count; i++)
        write_function(out, unit->statements[i], &readers);
}
