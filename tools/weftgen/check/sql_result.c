/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The result columns against the record or value that takes them: names, types, and NULL.
 */
#include "check/sql.h"
#include "check/types.h"

#include <strings.h>

/* A result column, and what takes it. */
typedef struct column {
    const char *name;
    sql_value value;
    gen_place place;
} column;

typedef struct result {
    const sql_check *check;
    column *columns;
    size_t count;
    const gen_type *type; /* of one row */
    const gen_parameter *parameter;
} result;

static const char *type_name(sql_type type)
{
    static const char *const names[] = {"of any type", "INTEGER", "REAL",
                                        "NUMERIC",     "TEXT",    "BLOB"};
    return names[type];
}

/* True when what this column holds can never be read as this C type. */
static bool refuses(sql_type type, const gen_type *c)
{
    gen_kind kind = c->kind == GEN_OPTIONAL ? c->element->kind : c->kind;
    bool text = gen_is_text(kind), bytes = kind == GEN_BYTES;
    switch (type) {
    case SQL_INTEGER: return (text && kind != GEN_DECIMAL) || bytes;
    case SQL_REAL: return text || bytes || gen_is_integer(kind) || kind == GEN_BOOL;
    case SQL_TEXT: return !text && !bytes;
    case SQL_ANY:
    case SQL_NUMERIC: /* dates and decimals are often kept as text there */
    case SQL_BLOB: break;
    }
    return false;
}

/* ---- columns --------------------------------------------------------------------------------- */

/* SQLite and the reading of the text must agree on where a column comes from. */
static bool is_same_origin(sqlite3_stmt *prepared, int i, const sql_value *value)
{
    const char *table = sqlite3_column_table_name(prepared, i);
    const char *name = sqlite3_column_origin_name(prepared, i);
    return value->column && table && name && strcasecmp(value->table->name, table) == 0 &&
           strcasecmp(value->column->name, name) == 0;
}

static column read_column(const sql_check *check, const sql_outputs *outputs, int i)
{
    column c = {.name = sqlite3_column_name(check->prepared, i),
                .place = gen_statement_place(check->statement, 0, 0)};
    if (outputs == NULL) {
        const char *declared = sqlite3_column_decltype(check->prepared, i);
        c.value = (sql_value){.type = declared ? sql_type_of(declared) : SQL_ANY,
                              .reason = "where it comes from is not known; name each column"};
        return c;
    }
    const sql_output *output = &outputs->at[i];
    c.value = output->value;
    c.place = sql_place(check, output->first, output->end);
    if (c.value.column && c.value.present && !is_same_origin(check->prepared, i, &c.value)) {
        c.value.present = false;
        c.value.reason = "where it comes from is not known";
    }
    return c;
}

static void read_columns(result *r)
{
    const sql_check *check = r->check;
    const sql_outputs *outputs = sql_outputs_of(check->query, check->query->result, 0);
    if (!outputs->known || outputs->len != r->count)
        outputs = NULL;
    r->columns = gen_alloc(check->schema->arena, (r->count + 1) * sizeof *r->columns);
    for (size_t i = 0; i < r->count; i++)
        r->columns[i] = read_column(check, outputs, (int)i);
}

/* ---- one column ------------------------------------------------------------------------------ */

/* What takes the column: a field of a record, or the parameter itself. */
static const char *taker(const result *r, const gen_field *field)
{
    weft_arena *arena = r->check->schema->arena;
    return field ? gen_format(arena, "field \"%s\" of %s", field->name, r->type->record->name)
                 : gen_format(arena, "\"%s\"", r->parameter->name);
}

static void check_type(const result *r, const column *c, const gen_type *type,
                       const gen_field *field)
{
    if (!refuses(c->value.type, type))
        return;
    sql_type from = c->value.type;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" is %s, but %s is %s", c->name, type_name(from),
               taker(r, field), gen_type_name(r->check->schema->arena, type));
    const gen_place *place = field ? &field->place : &r->parameter->place;
    if (gen_value_type(type)->kind == GEN_DECIMAL) {
        gen_report(GEN_NOTE, place, "a decimal keeps its digits in a TEXT column");
        return;
    }
    gen_report(GEN_NOTE, place, "declare it as %s",
               from == SQL_INTEGER ? "int64_t"
               : from == SQL_REAL  ? "double"
                                   : "str");
}

static void check_null(const result *r, const column *c, const gen_type *type,
                       const gen_field *field)
{
    const gen_type *taken_as = field ? type : &r->parameter->type;
    if (c->value.present || taken_as->kind == GEN_OPTIONAL)
        return;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" may be NULL, but %s is %s", c->name,
               taker(r, field), gen_type_name(r->check->schema->arena, type));
    if (c->value.reason)
        gen_report(GEN_NOTE, &c->place, "%s", c->value.reason);
    gen_report(GEN_NOTE, field ? &field->place : &r->parameter->place,
               "use OPTIONAL(%s) here, or COALESCE(.., a value) in the statement",
               gen_type_name(r->check->schema->arena, type));
}

/* ---- a record -------------------------------------------------------------------------------- */

static bool is_field(const gen_field *field, const char *name)
{
    return strcasecmp(field->key, name) == 0 || strcasecmp(field->name, name) == 0;
}

