/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The result columns against the record or value that takes them: names, types, and NULL.
 */
#include "check/sql.h"
#include "check/types.h"

#include <strings.h>

typedef sql_column_out column;

typedef struct result {
    const sql_check *check;
    const column *columns;
    size_t count;
    const gen_type *type; /* of one row */
    const gen_parameter *parameter;
    const gen_record *record; /* whose fields take the columns */
    const gen_field *within;  /* NULL, or the ARRAY whose items they are: columns "within.x" */
    const column *key;        /* of these items: that of the first field */
    int *columns_of;          /* [field]: the column that fills it, -1 none */
} result;

/* ---- one column ------------------------------------------------------------------------------ */

/* What takes the column: a field of a record, or the parameter itself. */
static const char *taker(const result *r, const gen_field *field)
{
    weft_arena *arena = r->check->arena;
    return field ? gen_format(arena, "field \"%s\" of %s", field->name, r->record->name)
                 : gen_format(arena, "\"%s\"", r->parameter->name);
}

/* The note on how to read the column; NULL: as it is declared. */
static const char *misfit(const result *r, const column *c, const gen_type *type)
{
    weft_arena *arena = r->check->arena;
    return c->described ? sql_postgres_misfit(arena, c->described, type)
                        : sql_sqlite_misfit(arena, c->affinity, type);
}

static bool check_type(const result *r, const column *c, const gen_type *type,
                       const gen_field *field)
{
    const char *remedy = misfit(r, c, type);
    if (remedy == NULL)
        return true;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" is %s, but %s is %s", c->name, c->type,
               taker(r, field), gen_type_name(r->check->arena, type));
    gen_report(GEN_NOTE, field ? &field->place : &r->parameter->place, "%s", remedy);
    return false;
}

static bool is_said_present(const result *r, const column *c)
{
    const gen_statement *statement = r->check->statement;
    for (size_t i = 0; i < statement->present_count; i++)
        if (strcmp(statement->present[i], c->name) == 0)
            return true;
    return false;
}

/* NULL only where the row is missing that the item is made of: then there is no item. */
static bool is_of_item(const result *r, const column *c)
{
    return r->key != NULL && r->key->joined && c->joined && c->reason && r->key->reason &&
           strcmp(c->reason, r->key->reason) == 0;
}

static void check_null(const result *r, const column *c, const gen_type *type,
                       const gen_field *field)
{
    const gen_type *taken_as = field ? type : &r->parameter->type;
    if (c->present || is_of_item(r, c) || taken_as->kind == GEN_OPTIONAL || is_said_present(r, c))
        return;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" may be NULL, but %s is %s", c->name,
               taker(r, field), gen_type_name(r->check->arena, type));
    if (c->reason)
        gen_report(GEN_NOTE, &c->place, "%s", c->reason);
    gen_report(GEN_NOTE, field ? &field->place : &r->parameter->place,
               "use OPTIONAL(%s) here, or COALESCE(.., a value) in the statement",
               gen_type_name(r->check->arena, type));
}

/* ---- a record -------------------------------------------------------------------------------- */

static bool is_field(const gen_field *field, const char *name)
{
    return strcasecmp(field->key, name) == 0 || strcasecmp(field->name, name) == 0;
}

/* What stands behind "field." in the name of a column; NULL: it begins otherwise. */
static const char *behind_field(const gen_field *field, const char *name)
{
    const char *const starts[] = {field->key, field->name};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(starts[i]);
        if (strncasecmp(name, starts[i], len) == 0 && name[len] == '.')
            return name + len + 1;
    }
    return NULL;
}

/* The column's name among the fields that are filled now; NULL: it is not for them. */
static const char *name_of(const result *r, const column *c)
{
    if (r->within != NULL)
        return behind_field(r->within, c->name);
    const gen_field *nested = r->check->statement->nested;
    return nested && behind_field(nested, c->name) ? NULL : c->name;
}

static void report_no_field(const result *r, const column *c)
{
    const gen_record *record = r->record;
    gen_report(GEN_ERROR, &c->place, "column \"%s\" has no field in %s", c->name, record->name);
    const char **names = gen_alloc(r->check->arena, (record->field_count + 1) * sizeof *names);
    for (size_t i = 0; i < record->field_count; i++)
        names[i] = record->fields[i].key;
    const char *nearest = gen_nearest(name_of(r, c), names, record->field_count);
    if (nearest)
        gen_report(GEN_NOTE, &c->place, "did you mean \"%s\"?", nearest);
    else if (strpbrk(c->name, " ()$'+-*/|"))
        gen_report(GEN_NOTE, &c->place, "name the field that takes it: .. AS field");
    else
        gen_report(GEN_NOTE, &record->place, "add the field to %s, or leave the column out",
                   record->name);
}

static void report_unfilled(const result *r, const gen_field *field)
{
    gen_place place = gen_statement_place(r->check->statement, 0, 0);
    gen_report(GEN_ERROR, &place, "no column fills field \"%s\" of %s", field->name,
               r->record->name);
    gen_report(GEN_NOTE, &field->place, "add \"%s%s%s\" to the columns, or use a record without it",
               r->within ? r->within->key : "", r->within ? "." : "", field->key);
}

