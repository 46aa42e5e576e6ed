/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs_decode.c: decoders. Of JSON: a loop over the members in which each case goes
 * straight on to the next one when that member comes next, as the declaration predicts. Of query
 * strings and forms: a loop over the pairs or parts. All read each member by one case of one
 * switch.
 */
#include "write/codecs.h"
#include "write/write.h"

void codec_write_defaults(gen_text *out, const gen_record *record)
{
    const char *name = record->spelling;
    size_t count = 0;
    weft_buffer_printf(out, "    %s *out__ = into__;\n    *out__ = (%s){", name, name);
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        if (field->notes.fallback == NULL)
            continue;
        weft_buffer_printf(out, "%s\n        .%s = ", count++ != 0 ? "," : "", field->name);
        gen_write_fallback(out, &field->type, field->notes.fallback);
    }
    weft_buffer_printf(out, count == 0 ? "0};\n" : "};\n");
}

/* The case of a member, once it is written how it is read and under which condition. */
typedef struct member {
    const gen_field *field;
    size_t index;
    const char *target;    /* the lvalue that is read into */
    const char *condition; /* the expression that reads it ... */
    bool compound;         /* ... and whether it is more than a call */
    const char *pointer, *in;
    const char *next; /* what is done after it */
} member;

static const char after_any[] = "            break;\n";

static bool has_rules(const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (gen_has_rules(&record->fields[i].notes))
            return true;
    }
    return false;
}

static const char *target_of(weft_arena *arena, const gen_field *field)
{
    const char *value = field->type.kind == GEN_OPTIONAL ? ".value__"
                        : field->type.kind == GEN_CHANGE ? ".to.value__"
                                                         : "";
    return gen_format(arena, "out__->%s%s", field->name, value);
}

