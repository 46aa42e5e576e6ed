/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Names to values: what the columns of a select are, seen from outside (its outputs) and from
 * inside (the columns of its sources).
 */
#include "check/sql.h"

#include <strings.h>

static const sql_outputs not_known = {0};

static sql_value base_value(weft_arena *arena, const sql_table *table, const sql_column *column)
{
    sql_value value = {
        .type = column->type, .present = column->not_null, .column = column, .table = table};
    if (!value.present)
        value.reason = gen_format(arena, "\"%s\" of \"%s\" is declared without NOT NULL",
                                  column->name, table->name);
    return value;
}

/* A value as a source passes it on to the select that reads from it. */
static sql_value through(weft_arena *arena, const sql_select *select, const sql_source *source,
                         sql_value value)
{
    if (value.present && source->optional)
        value.reason = gen_format(arena, "an outer join may find no row of \"%s\"",
                                  source->name ? source->name : "(SELECT ..)");
    else if (value.present && select->aggregate && !select->grouped)
        value.reason = "an aggregate without GROUP BY gives a row even when it has found none";
    value.joined = value.present && source->optional && !select->aggregate;
    value.present &= !source->optional && (!select->aggregate || select->grouped);
    return value;
}

/* ---- the columns of one source --------------------------------------------------------------- */

typedef struct listing {
    sql_output *at;
    size_t len;
    weft_arena *arena;
} listing;

static void append(listing *list, sql_output output)
{
    GEN_PUSH(list->arena, list->at, list->len, output);
}

/* The columns of a view or a nested select; `names` replace theirs. */
static bool list_nested(listing *list, const sql_outputs *nested, const char *const *names,
                        size_t name_count)
{
    if (!nested->known || (names && name_count != nested->len))
        return false;
    for (size_t i = 0; i < nested->len; i++) {
        sql_output output = nested->at[i];
        output.name = names ? names[i] : output.name;
        append(list, output);
    }
    return true;
}

/* All columns of a source; false when they are not known. */
static bool list_source(listing *list, const sql_query *query, const sql_source *source,
                        unsigned depth)
{
    const sql_table *table = source->table;
    if (source->select != SQL_NONE)
        return list_nested(list, sql_outputs_of(query, source->select, depth + 1), source->columns,
                           source->column_count);
    if (table == NULL)
        return false;
    if (table->view == NULL) {
        for (size_t i = 0; i < table->column_count; i++)
            append(list, (sql_output){.name = table->columns[i].name,
                                      .value = base_value(list->arena, table, &table->columns[i])});
        return true;
    }
    size_t first = list->len;
    const sql_outputs *nested = sql_outputs_of(table->view, table->view->result, depth + 1);
    if (nested->len != table->column_count || !list_nested(list, nested, NULL, 0))
        return false;
    for (size_t i = 0; i < table->column_count; i++)
        list->at[first + i].name = table->columns[i].name;
    return true;
}

/* ---- from inside ----------------------------------------------------------------------------- */

static bool is_rowid_name(const char *name)
{
    return strcasecmp(name, "rowid") == 0 || strcasecmp(name, "oid") == 0 ||
           strcasecmp(name, "_rowid_") == 0;
}

/* The column of that name in one source: 1 found, 0 not there, -1 unknown. */
static int find_in_source(const sql_query *query, const sql_source *source, const char *name,
                          unsigned depth, sql_value *value)
{
    if (source->table && !source->table->view) {
        const sql_column *column = sql_table_column(source->table, name);
        bool rowid = !column && is_rowid_name(name);
        *value = rowid    ? (sql_value){.type = SQL_INTEGER, .present = true}
                 : column ? base_value(query->schema->arena, source->table, column)
                          : (sql_value){0};
        return column || rowid;
    }
    listing list = {.arena = query->schema->arena};
    if (!list_source(&list, query, source, depth))
        return -1;
    for (size_t i = 0; i < list.len; i++) {
        if (list.at[i].name && strcasecmp(list.at[i].name, name) == 0) {
            *value = list.at[i].value;
            return 1;
        }
    }
    return 0;
}

