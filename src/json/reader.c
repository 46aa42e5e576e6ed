/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/reader.c: a whole text from its first to its last byte, and what is wrong with it.
 */
#include "json/reader.h"

void weft__json_fault(weft_json_reader *reader, const char *at, const char *reason)
{
    if (reader->reason == NULL) {
        reader->fault_at = at;
        reader->reason = at == reader->end ? "the text ends too early" : reason;
    }
    reader->at = reader->end;
}

void weft__json_no_memory(weft_json_reader *reader)
{
    if (reader->reason == NULL)
        reader->no_memory = true;
    weft__json_fault(reader, reader->at, "out of memory");
}

char weft__json_peek_past_space(weft_json_reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    reader->at = at;
    return at < reader->end ? *at : 0;
}

bool weft__json_wrong_word(weft_json_reader *reader, const char *text)
{
    const char *at = reader->at;
    while (at < reader->end && *at == *text) {
        at++;
        text++;
    }
    weft__json_fault(reader, at, "expected true, false or null");
    return false;
}

bool weft__json_take_colon(weft_json_reader *reader)
{
    if (weft__json_peek(reader) == ':') {
        reader->at++;
        return true;
    }
    weft__json_fault(reader, reader->at, "expected ':'");
    return false;
}

bool weft__json_open(weft_json_reader *reader)
{
    if (reader->depth == WEFT_JSON_DEPTH) {
        weft__json_fault(reader, reader->at, "objects and arrays are nested too deeply");
        return false;
    }
    reader->depth++;
    reader->at++;
    return true;
}

/* ---- violations ------------------------------------------------------------------------------ */

/* What the value that starts with `byte` is, for people; NULL when no value starts so. */
static const char *kind_of(char byte)
{
    switch (byte) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    case '-': return "a number";
    default: return byte >= '0' && byte <= '9' ? "a number" : NULL;
    }
}

void weft__json_mismatch(weft_json_reader *reader, const char *wanted)
{
    const char *kind = kind_of(weft__json_peek(reader));
    if (kind == NULL) {
        weft__json_fault(reader, reader->at, "expected a value");
        return;
    }
    weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "type",
                        "must be %s, not %s", wanted, kind);
    weft_json_skip(reader);
}

void weft_json_not_allowed(weft_json_reader *reader, const char *allowed)
{
    weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "enum", "must be %s",
                        allowed);
}

void weft__json_append_key(weft_buffer *pointer, weft_str key)
{
    weft_buffer_append(pointer, "/", 1);
    for (size_t i = 0; i < key.len; i++) {
        if (key.at[i] == '~')
            weft_buffer_append(pointer, "~0", 2);
        else if (key.at[i] == '/')
            weft_buffer_append(pointer, "~1", 2);
        else
            weft_buffer_append(pointer, key.at + i, 1);
    }
}

weft_str weft_json_pointer(weft_json_reader *reader)
{
    if (weft_violations_full(reader->violations))
        return (weft_str){NULL, 0};
    const weft_json_frame *frames[WEFT_JSON_DEPTH];
    size_t count = 0;
    for (const weft_json_frame *frame = reader->frame; frame != NULL; frame = frame->up)
        frames[count++] = frame;
    weft_buffer pointer;
    weft_buffer_init(&pointer, reader->arena);
    while (count-- > 0) {
        if (frames[count]->key != NULL)
            weft__json_append_key(&pointer, *frames[count]->key);
        else
            weft_buffer_printf(&pointer, "/%zu", frames[count]->index);
    }
    return pointer.failed ? (weft_str){NULL, 0} : weft_buffer_str(&pointer);
}

/* ---- whole texts ----------------------------------------------------------------------------- */

/* Lines and columns are counted only here, for a text that is refused anyway. */
static void locate(const weft_json_reader *reader, weft_str text, weft_json_fault *fault)
{
    *fault = (weft_json_fault){
        .offset = (size_t)(reader->fault_at - text.at), .line = 1, .reason = reader->reason};
    const char *start = text.at;
    for (const char *at = text.at; at < reader->fault_at; at++) {
        if (*at == '\n') {
            start = at + 1;
            fault->line++;
        }
    }
    weft_str before = {start, (size_t)(reader->fault_at - start)};
    fault->column = (unsigned)weft_utf8_length(before) + 1;
}

static weft_json_verdict verdict(weft_json_reader *reader, weft_str text, weft_json_fault *fault)
{
    (void)weft__json_peek(reader);
    if (reader->at != reader->end)
        weft__json_fault(reader, reader->at, "expected nothing after the value");
    if (reader->no_memory)
        return WEFT_JSON_NO_MEMORY;
    if (reader->reason == NULL)
        return WEFT_JSON_OK;
    locate(reader, text, fault);
    return WEFT_JSON_SYNTAX;
}

weft_json_verdict weft_json_decode(weft_str text, weft_arena *arena, weft_json_decode_fn *decode,
                                   void *into, weft_violations *violations, weft_json_fault *fault)
{
    if (text.at == NULL)
        text.at = "";
    weft_json_reader reader = {
        .at = text.at, .end = text.at + text.len, .violations = violations, .arena = arena};
    size_t before = violations->total;
    (void)decode(&reader, into);
    weft_json_verdict result = verdict(&reader, text, fault);
    return result == WEFT_JSON_OK && violations->total != before ? WEFT_JSON_SHAPE : result;
}

weft_json_verdict weft_json_check(weft_str text, weft_json_fault *fault)
{
    if (text.at == NULL)
        text.at = "";
    weft_json_reader reader = {.at = text.at, .end = text.at + text.len};
    weft_json_skip(&reader);
    return verdict(&reader, text, fault);
}
