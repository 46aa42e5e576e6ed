/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs_containers.c: codecs of arrays and maps, and of optionals that they hold:
 * null there, where a record leaves the member out.
 */
#include "write/codecs.h"

void codec_write_item(gen_text *out, const gen_type *type, const char *value)
{
    if (type->kind == GEN_STR)
        weft_buffer_printf(out, "        weft_buffer_append_quoted(to__, %s);\n", value);
    else if (codec_is_nested(type->kind))
        weft_buffer_printf(out, "        %s__encode_json(to__, &%s);\n", type->spelling, value);
    else if (codec_is_string(type->kind))
        weft_buffer_printf(out,
                           "        char *at__ = weft_buffer_reserve(to__, 1);\n"
                           "        if (at__ == NULL)\n            return;\n"
                           "        (void)weft_json_put_%s(to__, at__, %s, 0);\n",
                           codec_suffix(type->kind), value);
    else
        weft_buffer_printf(out,
                           "        char *at__ = weft_buffer_reserve(to__, %zu);\n"
                           "        if (at__ == NULL)\n            return;\n"
                           "        weft_json_commit(to__, %s);\n",
                           codec_room_of(type), codec_put_expression(out->arena, type, value));
}

/* The end of a loop whose items are at `items`. */
static void write_taken(gen_text *out, const char *end)
{
    weft_buffer_printf(out,
                       ";\n    out__->at = (void *)items__.at;\n"
                       "    out__->len = items__.len;\n"
                       "    return %s;\n}\n",
                       end);
}

static void write_decoder_head(gen_text *out, const char *name, const char *kind)
{
    weft_buffer_printf(
        out,
        "\nstatic bool %s__decode_json(weft_json_reader *reader__, void *into__)\n{\n"
        "    %s *out__ = into__;\n"
        "    *out__ = (%s){0};\n"
        "    weft_json_array items__;\n"
        "    if (!weft_json_%s_begin(reader__, &items__))\n"
        "        return false;\n",
        name, name, name, kind);
}

static void write_encoder_head(gen_text *out, const char *name)
{
    weft_buffer_printf(out,
                       "\nstatic void %s__encode_json(weft_buffer *to__, const void *from__)\n{\n"
                       "    const %s *in__ = from__;\n",
                       name, name);
}

/* ---- arrays -------------------------------------------------------------------------------- */

static void write_array_decoder(gen_text *out, const gen_type *type)
{
    const char *element = type->element->spelling;
    write_decoder_head(out, type->spelling, "array");
    weft_buffer_printf(out,
                       "    %s *item__;\n"
                       "    while ((item__ = weft_json_array_next(reader__, &items__, "
                       "sizeof *item__,\n"
                       "                                          _Alignof(%s))) != NULL)\n"
                       "        ",
                       element, element);
    codec_write_read_json(out, type->element, "item__[0]");
    write_taken(out, "weft_json_array_end(reader__, &items__)");
}

static void write_array_encoder(gen_text *out, const gen_type *type)
{
    write_encoder_head(out, type->spelling);
    weft_buffer_printf(out, "    weft_buffer_append(to__, \"[\", 1);\n"
                            "    for (size_t i__ = 0; i__ < in__->len; i__++) {\n"
                            "        if (i__ != 0)\n"
                            "            weft_buffer_append(to__, \",\", 1);\n");
    codec_write_item(out, type->element, "in__->at[i__]");
    weft_buffer_printf(out, "    }\n    weft_buffer_append(to__, \"]\", 1);\n}\n");
}

void codec_write_array(gen_text *out, const gen_type *type, unsigned needs)
{
    if (needs & CODEC_DECODE)
        write_array_decoder(out, type);
    if (needs & CODEC_ENCODE)
        write_array_encoder(out, type);
}

/* ---- maps ---------------------------------------------------------------------------------- */

static void write_map_decoder(gen_text *out, const gen_type *type)
{
    write_decoder_head(out, type->spelling, "map");
    weft_buffer_printf(out, "    __typeof__(out__->at) entry__;\n"
                            "    while ((entry__ = weft_json_map_next(reader__, &items__, "
                            "sizeof *entry__,\n"
                            "                _Alignof(__typeof__(*entry__)))) != NULL)\n"
                            "        ");
    codec_write_read_json(out, type->element, "entry__->value");
    write_taken(out, "weft_json_map_end(reader__, &items__, sizeof *entry__)");
}

static void write_map_encoder(gen_text *out, const gen_type *type)
{
    write_encoder_head(out, type->spelling);
    weft_buffer_printf(
        out, "    for (size_t i__ = 0; i__ < in__->len; i__++) {\n"
             "        weft_json_append_key(to__, i__ == 0 ? '{' : ',', in__->at[i__].key);\n");
    codec_write_item(out, type->element, "in__->at[i__].value");
    weft_buffer_printf(out, "    }\n    weft_buffer_append(to__, in__->len == 0 ? \"{}\" : \"}\", "
                            "in__->len == 0 ? 2 : 1);\n}\n");
}

void codec_write_map(gen_text *out, const gen_type *type, unsigned needs)
{
    if (needs & CODEC_DECODE)
        write_map_decoder(out, type);
    if (needs & CODEC_ENCODE)
        write_map_encoder(out, type);
}

/* ---- optionals ----------------------------------------------------------------------------- */

static void write_optional_decoder(gen_text *out, const gen_type *type)
{
    weft_buffer_printf(
        out,
        "\nstatic bool %s__decode_json(weft_json_reader *reader__, void *into__)\n{\n"
        "    %s *out__ = into__;\n"
        "    *out__ = (%s){0};\n"
        "    if (weft_json_take_null(reader__))\n"
        "        return true;\n"
        "    out__->present = ",
        type->spelling, type->spelling, type->spelling);
    codec_write_read_json(out, type->element, "out__->value__");
    weft_buffer_printf(out, ";\n    return out__->present;\n}\n");
}

static void write_optional_encoder(gen_text *out, const gen_type *type)
{
    write_encoder_head(out, type->spelling);
    weft_buffer_printf(out, "    if (!in__->present) {\n"
                            "        weft_buffer_append(to__, \"null\", 4);\n"
                            "    } else {\n");
    codec_write_item(out, type->element, "in__->value__");
    weft_buffer_printf(out, "    }\n}\n");
}

void codec_write_optional(gen_text *out, const gen_type *type, unsigned needs)
{
    if (needs & CODEC_DECODE)
        write_optional_decoder(out, type);
    if (needs & CODEC_ENCODE)
        write_optional_encoder(out, type);
}
