/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * write/write.h: what the writers share. They write C text with weft_buffer_printf and friends; the
 * names in it are those of the user's declarations and of the public headers.
 *
 * The codecs of a type T, all static, written before anything that uses them:
 *     bool T__decode_json(weft_json_reader *reader, void *into);          T derives json
 *     void T__encode_json(weft_buffer *to, const void *from);
 *     weft_urlencoded_result T__decode_query(weft_str text, weft_arena *arena, const char *in,
 *                          weft_violations *violations, void *into);      T derives query or form
 *     void T__decode_multipart(weft_parts *parts, void *into);            T derives multipart
 * Arrays have the first two under the name of their type: weft_array_user__decode_json.
 * decode_query answers INVALID when the text is not UTF-8, NO_MEMORY when there is none; what is
 * wrong with values is in the violations.
 */
#ifndef WEFTGEN_WRITE_H
#define WEFTGEN_WRITE_H

#include "model.h"
#include <weft/buffer.h>

/* Writes the statements that check the rules of `notes` on a value of `type` that was read, one
 * after the other, each line indented by `indent` spaces. All are C expressions: `value` of the
 * value (of an optional: of its .value__), `pointer` of a weft_str, evaluated only for a violation,
 * `in` of a const char *. The text names a `weft_violations *violations__`, to be in scope. */
void gen_write_rules(gen_text *out, const gen_type *type, const gen_notes *notes, const char *value,
                     const char *pointer, const char *in, int indent);

/* Whether gen_write_rules has anything to write. */
bool gen_has_rules(const gen_notes *notes);

/* Writes an expression that reads the decoded text `text` (a weft_str expression) into the lvalue
 * `target` of a scalar or enum `type`: true when it could be read, false when a violation was
 * added. */
void gen_write_read_text(gen_text *out, const gen_type *type, const char *text, const char *target,
                         const char *pointer, const char *in);

/* Writes the value of a DEFAULT note as an expression of `type`. */
void gen_write_fallback(gen_text *out, const gen_type *type, const char *fallback);

/* Whether a member of the flat record has another name outside C, so that its codec lists both. */
bool gen_has_names(const gen_record *flat);

/* Writes `text` as a C string literal, quotes included. */
void gen_write_literal(gen_text *out, const char *text);

#endif
