/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/description.c: descriptions as JSON. One column or parameter per line, so that a
 * change of the schema shows as a change of these lines.
 */
#include "describe/description.h"

#include <weft/codec.h>

#include <inttypes.h>

uint64_t description_hash(uint64_t hash, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

const char *description_file(weft_arena *arena, const char *name, const char *sql)
{
    uint64_t hash = description_hash(DESCRIPTION_HASH, sql, strlen(sql));
    return gen_format(arena, "%s-%08" PRIx32 ".json", name, (uint32_t)(hash ^ hash >> 32));
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_text(weft_buffer *out, const char *before, const char *text)
{
    weft_buffer_printf(out, "%s", before);
    weft_buffer_append_quoted(out, weft_str_from(text));
}

static void write_type(weft_buffer *out, const char *before, const pg_type *type)
{
    write_text(out, before, type->name);
    for (size_t i = 0; i < type->label_count; i++)
        write_text(out, i ? ", " : ", \"labels\": [", type->labels[i]);
    if (type->label_count != 0)
        weft_buffer_printf(out, "]");
}

static void write_column(weft_buffer *out, const pg_column *column)
{
    write_text(out, "{\"name\": ", column->name);
    write_type(out, ", \"type\": ", &column->type);
    if (column->null != NULL)
        write_text(out, ", \"null\": ", column->null);
    if (column->joined)
        weft_buffer_printf(out, ", \"joined\": true");
    const char *joint = ", \"with\": [";
    for (unsigned i = 0; i < PG_PARAMETERS_MAX; i++)
        if (column->with >> i & 1) {
            weft_buffer_printf(out, "%s%u", joint, i + 1);
            joint = ", ";
        }
    weft_buffer_printf(out, "%s}", column->with ? "]" : "");
}

void description_write(weft_buffer *out, const pg_description *d)
{
    write_text(out, "{\n  \"name\": ", d->name);
    write_text(out, ",\n  \"sql\": ", d->sql);
    weft_buffer_printf(out, ",\n  \"read_only\": %s,\n  \"parameters\": [",
                       d->read_only ? "true" : "false");
    for (size_t i = 0; i < d->parameter_count; i++) {
        weft_buffer_printf(out, "%s\n    ", i ? "," : "");
        write_type(out, "{\"type\": ", &d->parameters[i].type);
        if (d->parameters[i].stored != NULL)
            write_text(out, ", \"stored\": ", d->parameters[i].stored);
        weft_buffer_printf(out, "}");
    }
    weft_buffer_printf(out, "%s],\n  \"columns\": [", d->parameter_count ? "\n  " : "");
    for (size_t i = 0; i < d->column_count; i++) {
        weft_buffer_printf(out, "%s\n    ", i ? "," : "");
        write_column(out, &d->columns[i]);
    }
    weft_buffer_printf(out, "%s]\n}\n", d->column_count ? "\n  " : "");
}

/* ---- reading --------------------------------------------------------------------------------- */

/* One object: its member numbered as in `members`; WEFT_MEMBER_UNKNOWN for others. */
static size_t next_member(weft_json_reader *reader, weft_json_object *object)
{
    weft_str key = weft_json_read_key(reader);
    for (size_t i = 0; i < object->members->count; i++)
        if (weft_str_equal(key, object->members->keys[i]))
            return weft_json_member(reader, object, i);
    return WEFT_MEMBER_UNKNOWN;
}

static void read_text(weft_json_reader *reader, const char **to)
{
    weft_str text = {0};
    if (weft_json_read_str(reader, &text))
        *to = gen_copy(reader->arena, text.at, text.len);
}

static void read_labels(weft_json_reader *reader, pg_type *type)
{
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return;
    const char **item;
    while ((item = weft_json_array_next(reader, &array, sizeof *item, _Alignof(char *))))
        read_text(reader, item);
    if (weft_json_array_end(reader, &array)) {
        type->labels = (const char **)(void *)array.at;
        type->label_count = array.len;
    }
}

static void read_parameters_with(weft_json_reader *reader, uint64_t *with)
{
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return;
    uint32_t *item;
    while ((item = weft_json_array_next(reader, &array, sizeof *item, _Alignof(uint32_t))))
        if (weft_json_read_u32(reader, item) && *item >= 1 && *item <= PG_PARAMETERS_MAX)
            *with |= UINT64_C(1) << (*item - 1);
    (void)!weft_json_array_end(reader, &array);
}

/* Parameters are read as columns: where one is stored takes the place of why it may be NULL. */
static bool read_column(weft_json_reader *reader, pg_column *column)
{
    static const weft_str keys[] = {WEFT_STR("name"),  WEFT_STR("type"),   WEFT_STR("labels"),
                                    WEFT_STR("null"),  WEFT_STR("joined"), WEFT_STR("with"),
                                    WEFT_STR("stored")};
    static const weft_members members = {
        .keys = keys, .count = sizeof keys / sizeof keys[0], .required = {1 << 1}};
    weft_json_object object;
    *column = (pg_column){.name = "", .type.name = ""};
    if (!weft_json_object_begin(reader, &object, &members))
        return false;
    while (weft_json_object_next(reader, &object))
        switch (next_member(reader, &object)) {
        case 0: read_text(reader, &column->name); break;
        case 1: read_text(reader, &column->type.name); break;
        case 2: read_labels(reader, &column->type); break;
        case 3:
        case 6: read_text(reader, &column->null); break;
        case 4: (void)weft_json_read_bool(reader, &column->joined); break;
        case 5: read_parameters_with(reader, &column->with); break;
        default: weft_json_skip(reader); break;
        }
    return weft_json_object_end(reader, &object);
}

static void read_columns(weft_json_reader *reader, pg_column **columns, size_t *count)
{
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return;
    pg_column *item;
    while ((item = weft_json_array_next(reader, &array, sizeof *item, _Alignof(pg_column))))
        (void)read_column(reader, item);
    if (weft_json_array_end(reader, &array)) {
        *columns = (pg_column *)(void *)array.at;
        *count = array.len;
    }
}

static void read_parameters(weft_json_reader *reader, pg_description *d)
{
    pg_column *columns = NULL;
    size_t count = 0;
    read_columns(reader, &columns, &count);
    d->parameters = gen_alloc(reader->arena, (count + 1) * sizeof *d->parameters);
    d->parameter_count = count;
    for (size_t i = 0; i < count; i++)
        d->parameters[i] = (pg_parameter){.type = columns[i].type, .stored = columns[i].null};
}

static bool read_description(weft_json_reader *reader, void *into)
{
    static const weft_str keys[] = {WEFT_STR("name"), WEFT_STR("sql"), WEFT_STR("read_only"),
                                    WEFT_STR("parameters"), WEFT_STR("columns")};
    static const weft_members members = {
        .keys = keys, .count = sizeof keys / sizeof keys[0], .required = {31}};
    pg_description *d = into;
    weft_json_object object;
    if (!weft_json_object_begin(reader, &object, &members))
        return false;
    while (weft_json_object_next(reader, &object))
        switch (next_member(reader, &object)) {
        case 0: read_text(reader, &d->name); break;
        case 1: read_text(reader, &d->sql); break;
        case 2: (void)weft_json_read_bool(reader, &d->read_only); break;
        case 3: read_parameters(reader, d); break;
        case 4: read_columns(reader, &d->columns, &d->column_count); break;
        default: weft_json_skip(reader); break;
        }
    return weft_json_object_end(reader, &object);
}

static const char *shape_fault(weft_arena *arena, const weft_violation *wrong)
{
    return gen_format(arena, "%.*s %.*s", WEFT_STR_ARGS(wrong->pointer),
                      WEFT_STR_ARGS(wrong->detail));
}

pg_description *description_read(weft_arena *arena, weft_str text, description_fault *fault)
{
    pg_description *d = gen_alloc(arena, sizeof *d);
    weft_violations wrong = {.arena = arena};
    weft_json_fault bad;
    weft_json_verdict verdict = weft_json_decode(text, arena, read_description, d, &wrong, &bad);
    if (verdict == WEFT_JSON_OK)
        return d;
    if (verdict == WEFT_JSON_SYNTAX)
        *fault = (description_fault){bad.line, bad.column, bad.reason};
    else
        *fault = (description_fault){1, 1,
                                     wrong.len ? shape_fault(arena, &wrong.at[0]) : "too large"};
    return NULL;
}
