/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The result columns of a statement as SQLite has them: their types and whether they may be NULL
 * come from the reading of the text, where SQLite agrees with it on what a column is.
 */
#include "check/sql.h"
#include "check/types.h"

#include <strings.h>

const char *sql_sqlite_misfit(weft_arena *arena, sql_type column, const gen_type *type)
{
    (void)arena;
    gen_kind kind = type->kind == GEN_OPTIONAL ? type->element->kind : type->kind;
    bool text = gen_is_text(kind) || gen_is_json(kind), bytes = kind == GEN_BYTES;
    bool misfit = false;
    switch (column) {
    case SQL_INTEGER: misfit = (text && kind != GEN_DECIMAL) || bytes; break;
    case SQL_REAL: misfit = text || bytes || gen_is_integer(kind) || kind == GEN_BOOL; break;
    case SQL_TEXT: misfit = !text && !bytes; break;
    case SQL_ANY:
    case SQL_NUMERIC: /* dates and decimals are often kept as text there */
    case SQL_BLOB: break;
    }
    if (!misfit)
        return NULL;
    if (kind == GEN_DECIMAL)
        return "a decimal keeps its digits in a TEXT column";
    return column == SQL_INTEGER ? "declare it as int64_t"
           : column == SQL_REAL  ? "declare it as double"
                                 : "declare it as str";
}

/* SQLite and the reading of the text must agree on where a column comes from. */
static bool is_same_origin(sqlite3_stmt *prepared, int i, const sql_value *value)
{
    const char *table = sqlite3_column_table_name(prepared, i);
    const char *name = sqlite3_column_origin_name(prepared, i);
    return value->column && table && name && strcasecmp(value->table->name, table) == 0 &&
           strcasecmp(value->column->name, name) == 0;
}

static sql_column_out read_column(const sql_check *check, const sql_outputs *outputs, int i)
{
    static const char *const names[] = {"of any type", "INTEGER", "REAL",
                                        "NUMERIC",     "TEXT",    "BLOB"};
    const char *declared = sqlite3_column_decltype(check->prepared, i);
    sql_column_out c = {.name = sqlite3_column_name(check->prepared, i),
                        .affinity = declared ? sql_type_of(declared) : SQL_ANY,
                        .reason = "where it comes from is not known; name each column",
                        .place = gen_statement_place(check->statement, 0, 0)};
    if (outputs != NULL) {
        const sql_value *value = &outputs->at[i].value;
        c.affinity = value->type;
        c.reason = value->reason;
        c.joined = value->joined;
        c.place = sql_place(check, outputs->at[i].first, outputs->at[i].end);
        c.present = value->present;
        if (value->column && value->present && !is_same_origin(check->prepared, i, value)) {
            c.present = false;
            c.reason = "where it comes from is not known";
        }
    }
    c.type = names[c.affinity];
    return c;
}

sql_column_out *sql_sqlite_columns(const sql_check *check, size_t *count)
{
    *count = (size_t)sqlite3_column_count(check->prepared);
    const sql_outputs *outputs = sql_outputs_of(check->query, check->query->result, 0);
    if (!outputs->known || outputs->len != *count)
        outputs = NULL;
    sql_column_out *columns = gen_alloc(check->arena, (*count + 1) * sizeof *columns);
    for (size_t i = 0; i < *count; i++)
        columns[i] = read_column(check, outputs, (int)i);
    return columns;
}
