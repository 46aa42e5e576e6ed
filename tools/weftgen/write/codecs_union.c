/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs_union.c: codecs of records with a tagged union: one record per enumerator,
 * and what looks at the tag and chooses.
 */
#include "write/codecs.h"
#include "write/write.h"

static void write_decoder(gen_text *out, const gen_record *record, const gen_field *tag)
{
    const char *name = record->name, *kind = tag->type.enumeration->name;
    weft_buffer_printf(out, "\nstatic const weft_str %s__tag_keys[] = {WEFT_STR(", name);
    gen_write_literal(out, tag->key);
    weft_buffer_printf(
        out,
        ")};\n"
        "static const weft_members %s__tag = {\n"
        "    .keys = %s__tag_keys, .count = 1, .required = {0x1}};\n"
        "\nstatic bool %s__decode_json(weft_json_reader *reader__, void *into__)\n{\n"
        "    weft_str text__;\n"
        "    %s item__;\n"
        "    *(%s *)into__ = (%s){0};\n"
        "    if (!weft_json_find_tag(reader__, &%s__tag, &text__))\n"
        "        return false;\n",
        name, name, name, kind, name, name, name);
    weft_buffer_printf(out,
                       "    if (!%s__find(text__, &item__)) {\n"
                       "        weft_json_refuse_tag(reader__, &%s__tag, %s__allowed);\n"
                       "        return false;\n"
                       "    }\n"
                       "    switch (item__) {\n",
                       kind, name, kind);
    for (size_t i = 0; i < tag->type.enumeration->item_count; i++) {
        const struct gen_enumerator *item = &tag->type.enumeration->items[i];
        weft_buffer_printf(out, "    case %s: return %s__%s__decode_json(reader__, into__);\n",
                           item->name, name, item->member);
    }
    weft_buffer_printf(out, "    }\n    return false;\n}\n");
}

/* A tag that is no enumerator is a mistake of the program, which JSON has no word for. */
static void write_encoder(gen_text *out, const gen_record *record, const gen_field *tag)
{
    const char *name = record->name;
    weft_buffer_printf(out,
                       "\nstatic void %s__encode_json(weft_buffer *to__, const void *from__)\n{\n"
                       "    const %s *in__ = from__;\n"
                       "    switch (in__->%s) {\n",
                       name, name, tag->name);
    for (size_t i = 0; i < tag->type.enumeration->item_count; i++) {
        const struct gen_enumerator *item = &tag->type.enumeration->items[i];
        weft_buffer_printf(out, "    case %s: %s__%s__encode_json(to__, from__); return;\n",
                           item->name, name, item->member);
    }
    weft_buffer_printf(out, "    }\n    weft_buffer_append(to__, \"null\", 4);\n}\n");
}

void codec_write_union(gen_text *out, const gen_record *record, unsigned needs)
{
    const gen_field *tag = gen_tag(record);
    const gen_enumeration *kinds = tag->type.enumeration;
    for (size_t i = 0; i < kinds->item_count; i++)
        codec_write_flat(out, gen_variant(out->arena, record, &kinds->items[i]), needs);
    if (needs & CODEC_DECODE)
        write_decoder(out, record, tag);
    if (needs & CODEC_ENCODE)
        write_encoder(out, record, tag);
}
