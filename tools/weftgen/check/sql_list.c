/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A list of structs as a table: it is given as one JSON text, and a subselect takes the members
 * that the statement uses out of each item. Its columns are called ":list.member", as no column of
 * the schema is, so that nothing becomes ambiguous beside it.
 */
#include "check/sql.h"
#include "check/types.h"

static const char *text_of(const weft_buffer *buffer, weft_arena *arena)
{
    return gen_copy(arena, buffer->at, buffer->len);
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

/* JSON leaves out zeros behind a second; times in columns have them, so that their texts sort. */
static const char *sqlite_member(weft_arena *arena, const gen_field *field)
{
    const char *member = gen_format(arena, "json_extract(value, '$.\"%s\"')", field->key);
    if (gen_value_type(&field->type)->kind != GEN_TIMESTAMP)
        return member;
    return gen_format(arena,
                      "substr(%s, 1, 19) || '.' || "
                      "substr(rtrim(substr(%s, 21), 'Z') || '000000000', 1, 9) || 'Z'",
                      member, member);
}

const char *sql_sqlite_list(weft_arena *arena, const sql_list *list, size_t number)
{
    weft_buffer members;
    weft_buffer_init(&members, arena);
    for (size_t i = 0; i < list->count; i++) {
        const gen_field *field = list->members[i].field;
        weft_buffer_printf(&members, "%s%s AS \":%s.%s\"", i ? ", " : "",
                           sqlite_member(arena, field), list->name, field->name);
    }
    return gen_format(arena, "(SELECT %s FROM json_each($%zu)) AS \":%s\"",
                      text_of(&members, arena), number, list->name);
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

/* The type as a column of any length; "character" and "bit" alone would be of length 1. */
static const char *unbounded(weft_arena *arena, const char *type)
{
    static const char *const others[][2] = {{"character", "bpchar"}, {"bit", "\"bit\""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        size_t len = strlen(others[i][0]);
        if (strncmp(type, others[i][0], len) == 0 && (type[len] == '\0' || type[len] == '['))
            return gen_format(arena, "%s%s", others[i][1], type + len);
    }
    return type;
}

/* What PostgreSQL takes for the member where one row is given. */
static const char *type_in_row(const sql_check *row, const sql_member *member)
{
    for (size_t i = 0; i < row->value_count; i++)
        if (row->variant->values[i] == member->value)
            return unbounded(row->arena, row->description->parameters[i].type.name);
    return "text";
}

/* A document in a str is a text in JSON, too, and still has to be read. */
static bool is_unread(const gen_field *field, const char *type)
{
    return gen_value_type(&field->type)->kind == GEN_STR &&
           (strcmp(type, "json") == 0 || strcmp(type, "jsonb") == 0);
}

/* The limit changes nothing but the estimate, whatever plan it is for: of a set from JSON it is 100
 * rows, and a table of ten thousand would be read as a whole to update twenty. Behind a limit
 * that it cannot compute the planner expects a tenth of them, and looks each item up by an index
 * if there is one: in the order of the list, which is then the order in which rows are locked. */
const char *sql_postgres_list(const sql_check *row, const sql_list *list, size_t number)
{
    weft_arena *arena = row->arena;
    weft_buffer members, types;
    weft_buffer_init(&members, arena);
    weft_buffer_init(&types, arena);
    for (size_t i = 0; i < list->count; i++) {
        const gen_field *field = list->members[i].field;
        const char *joint = i ? ", " : "", *type = type_in_row(row, &list->members[i]);
        bool unread = is_unread(field, type);
        weft_buffer_printf(&members, "%s\"%s\"%s%s AS \":%s.%s\"", joint, field->key,
                           unread ? "::" : "", unread ? type : "", list->name, field->name);
        weft_buffer_printf(&types, "%s\"%s\" %s", joint, field->key, unread ? "text" : type);
    }
    return gen_format(arena,
                      "(SELECT %s FROM jsonb_to_recordset($%zu) AS item(%s) "
                      "LIMIT (SELECT jsonb_array_length($%zu))) AS \":%s\"",
                      text_of(&members, arena), number, text_of(&types, arena), number, list->name);
}
