/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/statements.c: what SQL prototypes stand for: the statement, and the function that
 * runs it. What is named here ends in two underscores, so that no parameter can be in its way.
 */
#include "write/line.h"
#include "write/rows.h"

/* ---- the statement ---- */

/* The prototype's parameters that are values, in order. */
typedef struct values {
    const gen_parameter **at;
    size_t len;
} values;

static values values_of(gen_text *out, const gen_statement *statement)
{
    const gen_function *function = statement->function;
    values list = {0};
    for (size_t i = 0; i < function->parameter_count; i++)
        if (gen_is_value(statement, &function->parameters[i]))
            GEN_PUSH(out->arena, list.at, list.len, &function->parameters[i]);
    return list;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The text that is run, where there is no choice. */
static const gen_sql_text *run_text(const gen_statement *statement)
{
    return &statement->texts[statement->bulk];
}

/* The numbers of types; none of none. */
static void write_types(gen_text *out, const char *field, const uint32_t *types, size_t count)
{
    if (count == 0)
        return;
    weft_buffer_printf(out, "        .%s = (const uint32_t[]){", field);
    for (size_t i = 0; i < count; i++)
        weft_buffer_printf(out, "%s%u", i ? ", " : "", types[i]);
    weft_buffer_printf(out, "},\n");
}

/* What one engine is given. */
static void write_facts(gen_text *out, const gen_statement *statement, const gen_sql_text *variant,
                        gen_engine engine)
{
    static const char *const names[] = {[GEN_SQLITE] = "sqlite", [GEN_POSTGRES] = "postgres"};
    if (variant->sql[engine] == NULL)
        return;
    weft_buffer_printf(out, "    .%s = &(const weft_statement_%s){\n        .sql = ", names[engine],
                       names[engine]);
    gen_write_literal(out, variant->sql[engine]);
    weft_buffer_printf(out, ",\n");
    if (engine == GEN_POSTGRES) {
        write_types(out, "parameter_types", variant->parameter_types, variant->value_count);
        write_types(out, "column_types", variant->column_types, statement->columns);
    }
    weft_buffer_printf(out, "    },\n");
}

static void write_text(gen_text *out, const gen_statement *statement, const gen_sql_text *text)
{
    weft_buffer_printf(out, "    .name = \"%s\",\n    .sql = ", statement->function->name);
    gen_write_literal(out, statement->sql);
    weft_buffer_printf(out,
                       ",\n"
                       "    .file = \"%s\",\n"
                       "    .line = %u,\n"
                       "    .parameters = %zu,\n"
                       "    .columns = %u,\n"
                       "    .read_only = %s,\n",
                       base_name(statement->place.file), statement->place.line, text->value_count,
                       statement->columns, text->read_only ? "true" : "false");
    for (gen_engine engine = 0; engine < GEN_ENGINES; engine++)
        write_facts(out, statement, text, engine);
}

static size_t most_values(const gen_statement *statement)
{
    size_t most = 1;
    for (size_t i = 0; i < statement->text_count; i++)
        if (statement->texts[i].value_count > most)
            most = statement->texts[i].value_count;
    return most;
}

/* Which of the values each text takes, as $1, $2, .. */
static void write_orders(gen_text *out, const gen_statement *statement)
{
    weft_buffer_printf(out, "\nstatic const unsigned char %s__order[][%zu] = {\n",
                       statement->function->name, most_values(statement));
    for (size_t i = 0; i < statement->text_count; i++) {
        const gen_sql_text *text = &statement->texts[i];
        weft_buffer_printf(out, "    {");
        for (size_t k = 0; k < text->value_count; k++)
            weft_buffer_printf(out, "%s%u", k ? ", " : "", text->values[k]);
        weft_buffer_printf(out, "},\n");
    }
    weft_buffer_printf(out, "};\n");
}

static void write_statement(gen_text *out, const gen_statement *statement)
{
    const char *name = statement->function->name;
    if (statement->choice_count == 0) {
        weft_buffer_printf(out, "\nstatic const weft_statement %s__statement = {\n", name);
        write_text(out, statement, run_text(statement));
        weft_buffer_printf(out, "};\n");
        return;
    }
    weft_buffer_printf(out,
                       "\n/* One for each choice of what stands in braces. */\n"
                       "static const weft_statement %s__statements[] = {\n",
                       name);
    for (size_t i = 0; i < statement->text_count; i++) {
        weft_buffer_printf(out, "    {\n");
        write_text(out, statement, &statement->texts[i]);
        weft_buffer_printf(out, "    },\n");
    }
    weft_buffer_printf(out, "};\n");
    write_orders(out, statement);
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

/* What the engine calls a value of this kind: WEFT_DB_<name>, and WEFT_DB_<name>_OF. */
static const char *engine_type(gen_kind kind)
{
    switch (kind) {
    case GEN_BOOL: return "BOOL";
    case GEN_FLOAT:
    case GEN_DOUBLE: return "REAL";
    case GEN_STR:
    case GEN_ENUM: return "TEXT";
    case GEN_TIMESTAMP: return "TIMESTAMP";
    case GEN_DATE: return "DATE";
    case GEN_UUID: return "UUID";
    case GEN_DECIMAL: return "DECIMAL";
    case GEN_BYTES:
    case GEN_BYTES_URL: return "BLOB";
    case GEN_RAW: return "JSON";
    default: return "INTEGER";
    }
}

/* The expression of one value for the engine. */
static void write_value(gen_text *out, const gen_type *type, const char *value)
{
    if (type->kind == GEN_OPTIONAL) {
        weft_buffer_printf(out, "%s.present ? ", value);
        write_value(out, type->element, gen_format(out->arena, "%s.value__", value));
        weft_buffer_printf(out, " : WEFT_DB_NULL_VALUE");
    } else if (type->kind == GEN_ENUM) {
        weft_buffer_printf(out, "WEFT_DB_TEXT_OF(%s__to_column(%s))", type->spelling, value);
    } else {
        const char *name = engine_type(type->kind);
        weft_buffer_printf(out, "WEFT_DB_%s_OF(%s)", strcmp(name, "BLOB") == 0 ? "BYTES" : name,
                           value);
    }
}

static const char *arena_of(gen_text *out, const gen_statement *statement)
{
    const gen_parameter *arena = gen_statement_arena(statement);
    return arena ? name_of(out, statement, arena) : "weft_arena_current()";
}

/* "WEFT_DB_NO_MEMORY" in the vocabulary of the function. */
static const char *no_memory(const gen_statement *statement)
{
    bool status = strcmp(statement->function->result.spelling, "weft_http_status") == 0;
    return status ? "weft_status_of_db(WEFT_DB_NO_MEMORY)" : "WEFT_DB_NO_MEMORY";
}

/* The values of a list, in an array of the engine's. */
static void write_list(gen_text *out, const gen_statement *statement, const gen_parameter *list,
                       size_t index)
{
    const char *name = name_of(out, statement, list), *to = list->pointer ? "->" : ".";
    weft_buffer_printf(out,
                       "    weft_db_value *list%zu__ = weft_db_items(%s, %s%slen);\n"
                       "    if (list%zu__ == NULL)\n        return %s;\n"
                       "    for (size_t i__ = 0; i__ < %s%slen; i__++)\n        list%zu__[i__] = ",
                       index, arena_of(out, statement), name, to, index, no_memory(statement), name,
                       to, index);
    write_value(out, list->type.element, gen_format(out->arena, "%s%sat[i__]", name, to));
    weft_buffer_printf(out, ";\n");
}

static void write_document(gen_text *out, const gen_statement *statement,
                           const gen_parameter *record, size_t index)
{
    bool list = statement->bulk && statement->list == index;
    const char *name = name_of(out, statement, record);
    weft_buffer_printf(out, "    weft_db_value json%zu__;\n    if (weft_db_%s(", index,
                       list ? "list" : "json");
    line_add(out, true, arena_of(out, statement));
    line_add(out, false, gen_format(out->arena, "%s__encode_json", record->type.spelling));
    line_add(out, false, gen_format(out->arena, "%s%s", record->pointer ? "" : "&", name));
    if (list)
        line_add(out, false, gen_format(out->arena, "%s%slen", name, record->pointer ? "->" : "."));
    line_add(out, false, gen_format(out->arena, "&json%zu__", index));
    weft_buffer_printf(out, ") != WEFT_DB_OK)\n        return %s;\n", no_memory(statement));
}

static void write_given(gen_text *out, const gen_statement *statement, const values *given,
                        size_t index)
{
    const gen_parameter *value = given->at[index];
    const char *name = name_of(out, statement, value);
    if (gen_writes_json(&value->type))
        weft_buffer_printf(out, "json%zu__", index);
    else if (value->type.kind == GEN_ARRAY)
        weft_buffer_printf(out, "WEFT_DB_ARRAY_OF(WEFT_DB_%s, list%zu__, %s%slen)",
                           engine_type(gen_value_type(value->type.element)->kind), index, name,
                           value->pointer ? "->" : ".");
    else
        write_value(out, &value->type, name);
}

/* Which of the texts it is: a bit for each pair of braces. */
static void write_choice(gen_text *out, const gen_statement *statement, const values *given)
{
    weft_buffer_printf(out, "    size_t choice__ = 0;\n");
    for (size_t i = 0; i < statement->choice_count; i++) {
        const char *joint = "if (";
        weft_buffer_printf(out, "    ");
        for (size_t k = 0; k < given->len && k < 64; k++)
            if (statement->choices[i] >> k & 1) {
                weft_buffer_printf(out, "%s%s.present", joint,
                                   name_of(out, statement, given->at[k]));
                joint = " && ";
            }
        weft_buffer_printf(out, ")\n        choice__ |= %zu;\n", (size_t)1 << i);
    }
}

static void write_chosen(gen_text *out, const gen_statement *statement)
{
    const char *name = statement->function->name;
    weft_buffer_printf(
        out,
        "    weft_db_value values__[%zu];\n"
        "    for (size_t i__ = 0; i__ < %s__statements[choice__].parameters; i__++)\n"
        "        values__[i__] = given__[%s__order[choice__][i__]];\n",
        most_values(statement), name, name);
}

static void write_values(gen_text *out, const gen_statement *statement)
{
    values given = values_of(out, statement);
    const gen_sql_text *text = run_text(statement);
    bool chosen = statement->choice_count != 0;
    size_t count = chosen ? given.len : text->value_count;
    for (size_t i = 0; i < given.len; i++) {
        if (gen_writes_json(&given.at[i]->type))
            write_document(out, statement, given.at[i], i);
        else if (given.at[i]->type.kind == GEN_ARRAY)
            write_list(out, statement, given.at[i], i);
    }
    if (chosen)
        write_choice(out, statement, &given);
    if (count == 0)
        return;
    weft_buffer_printf(out, "    const weft_db_value %s__[] = {\n", chosen ? "given" : "values");
    for (size_t i = 0; i < count; i++) {
        weft_buffer_printf(out, "        ");
        write_given(out, statement, &given, chosen ? i : text->values[i]);
        weft_buffer_printf(out, ",\n");
    }
    weft_buffer_printf(out, "    };\n");
    if (chosen)
        write_chosen(out, statement);
}

/* "weft_db_result result__ = weft_db_<how>(db, &statement, values" */
static void write_call(gen_text *out, const gen_statement *statement, const char *how)
{
    const char *name = statement->function->name;
    weft_buffer_printf(out, "    weft_db_result result__ = weft_db_%s(", how);
    line_add(out, true, name_of(out, statement, gen_statement_database(statement)));
    bool chosen = statement->choice_count != 0;
    line_add(out, false,
             gen_format(out->arena, chosen ? "&%s__statements[choice__]" : "&%s__statement", name));
    line_add(out, false, chosen || run_text(statement)->value_count != 0 ? "values__" : "NULL");
}

/* ", arena, reader" */
static void write_reading(gen_text *out, const gen_statement *statement, const char *reader)
{
    line_add(out, false, arena_of(out, statement));
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

/* Items of an array in each: rows one after the other, those of one side by side. */
static void write_collected(gen_text *out, const gen_statement *statement,
                            const gen_parameter *rows)
{
    const char *name = statement->function->name;
    weft_buffer_printf(out, "    void *items__ = NULL;\n    size_t count__ = 0;\n");
    write_call(out, statement, "all");
    write_reading(out, statement, gen_format(out->arena, "%s__line_from_row", name));
    line_add(out, false, gen_format(out->arena, "sizeof(%s__line)", name));
    line_add(out, false, "&items__");
    line_add(out, false, "&count__");
    weft_buffer_printf(out, ");\n    if (result__ == WEFT_DB_OK)\n        result__ = %s__collect(",
                       name);
    line_add(out, true, "items__");
    line_add(out, false, "count__");
    line_add(out, false, arena_of(out, statement));
    line_add(out, false, name_of(out, statement, rows));
    weft_buffer_printf(out, ");\n");
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
    line_add(out, false, record ? gen_format(out->arena, "&%s->value__", name) : name);
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

/* int64_t and long long are different types. */
static void write_run(gen_text *out, const gen_statement *statement, const gen_parameter *count)
{
    const char *name = count ? name_of(out, statement, count) : "NULL";
    bool other = count != NULL && strcmp(count->type.spelling, "int64_t") != 0;
    if (other)
        weft_buffer_printf(out, "    int64_t affected__ = 0;\n");
    write_call(out, statement, "run");
    line_add(out, false, other ? "&affected__" : name);
    weft_buffer_printf(out, ");\n");
    if (other)
        weft_buffer_printf(out, "    *%s = affected__;\n", name);
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
    if (statement->nested != NULL)
        rows_write_collector(out, readers, statement, type, reader);
    write_statement(out, statement);
    write_head(out, statement);
    write_values(out, statement);
    if (type == NULL)
        write_run(out, statement, result);
    else if (statement->nested != NULL)
        write_collected(out, statement, result);
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
