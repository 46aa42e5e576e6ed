/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs_members.c: the names of a record's members, finding one, and enums, which
 * are names too. A name is found by its length first, then by its bytes.
 */
#include "write/codecs.h"
#include "write/write.h"
#include <weft/codec.h>

static void write_case(gen_text *out, const codec_choice *choice, size_t len)
{
    weft_buffer_printf(out, "    case %zu:\n", len);
    for (size_t i = 0; i < choice->count; i++) {
        const char *key = choice->key(choice->list, i);
        if (strlen(key) != len)
            continue;
        weft_buffer_printf(out, "        if (memcmp(%s.at, ", choice->text);
        gen_write_literal(out, key);
        weft_buffer_printf(out, ", %zu) == 0)%s\n", len,
                           choice->match(out->arena, choice->list, i));
    }
    weft_buffer_printf(out, "        break;\n");
}

void codec_write_choice(gen_text *out, const codec_choice *choice)
{
    size_t longest = 0;
    for (size_t i = 0; i < choice->count; i++) {
        size_t len = strlen(choice->key(choice->list, i));
        longest = len > longest ? len : longest;
    }
    weft_buffer_printf(out, "    switch (%s.len) {\n", choice->text);
    for (size_t len = 1; len <= longest; len++) {
        bool any = false;
        for (size_t i = 0; i < choice->count; i++)
            any |= strlen(choice->key(choice->list, i)) == len;
        if (any)
            write_case(out, choice, len);
    }
    weft_buffer_printf(out, "    default: break;\n    }\n");
}

/* ---- members ------------------------------------------------------------------------------- */

static bool is_required(const gen_field *field)
{
    return gen_value_type(&field->type) == &field->type && field->notes.fallback == NULL;
}

static void write_words(gen_text *out, const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        weft_buffer_printf(out, "%s0x%llx", i != 0 ? ", " : "", (unsigned long long)words[i]);
}

static void write_strings(gen_text *out, const gen_record *record, const char *suffix,
                          const char *(*string)(const gen_field *field))
{
    weft_buffer_printf(out, "\nstatic const weft_str %s__%s[] = {\n", record->name, suffix);
    for (size_t i = 0; i < record->field_count; i++) {
        weft_buffer_printf(out, "    WEFT_STR(");
        gen_write_literal(out, string(&record->fields[i]));
        weft_buffer_printf(out, "),\n");
    }
    weft_buffer_printf(out, "};");
}

static const char *key_of(const gen_field *field)
{
    return field->key;
}

/* What a column would be called: of a path to a member that lies flat its last part. */
static const char *name_of(const gen_field *field)
{
    const char *last = strrchr(field->name, '.');
    return last != NULL ? last + 1 : field->name;
}

bool gen_has_names(const gen_record *flat)
{
    for (size_t i = 0; i < flat->field_count; i++)
        if (strcmp(flat->fields[i].key, name_of(&flat->fields[i])) != 0)
            return true;
    return false;
}

static void write_table(gen_text *out, const gen_record *record)
{
    uint64_t required[WEFT_MEMBERS_MAX / 64] = {0}, repeats[WEFT_MEMBERS_MAX / 64] = {0};
    bool any_repeats = false;
    size_t words = 1;
    write_strings(out, record, "keys", key_of);
    if (gen_has_names(record))
        write_strings(out, record, "names", name_of);
    for (size_t i = 0; i < record->field_count; i++) {
        words = i / 64 + 1;
        bool array = record->fields[i].type.kind == GEN_ARRAY;
        required[i / 64] |= (uint64_t)is_required(&record->fields[i]) << (i % 64);
        repeats[i / 64] |= (uint64_t)array << (i % 64);
        any_repeats |= array && (record->derives & GEN_TEXTS);
    }
    weft_buffer_printf(out,
                       "\nstatic const weft_members %s__members = {\n"
                       "    .keys = %s__keys, ",
                       record->name, record->name);
    if (gen_has_names(record))
        weft_buffer_printf(out, ".names = %s__names, ", record->name);
    weft_buffer_printf(out, ".count = %zu, .required = {", record->field_count);
    write_words(out, required, words);
    if (any_repeats) {
        weft_buffer_printf(out, "}, .repeats = {");
        write_words(out, repeats, words);
    }
    weft_buffer_printf(out, "}};\n");
}

static const char *field_key(const void *record, size_t index)
{
    return ((const gen_record *)record)->fields[index].key;
}

static const char *field_match(weft_arena *arena, const void *record, size_t index)
{
    (void)record;
    return gen_format(arena, "\n            return %zu;", index);
}

