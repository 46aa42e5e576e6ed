/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs.h: what the parts of the codec writer share. Names that the generated text
 * adds inside functions end in two underscores, so that no name of the user can be in their way.
 */
#ifndef WEFTGEN_CODECS_H
#define WEFTGEN_CODECS_H

#include "model.h"

/* What is needed of a type. */
enum codec_need {
    CODEC_DECODE = 1, /* from JSON */
    CODEC_ENCODE = 2, /* to JSON */
    CODEC_JSON = CODEC_DECODE | CODEC_ENCODE,
    CODEC_QUERY = 4, /* from a query string or form */
    CODEC_MULTIPART = 8,
    CODEC_TEXTS = CODEC_QUERY | CODEC_MULTIPART, /* of an enum: from a text */
};

/* Each writes what `needs` says of a type of that kind. */
void codec_write_record(gen_text *out, const gen_record *record, unsigned needs);
void codec_write_enumeration(gen_text *out, const gen_enumeration *enumeration, unsigned needs);
void codec_write_array(gen_text *out, const gen_type *type, unsigned needs);
void codec_write_map(gen_text *out, const gen_type *type, unsigned needs);
void codec_write_optional(gen_text *out, const gen_type *type, unsigned needs);

/* Those of a flat record, and of one with a union: one flat record per enumerator. */
void codec_write_flat(gen_text *out, const gen_record *flat, unsigned needs);
void codec_write_union(gen_text *out, const gen_record *record, unsigned needs);

/* The parts of a flat record's: its members (for all decoders), and the functions. */
void codec_write_members(gen_text *out, const gen_record *record);
void codec_write_json_decoder(gen_text *out, const gen_record *record);
void codec_write_query_decoder(gen_text *out, const gen_record *record);
void codec_write_multipart_decoder(gen_text *out, const gen_record *record);
void codec_write_encoder(gen_text *out, const gen_record *record);

/* The first statements of the decoders: the defaults. */
void codec_write_defaults(gen_text *out, const gen_record *record);

/* The OPTIONAL that a CHANGE leads to. */
const gen_type *codec_optional_of(weft_arena *arena, const gen_type *change);

/* Bytes that a value of bounded size takes in JSON at most; the expression that writes it at at__,
 * and is where it ends. */
size_t codec_room_of(const gen_type *type);
const char *codec_put_expression(weft_arena *arena, const gen_type *type, const char *value);

/* How a value of unbounded size is written: by weft_json_put_<suffix>, or by the type's own
 * function. */
bool codec_is_string(gen_kind kind);
bool codec_is_nested(gen_kind kind);

/* "i32", "str", ...: how the library's functions for a value of this kind end. */
const char *codec_suffix(gen_kind kind);

/* Writes the statements, inside a block, that append `value` to to__. */
void codec_write_item(gen_text *out, const gen_type *type, const char *value);

/* Writes an expression that reads a JSON value into the lvalue `target`. */
void codec_write_read_json(gen_text *out, const gen_type *type, const char *target);

/* Writes a switch on the length of the weft_str `text`, then on its bytes, over `count` keys: the
 * result statements of a match come from `match`. */
typedef struct codec_choice {
    const char *text;
    size_t count;
    const char *(*key)(const void *list, size_t index);
    const char *(*match)(weft_arena *arena, const void *list, size_t index);
    const void *list;
} codec_choice;
void codec_write_choice(gen_text *out, const codec_choice *choice);

#endif
