/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/rules.c: the checks of field and parameter rules, and the small expressions that
 * codecs and handlers share.
 */
#include "write/codecs.h"
#include "write/write.h"

bool gen_has_rules(const gen_notes *notes)
{
    return notes->length_min != NULL || notes->range_min != NULL || notes->email ||
           notes->pattern != NULL;
}

const char *codec_suffix(gen_kind kind)
{
    static const char *const suffixes[] = {[GEN_BOOL] = "bool",
                                           [GEN_I8] = "i8",
                                           [GEN_I16] = "i16",
                                           [GEN_I32] = "i32",
                                           [GEN_I64] = "i64",
                                           [GEN_U8] = "u8",
                                           [GEN_U16] = "u16",
                                           [GEN_U32] = "u32",
                                           [GEN_U64] = "u64",
                                           [GEN_FLOAT] = "float",
                                           [GEN_DOUBLE] = "double",
                                           [GEN_STR] = "str",
                                           [GEN_TIMESTAMP] = "timestamp",
                                           [GEN_DATE] = "date",
                                           [GEN_UUID] = "uuid",
                                           [GEN_DECIMAL] = "decimal",
                                           [GEN_BYTES] = "bytes",
                                           [GEN_BYTES_URL] = "bytes_url",
                                           [GEN_RAW] = "raw"};
    return suffixes[kind];
}

/* The width in which the library compares: i64, u64, double or decimal. */
static const char *wide(gen_kind kind)
{
    if (kind == GEN_DECIMAL)
        return "decimal";
    if (kind == GEN_FLOAT || kind == GEN_DOUBLE)
        return "double";
    return kind >= GEN_U8 ? "u64" : "i64";
}

/* What the rules of one value are written with. */
typedef struct subject {
    const gen_type *type;
    const gen_notes *notes;
    const char *value, *pointer, *in;
    int indent;
} subject;

static const char *unit_of(gen_kind kind)
{
    if (kind == GEN_STR)
        return "WEFT_CHARACTERS";
    return kind == GEN_ARRAY || kind == GEN_MAP ? "WEFT_ITEMS" : "WEFT_OCTETS";
}

static void write_length(gen_text *out, const subject *s)
{
    const char *min = s->notes->length_min, *max = s->notes->length_max;
    const char *unit = unit_of(s->type->kind);
    bool items = s->type->kind != GEN_STR;
    const char *count = s->type->kind == GEN_UPLOAD ? "size" : "len";
    if (items)
        weft_buffer_printf(out, "%*sif (!weft_within_u64(%s.%s, %s, %s))\n", s->indent, "",
                           s->value, count, min, max);
    else
        weft_buffer_printf(out, "%*sif (!weft_length_within(%s, %s, %s))\n", s->indent, "",
                           s->value, min, max);
    const char *len = items ? gen_format(out->arena, "%s.%s", s->value, count)
                            : gen_format(out->arena, "weft_utf8_length(%s)", s->value);
    weft_buffer_printf(out,
                       "%*sweft_violations_add_length(violations__, %s, %s,\n"
                       "%*s%s, %s, %s, %s);\n",
                       s->indent + 4, "", s->in, s->pointer, s->indent + 8, "", unit, len, min,
                       max);
}

static void write_range(gen_text *out, const subject *s)
{
    const char *min = s->notes->range_min, *max = s->notes->range_max;
    const char *width = wide(s->type->kind);
    if (s->type->kind == GEN_DECIMAL) {
        min = gen_format(out->arena, "WEFT_STR(\"%s\")", min);
        max = gen_format(out->arena, "WEFT_STR(\"%s\")", max);
    }
    weft_buffer_printf(out, "%*sif (!weft_within_%s(%s, %s, %s))\n", s->indent, "", width, s->value,
                       min, max);
    weft_buffer_printf(out,
                       "%*sweft_violations_add_range_%s(violations__, %s, %s,\n"
                       "%*s%s, %s, %s);\n",
                       s->indent + 4, "", width, s->in, s->pointer, s->indent + 8, "", s->value,
                       min, max);
}

static void write_email(gen_text *out, const subject *s)
{
    weft_buffer_printf(out,
                       "%*sif (!weft_is_email(%s))\n"
                       "%*sweft_violations_add_email(violations__, %s, %s);\n",
                       s->indent, "", s->value, s->indent + 4, "", s->in, s->pointer);
}

static void write_pattern(gen_text *out, const subject *s)
{
    weft_buffer_printf(out,
                       "%*s{\n%*sstatic weft_pattern_once pattern__ = {.expression = ", s->indent,
                       "", s->indent + 4, "");
    gen_write_literal(out, s->notes->pattern);
    weft_buffer_printf(out,
                       "};\n"
                       "%*sif (!weft_pattern_once_matches(&pattern__, %s))\n"
                       "%*sweft_violations_add_pattern(violations__, %s, %s,\n"
                       "%*spattern__.expression);\n"
                       "%*s}\n",
                       s->indent + 4, "", s->value, s->indent + 8, "", s->in, s->pointer,
                       s->indent + 12, "", s->indent, "");
}

void gen_write_rules(gen_text *out, const gen_type *type, const gen_notes *notes, const char *value,
                     const char *pointer, const char *in, int indent)
{
    subject s = {type, notes, value, pointer, in, indent};
    if (notes->length_min != NULL)
        write_length(out, &s);
    if (notes->range_min != NULL)
        write_range(out, &s);
    if (notes->email)
        write_email(out, &s);
    if (notes->pattern != NULL)
        write_pattern(out, &s);
}

/* ---- expressions --------------------------------------------------------------------------- */

void gen_write_read_text(gen_text *out, const gen_type *type, const char *text, const char *target,
                         const char *pointer, const char *in)
{
    if (type->kind == GEN_ENUM)
        weft_buffer_printf(out, "%s__read_text", type->enumeration->name);
    else
        weft_buffer_printf(out, "weft_read_text_%s", codec_suffix(type->kind));
    weft_buffer_printf(out, "(%s, violations__, %s, %s, &%s)", text, in, pointer, target);
}

void gen_write_fallback(gen_text *out, const gen_type *type, const char *fallback)
{
    bool literal = type->kind == GEN_STR && fallback[0] == '"';
    weft_buffer_printf(out, literal ? "WEFT_STR(%s)" : "%s", fallback);
}

void gen_write_literal(gen_text *out, const char *text)
{
    weft_buffer_append(out, "\"", 1);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            weft_buffer_printf(out, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f)
            weft_buffer_printf(out, "\\%03o", byte);
        else
            weft_buffer_append(out, text, 1);
    }
    weft_buffer_append(out, "\"", 1);
}