static void write_member(gen_text *out, const member *m)
{
    const gen_field *field = m->field;
    bool optional = field->type.kind == GEN_OPTIONAL, change = field->type.kind == GEN_CHANGE;
    weft_buffer_printf(out, "        case %zu:\n", m->index);
    if (change)
        weft_buffer_printf(out, "            out__->%s.given = true;\n", field->name);
    if (!optional && !change && !gen_has_rules(&field->notes)) {
        weft_buffer_printf(out, m->compound ? "            (void)(%s);\n" : "            %s;\n",
                           m->condition);
        weft_buffer_printf(out, "%s", m->next);
        return;
    }
    weft_buffer_printf(out, "            if (%s) {\n", m->condition);
    if (optional || change)
        weft_buffer_printf(out, "                out__->%s%s.present = true;\n", field->name,
                           change ? ".to" : "");
    gen_write_rules(out, gen_value_type(&field->type), &field->notes, m->target, m->pointer, m->in,
                    16);
    weft_buffer_printf(out, "            }\n%s", m->next);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

void codec_write_read_json(gen_text *out, const gen_type *type, const char *target)
{
    if (type->kind < GEN_ENUM || type->kind == GEN_RAW)
        weft_buffer_printf(out, "weft_json_read_%s(reader__, &%s)", codec_suffix(type->kind),
                           target);
    else
        weft_buffer_printf(out, "%s__decode_json(reader__, &%s)", type->spelling, target);
}

/* "key": after the text `before`, as a C literal with its length. */
static void write_predicted(gen_text *out, const char *before, const char *key)
{
    weft_buffer quoted;
    weft_buffer_init(&quoted, out->arena);
    weft_buffer_append_str(&quoted, weft_str_from(before));
    weft_buffer_append_quoted(&quoted, weft_str_from(key));
    weft_buffer_append(&quoted, ":", 1);
    gen_write_literal(out, gen_copy(out->arena, quoted.at, quoted.len));
    weft_buffer_printf(out, ", %zu", quoted.len);
}

/* Whether the decoder does something with members that the record does not have. */
static bool keeps_unknown(const gen_record *record)
{
    return (record->derives & GEN_STRICT) || record->rest != NULL;
}

static void write_member_finder(gen_text *out, const gen_record *record)
{
    const char *name = record->name;
    weft_buffer_printf(out,
                       "\nstatic size_t %s__member(weft_json_reader *reader__, "
                       "weft_json_object *object__)\n{\n",
                       name);
    if (record->field_count != 0) {
        weft_buffer_printf(out, "    if (weft_json_take_key(reader__, ");
        write_predicted(out, "", record->fields[0].key);
        weft_buffer_printf(out, "))\n        return weft_json_member(reader__, object__, 0);\n");
    }
    if (keeps_unknown(record))
        weft_buffer_printf(out,
                           "    object__->unknown = weft_json_read_key(reader__);\n"
                           "    size_t index__ = %s__find(object__->unknown);\n",
                           name);
    else
        weft_buffer_printf(out, "    size_t index__ = %s__find(weft_json_read_key(reader__));\n",
                           name);
    weft_buffer_printf(out, "    return weft_json_member(reader__, object__, index__);\n}\n");
}

/* After a member: on to the one that is declared next, if that follows. */
static const char *after_member(weft_arena *arena, const gen_record *record, size_t index)
{
    if (++index == record->field_count)
        return after_any;
    weft_buffer text;
    weft_buffer_init(&text, arena);
    weft_buffer_printf(&text, "            if (!weft_json_follows(reader__, &object__, %zu, ",
                       index);
    write_predicted(&text, ",", record->fields[index].key);
    weft_buffer_printf(&text, "))\n                break;\n"
                              "            __attribute__((fallthrough));\n");
    return gen_copy(arena, text.at, text.len);
}

static void write_json_member(gen_text *out, const gen_record *record, size_t index)
{
    weft_arena *arena = out->arena;
    const gen_field *field = &record->fields[index];
    const char *target = target_of(arena, field);
    weft_buffer reading;
    weft_buffer_init(&reading, arena);
    if (gen_value_type(&field->type) != &field->type)
        weft_buffer_printf(&reading, "!weft_json_take_null(reader__) &&\n                ");
    codec_write_read_json(&reading, gen_value_type(&field->type), target);
    member m = {.field = field,
                .index = index,
                .target = target,
                .condition = gen_copy(arena, reading.at, reading.len),
                .pointer = "weft_json_pointer(reader__)",
                .in = "\"body\"",
                .next = after_member(arena, record, index)};
    write_member(out, &m);
}

/* What becomes of members that the record does not have. */
static void write_unknown(gen_text *out, const gen_record *record)
{
    if (record->rest != NULL) {
        const char *rest = record->rest->name;
        weft_buffer_printf(out,
                           "        case WEFT_MEMBER_UNKNOWN: {\n"
                           "            __typeof__(out__->%s.at) entry__ = weft_json_rest_next(\n"
                           "                reader__, &object__, &rest__, sizeof *entry__,\n"
                           "                _Alignof(__typeof__(*entry__)));\n"
                           "            if (entry__ != NULL)\n                ",
                           rest);
        codec_write_read_json(out, record->rest->type.element, "entry__->value");
        weft_buffer_printf(out, ";\n            break;\n        }\n");
    } else if (record->derives & GEN_STRICT) {
        weft_buffer_printf(out, "        case WEFT_MEMBER_UNKNOWN:\n"
                                "            weft_json_refuse_unknown(reader__, &object__);\n"
                                "            break;\n");
    }
}

static void write_rest(gen_text *out, const gen_field *rest)
{
    if (rest != NULL)
        weft_buffer_printf(out,
                           "    weft_json_rest_end(reader__, &object__, &rest__, "
                           "sizeof *out__->%s.at);\n"
                           "    out__->%s.at = (void *)rest__.at;\n"
                           "    out__->%s.len = rest__.len;\n",
                           rest->name, rest->name, rest->name);
}

void codec_write_json_decoder(gen_text *out, const gen_record *record)
{
    const char *name = record->name;
    write_member_finder(out, record);
    weft_buffer_printf(
        out, "\nstatic bool %s__decode_json(weft_json_reader *reader__, void *into__)\n{\n", name);
    codec_write_defaults(out, record);
    if (has_rules(record))
        weft_buffer_printf(out, "    weft_violations *violations__ = reader__->violations;\n");
    if (record->rest != NULL)
        weft_buffer_printf(out, "    weft_json_array rest__ = {.len = 0};\n");
    weft_buffer_printf(out,
                       "    weft_json_object object__;\n"
                       "    if (!weft_json_object_begin(reader__, &object__, &%s__members))\n"
                       "        return false;\n"
                       "    while (weft_json_object_next(reader__, &object__)) {\n"
                       "        switch (%s__member(reader__, &object__)) {\n",
                       name, name);
    for (size_t i = 0; i < record->field_count; i++)
        write_json_member(out, record, i);
    write_unknown(out, record);
    weft_buffer_printf(out, "        default: weft_json_skip(reader__); break;\n"
                            "        }\n    }\n");
    write_rest(out, record->rest);
    weft_buffer_printf(out, "    return weft_json_object_end(reader__, &object__);\n}\n");
}

/* ---- query strings and forms --------------------------------------------------------------- */

/* WEFT_STR("/key"): the JSON Pointer of a member, with `~` and `/` escaped. */
static const char *pointer_to(weft_arena *arena, const char *key)
{
    weft_buffer pointer, expression;
    weft_buffer_init(&pointer, arena);
    weft_buffer_append(&pointer, "/", 1);
    for (; *key != '\0'; key++) {
        const char *escaped = *key == '~' ? "~0" : *key == '/' ? "~1" : NULL;
        weft_buffer_append(&pointer, escaped != NULL ? escaped : key, escaped != NULL ? 2 : 1);
    }
    weft_buffer_init(&expression, arena);
    weft_buffer_append_str(&expression, WEFT_STR("WEFT_STR("));
    gen_write_literal(&expression, gen_copy(arena, pointer.at, pointer.len));
    weft_buffer_append(&expression, ")", 1);
    return gen_copy(arena, expression.at, expression.len);
}

/* Where the texts come from: of each the condition that it is one ("" or ".. && "), the expression
 * of it, that of the list of pairs, and that of where they are. */
typedef struct source {
    const char *taken, *value, *pairs, *in;
} source;

static const source of_pairs = {"", "pairs__.value", "&pairs__", "in__"};
static const source of_parts = {"weft_parts_text(parts__) &&\n                ",
                                "parts__->pairs.value", "&parts__->pairs", "\"body\""};

static const char *read_condition(weft_arena *arena, const source *from, const gen_type *type,
                                  const char *target, const char *pointer)
{
    weft_buffer reading;
    weft_buffer_init(&reading, arena);
    if (type->kind == GEN_UPLOAD) {
        weft_buffer_printf(&reading, "weft_parts_upload(parts__, &%s)", target);
    } else {
        weft_buffer_printf(&reading, "%s", from->taken);
        gen_write_read_text(&reading, type, from->value, target, pointer, from->in);
    }
    return gen_copy(arena, reading.at, reading.len);
}

static void write_text_member(gen_text *out, const source *from, const gen_field *field,
                              size_t index)
{
    weft_arena *arena = out->arena;
    const gen_type *type = gen_value_type(&field->type);
    const char *target = target_of(arena, field), *pointer = pointer_to(arena, field->key);
    member m = {.field = field,
                .index = index,
                .target = target,
                .condition = read_condition(arena, from, type, target, pointer),
                .compound = from->taken[0] != 0 && type->kind != GEN_UPLOAD,
                .pointer = pointer,
                .in = from->in,
                .next = after_any};
    write_member(out, &m);
}

/* One more item of an array: its name comes again. */
static void write_text_item(gen_text *out, const source *from, const gen_field *field, size_t index)
{
    const char *name = field->name, *element = field->type.element->spelling;
    weft_buffer_printf(out,
                       "        case %zu: {\n"
                       "            %s *items__ = weft_pairs_grow(%s, out__->%s.at, "
                       "out__->%s.len,\n"
                       "                sizeof *items__, _Alignof(%s));\n"
                       "            if (items__ == NULL)\n"
                       "                break;\n"
                       "            out__->%s.at = items__;\n"
                       "            (void)(%s);\n            break;\n        }\n",
                       index, element, from->pairs, name, name, element, name,
                       read_condition(out->arena, from, field->type.element,
                                      gen_format(out->arena, "items__[out__->%s.len++]", name),
                                      pointer_to(out->arena, field->key)));
}

/* The rules of arrays, once all their items are there. */
static void write_array_rules(gen_text *out, const source *from, const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        if (field->type.kind == GEN_ARRAY)
            gen_write_rules(out, &field->type, &field->notes, target_of(out->arena, field),
                            pointer_to(out->arena, field->key), from->in, 4);
    }
}