sql_value sql_column_value(const sql_query *query, const sql_select *select, const char *qualifier,
                           const char *name, unsigned depth)
{
    sql_value found = {.reason = "where it comes from is not known"};
    unsigned count = 0;
    for (size_t i = 0; i < select->source_count && depth < SQL_DEPTH_MAX; i++) {
        const sql_source *source = &select->sources[i];
        if (qualifier && (!source->name || strcasecmp(source->name, qualifier) != 0))
            continue;
        sql_value value;
        int there = find_in_source(query, source, name, depth, &value);
        if (there < 0)
            return (sql_value){.reason = "where it comes from is not known"};
        if (there == 0)
            continue;
        value = through(query->schema->arena, select, source, value);
        found = count++ == 0 ? value : sql_either(found, value); /* several by USING */
    }
    return found;
}

/* ---- from outside ---------------------------------------------------------------------------- */

/* `*` or `name.*` */
static bool list_star(listing *list, const sql_query *query, const sql_select *select,
                      const char *qualifier, size_t first, size_t end, unsigned depth)
{
    if (select->merged && !qualifier)
        return false;
    for (size_t i = 0; i < select->source_count; i++) {
        const sql_source *source = &select->sources[i];
        if (qualifier && (!source->name || strcasecmp(source->name, qualifier) != 0))
            continue;
        size_t from = list->len;
        if (!list_source(list, query, source, depth))
            return false;
        for (size_t j = from; j < list->len; j++) {
            list->at[j].value = through(list->arena, select, source, list->at[j].value);
            list->at[j].first = first;
            list->at[j].end = end;
        }
    }
    return true;
}

/* The alias behind an expression, or the column that the expression is. */
static const char *name_of_item(const sql_query *query, size_t first, size_t behind, size_t end)
{
    const sql_token *tokens = query->tokens.at;
    if (behind < end)
        return tokens[end - 1].text;
    return sql_is_name(&tokens[end - 1]) && (end - first == 1 || sql_is(&tokens[end - 2], "."))
               ? tokens[end - 1].text
               : NULL;
}

static bool list_item(listing *list, const sql_query *query, const sql_select *select, size_t first,
                      size_t end, unsigned depth)
{
    const sql_token *tokens = query->tokens.at;
    if (sql_is(&tokens[end - 1], "*") && (end - first == 1 || sql_is(&tokens[end - 2], ".")))
        return list_star(list, query, select, end - first > 1 ? tokens[end - 3].text : NULL, first,
                         end, depth);
    size_t at = first;
    sql_value value = sql_value_read(query, select, &at, end, depth + 1);
    size_t alias = at + (at < end && sql_is(&tokens[at], "AS"));
    bool whole = at == end || (alias == end - 1 && tokens[alias].kind <= SQL_STRING);
    append(list, (sql_output){.name = name_of_item(query, first, at, end),
                              .value = whole ? value
                                             : (sql_value){.reason = "the expression may "
                                                                     "be NULL"},
                              .first = first,
                              .end = whole ? at : end});
    return true;
}

static bool list_items(listing *list, const sql_query *query, const sql_select *select,
                       unsigned depth)
{
    const sql_token *tokens = query->tokens.at;
    size_t first = select->items_at;
    for (size_t i = first; i <= select->items_end; i++) {
        if (i < select->items_end && !sql_is(&tokens[i], ",")) {
            i = tokens[i].match > i ? tokens[i].match : i;
            continue;
        }
        if (i == first || !list_item(list, query, select, first, i, depth))
            return false;
        first = i + 1;
    }
    return true;
}

/* UNION and its like: a column is as doubtful as its worst arm. */
static bool merge(listing *list, const sql_outputs *arm)
{
    if (!arm->known || arm->len != list->len)
        return false;
    for (size_t i = 0; i < list->len; i++) {
        sql_value *value = &list->at[i].value;
        *value = sql_either(*value, arm->at[i].value);
    }
    return true;
}

/* The result is kept in the select, so that shared expressions are looked into once; while it is
 * being found out, a recursive reference sees it as not known. */
const sql_outputs *sql_outputs_of(const sql_query *query, size_t select, unsigned depth)
{
    if (select == SQL_NONE || depth >= SQL_DEPTH_MAX)
        return &not_known;
    sql_select *of = &query->selects[select];
    if (of->outputs)
        return of->outputs;
    weft_arena *arena = query->schema->arena;
    of->outputs = gen_alloc(arena, sizeof(sql_outputs));
    *of->outputs = not_known;
    listing list = {.arena = arena};
    bool known = !of->opaque && list_items(&list, query, of, depth);
    if (known && of->next != SQL_NONE)
        known = merge(&list, sql_outputs_of(query, of->next, depth + 1));
    *of->outputs = (sql_outputs){.at = list.at, .len = list.len, .known = known};
    return of->outputs;
}