static void report_no_field(const result *r, const column *c)
{
    const gen_record *record = r->type->record;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" has no field in %s", c->name, record->name);
    const char **names = gen_alloc(r->check->schema->arena, record->field_count * sizeof *names);
    for (size_t i = 0; i < record->field_count; i++)
        names[i] = record->fields[i].key;
    const char *nearest = gen_nearest(c->name, names, record->field_count);
    if (nearest)
        gen_report(GEN_NOTE, &c->place, "did you mean \"%s\"?", nearest);
    else if (strpbrk(c->name, " ()$'+-*/|"))
        gen_report(GEN_NOTE, &c->place, "name the field that takes it: .. AS field");
    else
        gen_report(GEN_NOTE, &record->place, "add the field to %s, or leave the column out",
                   record->name);
}

static void check_field(const result *r, size_t index)
{
    const gen_field *field = &r->type->record->fields[index];
    int *of_field = &r->check->statement->column_of_field[index];
    *of_field = -1;
    for (size_t i = 0; i < r->count; i++) {
        const column *c = &r->columns[i];
        if (!is_field(field, c->name))
            continue;
        if (*of_field >= 0) {
            gen_report(GEN_ERROR, &c->place, "two columns are called \"%s\"", c->name);
            gen_report(GEN_NOTE, &c->place,
                       "give one of them another name with AS, or leave it out");
            return;
        }
        *of_field = (int)i;
        check_type(r, c, &field->type, field);
        if (!refuses(c->value.type, &field->type))
            check_null(r, c, &field->type, field);
    }
    if (*of_field >= 0)
        return;
    gen_place place = gen_statement_place(r->check->statement, 0, 0);
    gen_report(GEN_ERROR, &place, "no column fills field \"%s\" of %s", field->name,
               r->type->record->name);
    gen_report(GEN_NOTE, &field->place, "add \"%s\" to the columns, or use a record without it",
               field->key);
}

static void check_record(const result *r)
{
    const gen_record *record = r->type->record;
    r->check->statement->column_of_field = gen_alloc(r->check->schema->arena,
                                                     (record->field_count + 1) * sizeof(int));
    for (size_t i = 0; i < r->count; i++) {
        bool taken = false;
        for (size_t j = 0; j < record->field_count; j++)
            taken |= is_field(&record->fields[j], r->columns[i].name);
        if (!taken)
            report_no_field(r, &r->columns[i]);
    }
    for (size_t i = 0; i < record->field_count; i++)
        check_field(r, i);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void check_value(const result *r)
{
    if (r->count != 1) {
        gen_place place = gen_statement_place(r->check->statement, 0, 0);
        gen_report(GEN_ERROR, &place, "the statement gives %zu columns, but \"%s\" takes one value",
                   r->count, r->parameter->name);
        gen_report(GEN_NOTE, &r->parameter->place,
                   "take them with a record that derives row, or select one column");
        return;
    }
    check_type(r, &r->columns[0], r->type, NULL);
    if (!refuses(r->columns[0].value.type, r->type))
        check_null(r, &r->columns[0], r->type, NULL);
}

/* Columns without a taker, or a taker without columns. */
static bool check_presence(const sql_check *check, size_t count)
{
    const gen_function *function = check->statement->function;
    gen_place place = gen_statement_place(check->statement, 0, 0);
    if (check->result == NULL && count > 0) {
        gen_report(GEN_ERROR, &place,
                   "the statement gives %zu column%s, but \"%s\" takes no result", count,
                   count == 1 ? "" : "s", function->name);
        gen_report(GEN_NOTE, &function->place, "add a last parameter for it, e.g. T *row");
        return false;
    }
    if (check->result == NULL || count > 0)
        return check->result != NULL;
    if (check->result->type.kind == GEN_I64)
        return false; /* the number of rows changed */
    gen_report(GEN_ERROR, &place, "the statement gives no columns, but \"%s\" wants %s",
               check->result->name, gen_type_name(check->schema->arena, &check->result->type));
    gen_report(
        GEN_NOTE, &check->result->place,
        "add RETURNING to the statement, or take the number of rows changed: int64_t *count");
    return false;
}

static void check_star(const sql_check *check)
{
    const sql_query *query = check->query;
    if (query->result == SQL_NONE)
        return;
    const sql_select *select = &query->selects[query->result];
    for (size_t i = select->items_at; i < select->items_end; i = sql_after(query->tokens.at, i)) {
        if (!sql_is(&query->tokens.at[i], "*") || i + 1 > select->items_end ||
            !(i == select->items_at || SQL_IS_ANY(&query->tokens.at[i - 1], ",", ".")))
            continue;
        gen_place place = sql_place(check, i, i + 1);
        gen_report(GEN_WARNING, &place, "* changes its meaning with the next migration");
        gen_report(GEN_NOTE, &place, "name the columns that are wanted");
    }
}

void sql_check_result(const sql_check *check)
{
    result r = {.check = check, .parameter = check->result};
    r.count = (size_t)sqlite3_column_count(check->prepared);
    check_star(check);
    if (!check_presence(check, r.count))
        return;
    const gen_type *type = &check->result->type;
    r.type = type->kind == GEN_OPTIONAL ? type->element : gen_row_type(type);
    read_columns(&r);
    if (r.type->kind == GEN_RECORD)
        check_record(&r);
    else
        check_value(&r);
}