void codec_write_members(gen_text *out, const gen_record *record)
{
    codec_choice choice = {"key__", record->field_count, field_key, field_match, record};
    write_table(out, record);
    weft_buffer_printf(out, "\nstatic size_t %s__find(weft_str key__)\n{\n", record->name);
    codec_write_choice(out, &choice);
    weft_buffer_printf(out, "    return WEFT_MEMBER_UNKNOWN;\n}\n");
}

/* ---- enums --------------------------------------------------------------------------------- */

static const char *item_key(const void *enumeration, size_t index)
{
    return ((const gen_enumeration *)enumeration)->items[index].key;
}

static const char *item_match(weft_arena *arena, const void *enumeration, size_t index)
{
    const char *name = ((const gen_enumeration *)enumeration)->items[index].name;
    return gen_format(arena, " {\n            *out__ = %s;\n            return true;\n        }",
                      name);
}

/* "red", "green" or "blue": for people. */
static const char *allowed(weft_arena *arena, const gen_enumeration *enumeration)
{
    weft_buffer text;
    weft_buffer_init(&text, arena);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        const char *between = i == 0 ? "" : i + 1 == enumeration->item_count ? " or " : ", ";
        weft_buffer_printf(&text, "%s\"%s\"", between, enumeration->items[i].key);
    }
    return gen_copy(arena, text.at, text.len);
}

static void write_find(gen_text *out, const gen_enumeration *enumeration)
{
    codec_choice choice = {"text__", enumeration->item_count, item_key, item_match, enumeration};
    const char *name = enumeration->name;
    weft_buffer_printf(out, "\nstatic const char %s__allowed[] =\n    ", name);
    gen_write_literal(out, allowed(out->arena, enumeration));
    weft_buffer_printf(out, ";\n\nstatic bool %s__find(weft_str text__, %s *out__)\n{\n", name,
                       name);
    codec_write_choice(out, &choice);
    weft_buffer_printf(out, "    return false;\n}\n");
}

static void write_decode(gen_text *out, const char *name)
{
    weft_buffer_printf(out,
                       "\nstatic bool %s__decode_json(weft_json_reader *reader__, void *into__)\n"
                       "{\n"
                       "    weft_str text__;\n"
                       "    if (!weft_json_read_str(reader__, &text__))\n"
                       "        return false;\n"
                       "    if (%s__find(text__, into__))\n"
                       "        return true;\n"
                       "    weft_json_not_allowed(reader__, %s__allowed);\n"
                       "    return false;\n"
                       "}\n",
                       name, name, name);
}

static void write_read_text(gen_text *out, const char *name)
{
    weft_buffer_printf(
        out,
        "\nstatic bool %s__read_text(weft_str text__, weft_violations *violations__,\n"
        "                            const char *in__, weft_str pointer__, %s *out__)\n"
        "{\n"
        "    bool good__ = %s__find(text__, out__);\n"
        "    if (!good__)\n"
        "        weft_violations_add(violations__, in__, pointer__, \"enum\", \"must be %%s\",\n"
        "                            %s__allowed);\n"
        "    return good__;\n"
        "}\n",
        name, name, name, name);
}

static void write_encode(gen_text *out, const gen_enumeration *enumeration)
{
    const char *name = enumeration->name;
    weft_buffer_printf(out,
                       "\nstatic char *%s__put_json(char *at__, %s value__)\n{\n"
                       "    switch (value__) {\n",
                       name, name);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        weft_buffer quoted;
        weft_buffer_init(&quoted, out->arena);
        weft_buffer_append_quoted(&quoted, weft_str_from(enumeration->items[i].key));
        weft_buffer_printf(out, "    case %s: return weft_json_put(at__, ",
                           enumeration->items[i].name);
        gen_write_literal(out, gen_copy(out->arena, quoted.at, quoted.len));
        weft_buffer_printf(out, ", %zu);\n", quoted.len);
    }
    weft_buffer_printf(out, "    }\n    return weft_json_put(at__, \"null\", 4);\n}\n");
}

void codec_write_enumeration(gen_text *out, const gen_enumeration *enumeration, unsigned needs)
{
    if (needs & (CODEC_DECODE | CODEC_TEXTS))
        write_find(out, enumeration);
    if (needs & CODEC_DECODE)
        write_decode(out, enumeration->name);
    if (needs & CODEC_TEXTS)
        write_read_text(out, enumeration->name);
    if (needs & CODEC_ENCODE)
        write_encode(out, enumeration);
}