static void check_field(const result *r, size_t index)
{
    const gen_field *field = &r->record->fields[index];
    int *of_field = &r->columns_of[index];
    *of_field = -1;
    for (size_t i = 0; i < r->count; i++) {
        const column *c = &r->columns[i];
        const char *name = name_of(r, c);
        if (name == NULL || !is_field(field, name))
            continue;
        if (*of_field >= 0) {
            gen_report(GEN_ERROR, &c->place, "two columns are called \"%s\"", c->name);
            gen_report(GEN_NOTE, &c->place,
                       "give one of them another name with AS, or leave it out");
            return;
        }
        *of_field = (int)i;
        if (check_type(r, c, &field->type, field))
            check_null(r, c, &field->type, field);
    }
    if (*of_field < 0 && field != r->check->statement->nested)
        report_unfilled(r, field);
}

/* The fields of one record, and the columns that are for them. */
static void check_fields(result *r)
{
    r->columns_of = gen_alloc(r->check->arena, (r->record->field_count + 1) * sizeof(int));
    for (size_t i = 0; i < r->count; i++) {
        const char *name = name_of(r, &r->columns[i]);
        bool taken = name == NULL;
        for (size_t j = 0; j < r->record->field_count && !taken; j++)
            taken = is_field(&r->record->fields[j], name);
        if (!taken)
            report_no_field(r, &r->columns[i]);
    }
    for (size_t i = 0; i < r->record->field_count; i++)
        check_field(r, i);
}

/* ---- several rows of one --------------------------------------------------------------------- */

/* The ARRAY of records that takes columns "field.x", or NULL. */
static const gen_field *find_nested(const result *r)
{
    for (size_t i = 0; i < r->record->field_count; i++) {
        const gen_field *field = &r->record->fields[i];
        bool rows = field->type.kind == GEN_ARRAY && field->type.element->kind == GEN_RECORD &&
                    (field->type.element->record->derives & GEN_ROW);
        for (size_t k = 0; rows && k < r->count; k++)
            if (behind_field(field, r->columns[k].name))
                return field;
    }
    return NULL;
}

/* Rows of one stand side by side, and its first field says when the next begins. */
static void check_grouping(const result *r, const gen_field *nested)
{
    const sql_check *check = r->check;
    gen_place place = gen_statement_place(check->statement, 0, 0);
    gen_kind key = r->record->fields[0].type.kind;
    if (check->result->type.kind != GEN_ARRAY) {
        gen_report(GEN_ERROR, &check->result->place,
                   "rows are collected into \"%s\" of each %s of an ARRAY(%s)", nested->name,
                   r->record->name, r->record->name);
    } else if (SQL_FIND(check->tokens.at, 0, check->tokens.len, "ORDER") == check->tokens.len) {
        gen_report(GEN_ERROR, &place, "the rows of one %s may lie apart", r->record->name);
        gen_report(GEN_NOTE, &place, "add ORDER BY, first by what tells one %s from the next",
                   r->record->name);
    } else if (!gen_is_integer(key) && key != GEN_STR && key != GEN_UUID) {
        gen_report(GEN_ERROR, &r->record->fields[0].place,
                   "the first field tells one %s from the next: an integer, str or uuid",
                   r->record->name);
    }
}

/* Where the outer join found no row, there is no item: its first field's column is NULL then
 * only. */
static void check_item_key(const result *items)
{
    int first = items->columns_of[0];
    const gen_field *field = &items->record->fields[0];
    if (first < 0 || field->type.kind != GEN_OPTIONAL)
        return;
    gen_report(GEN_ERROR, &field->place, "the first field of %s says whether there is one",
               items->record->name);
    gen_report(GEN_NOTE, &field->place, "put one first that is never absent, such as its id");
}

static const column *find_key(const result *items)
{
    for (size_t i = 0; i < items->count; i++) {
        const char *name = behind_field(items->within, items->columns[i].name);
        if (name && items->record->field_count && is_field(&items->record->fields[0], name))
            return &items->columns[i];
    }
    return NULL;
}

static void check_record(result *r)
{
    gen_statement *statement = r->check->statement;
    r->record = r->type->record;
    statement->nested = find_nested(r);
    check_fields(r);
    statement->column_of_field = r->columns_of;
    if (statement->nested == NULL)
        return;
    check_grouping(r, statement->nested);
    result items = *r;
    items.within = statement->nested;
    items.record = statement->nested->type.element->record;
    items.key = find_key(&items);
    check_fields(&items);
    check_item_key(&items);
    statement->column_of_nested = items.columns_of;
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
    if (check_type(r, &r->columns[0], r->type, NULL))
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
               check->result->name, gen_type_name(check->arena, &check->result->type));
    gen_report(
        GEN_NOTE, &check->result->place,
        "add RETURNING to the statement, or take the number of rows changed: int64_t *count");
    return false;
}

static void check_present_names(const sql_check *check, const sql_column_out *columns, size_t count)
{
    const gen_statement *statement = check->statement;
    const char **names = gen_alloc(check->arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = columns[i].name;
    for (size_t i = 0; i < statement->present_count; i++) {
        bool known = false;
        for (size_t k = 0; k < count; k++)
            known |= strcmp(statement->present[i], names[k]) == 0;
        if (known)
            continue;
        gen_report(GEN_ERROR, &statement->place,
                   "PRESENT names \"%s\", which is no column of the statement",
                   statement->present[i]);
        const char *nearest = gen_nearest(statement->present[i], names, count);
        if (nearest)
            gen_report(GEN_NOTE, &statement->place, "did you mean \"%s\"?", nearest);
    }
}

void sql_check_result(const sql_check *check, const sql_column_out *columns, size_t count)
{
    result r = {.check = check, .parameter = check->result, .columns = columns, .count = count};
    check_present_names(check, columns, count);
    if (!check_presence(check, count))
        return;
    r.type = gen_value_type(gen_row_type(&check->result->type));
    if (r.type->kind == GEN_RECORD)
        check_record(&r);
    else
        check_value(&r);
}