static void write_text_members(gen_text *out, const source *from, const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (record->fields[i].type.kind == GEN_ARRAY)
            write_text_item(out, from, &record->fields[i], i);
        else
            write_text_member(out, from, &record->fields[i], i);
    }
    if (record->derives & GEN_STRICT)
        weft_buffer_printf(out,
                           "        case WEFT_MEMBER_UNKNOWN: "
                           "weft_pairs_refuse_unknown(%s); break;\n",
                           from->pairs);
    weft_buffer_printf(out, "        default: break;\n        }\n    }\n");
    write_array_rules(out, from, record);
}

void codec_write_query_decoder(gen_text *out, const gen_record *record)
{
    const char *name = record->name;
    weft_buffer_printf(out,
                       "\nstatic weft_urlencoded_result %s__decode_query(weft_str text__, "
                       "weft_arena *arena__,\n"
                       "    const char *in__, weft_violations *violations__, void *into__)\n{\n",
                       name);
    codec_write_defaults(out, record);
    weft_buffer_printf(out,
                       "    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,\n"
                       "        .violations = violations__, .members = &%s__members};\n"
                       "    while (weft_pairs_next(&pairs__)) {\n"
                       "        switch (weft_pairs_member(&pairs__, %s__find(pairs__.name))) {\n",
                       name, name);
    write_text_members(out, &of_pairs, record);
    weft_buffer_printf(out, "    return weft_pairs_end(&pairs__);\n}\n");
}

/* ---- forms with files ----------------------------------------------------------------------- */

/* Whether anything adds violations by itself: uploads do it in the library. */
static bool has_texts(const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_type *type = gen_value_type(&record->fields[i].type);
        type = type->kind == GEN_ARRAY ? type->element : type;
        if (type->kind != GEN_UPLOAD)
            return true;
    }
    return false;
}

void codec_write_multipart_decoder(gen_text *out, const gen_record *record)
{
    const char *name = record->name;
    weft_buffer_printf(out,
                       "\nstatic void %s__decode_multipart(weft_parts *parts__, void *into__)\n"
                       "{\n",
                       name);
    codec_write_defaults(out, record);
    if (has_texts(record) || has_rules(record))
        weft_buffer_printf(out, "    weft_violations *violations__ = "
                                "parts__->pairs.violations;\n");
    weft_buffer_printf(out,
                       "    while (weft_parts_next(parts__, &%s__members)) {\n"
                       "        switch (weft_pairs_member(&parts__->pairs, "
                       "%s__find(parts__->pairs.name))) {\n",
                       name, name);
    write_text_members(out, &of_parts, record);
    weft_buffer_printf(out, "}\n");
}
