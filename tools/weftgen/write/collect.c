/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/collect.c: rows of a join into arrays within arrays. Each row is a line: the
 * columns of the one, and of one of its many, unless the outer join found none.
 */
#include "write/line.h"
#include "write/rows.h"

/* The same statement, of which only the columns of the items are seen. */
static const gen_statement *items_of(gen_text *out, const gen_statement *statement)
{
    gen_statement *items = gen_alloc(out->arena, sizeof *items);
    gen_function *function = gen_alloc(out->arena, sizeof *function);
    *items = *statement;
    *function = *statement->function;
    function->name = gen_format(out->arena, "%s__%s", function->name, statement->nested->name);
    items->function = function;
    items->column_of_field = statement->column_of_nested;
    items->nested = NULL;
    return items;
}

static void write_line(gen_text *out, const gen_statement *statement, const gen_type *one,
                       const char *one_reader, const char *many_reader)
{
    const char *name = statement->function->name;
    const gen_type *many = statement->nested->type.element;
    weft_buffer_printf(out,
                       "\n/* One row of the result. */\n"
                       "typedef struct %s__line {\n    %s one;\n    bool more;\n    %s many;\n"
                       "} %s__line;\n\n"
                       "static weft_db_result %s__line_from_row(const weft_row *row__,\n"
                       "        weft_arena *arena__, void *into__)\n{\n"
                       "    %s__line *line__ = into__;\n"
                       "    WEFT_TRY(%s(row__, arena__, &line__->one));\n"
                       "    line__->more = !weft_row_null(row__, %d);\n"
                       "    return line__->more ? %s(row__, arena__, &line__->many) : WEFT_DB_OK;\n"
                       "}\n",
                       name, one->spelling, many->spelling, name, name, name, one_reader,
                       statement->column_of_nested[0], many_reader);
}

/* Whether two of the one are different, by their first field. */
static const char *differs(gen_text *out, const gen_field *key)
{
    const char *form = key->type.kind == GEN_STR    ? "!weft_str_equal(last__->%s, line__->one.%s)"
                       : key->type.kind == GEN_UUID ? "!weft_uuid_equal(last__->%s, line__->one.%s)"
                                                    : "last__->%s != line__->one.%s";
    const char *mark = strstr(form, "%s"), *second = strstr(mark + 2, "%s");
    return gen_format(out->arena, "%.*s%s%.*s%s%s", (int)(mark - form), form, key->name,
                      (int)(second - mark - 2), mark + 2, key->name, second + 2);
}

static void write_collect(gen_text *out, const gen_statement *statement, const gen_type *one)
{
    const char *name = statement->function->name, *field = statement->nested->name;
    const gen_type *many = &statement->nested->type;
    weft_buffer_printf(
        out,
        "\nstatic weft_db_result %s__collect(const %s__line *line__, size_t count__,\n"
        "        weft_arena *arena__, %s *to__)\n{\n"
        "    %s *ones__ = WEFT_NEW_ARRAY(arena__, %s, count__), *last__ = NULL;\n"
        "    %s *many__ = WEFT_NEW_ARRAY(arena__, %s, count__);\n"
        "    *to__ = (%s){.at = ones__};\n"
        "    if (count__ != 0 && (ones__ == NULL || many__ == NULL))\n"
        "        return WEFT_DB_NO_MEMORY;\n"
        "    for (; count__ != 0; count__--, line__++) {\n"
        "        if (last__ == NULL || %s) {\n"
        "            last__ = &ones__[to__->len++];\n"
        "            *last__ = line__->one;\n"
        "            last__->%s = (%s){.at = many__};\n"
        "        }\n"
        "        if (line__->more) {\n"
        "            *many__++ = line__->many;\n"
        "            last__->%s.len++;\n"
        "        }\n"
        "    }\n"
        "    return WEFT_DB_OK;\n"
        "}\n",
        name, name, gen_statement_result(statement)->type.spelling, one->spelling, one->spelling,
        many->element->spelling, many->element->spelling,
        gen_statement_result(statement)->type.spelling, differs(out, &one->record->fields[0]),
        field, many->spelling, field);
}

void rows_write_collector(gen_text *out, struct row_readers *readers,
                          const gen_statement *statement, const gen_type *type, const char *reader)
{
    const gen_statement *items = items_of(out, statement);
    const char *item_reader = rows_write_reader(out, readers, items,
                                                statement->nested->type.element);
    write_line(out, statement, type, reader, item_reader);
    write_collect(out, statement, type);
}
