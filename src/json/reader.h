/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/reader.h: what the parts of the reader share.
 */
#ifndef WEFT_JSON_READER_H
#define WEFT_JSON_READER_H

#include <weft/codec.h>

/* Records the fault, unless one came before, and moves the reader to the end of the text. */
void weft__json_fault(weft_json_reader *reader, const char *at, const char *reason) WEFT_COLD;

/* Records that memory is out, as a fault. */
void weft__json_no_memory(weft_json_reader *reader) WEFT_COLD;

/* Adds the violation that the next value is not `wanted` ("a string"), and skips the value. */
void weft__json_mismatch(weft_json_reader *reader, const char *wanted) WEFT_COLD;

char weft__json_peek_past_space(weft_json_reader *reader);

/* The next byte after white space, not taken; 0 at the end of the text. */
static inline char weft__json_peek(weft_json_reader *reader)
{
    if (WEFT_LIKELY(reader->at < reader->end && (unsigned char)*reader->at > ' '))
        return *reader->at;
    return weft__json_peek_past_space(reader);
}

/* Whether there was white space, which is taken then. */
static inline bool weft__json_take_space(weft_json_reader *reader)
{
    const char *before = reader->at;
    (void)weft__json_peek(reader);
    return reader->at != before;
}

/* The fault of a word that is not `text`, though its first byte is. */
bool weft__json_wrong_word(weft_json_reader *reader, const char *text) WEFT_COLD;

/* Takes the word `text` (true, false, null), whose first byte is next. */
static inline bool weft__json_take_word(weft_json_reader *reader, const char *text, size_t len)
{
    return WEFT_LIKELY(weft_json_take_key(reader, text, len)) ||
           weft__json_wrong_word(reader, text);
}

/* Takes the string whose opening quote is next, checked but not decoded; false after a fault. */
bool weft__json_scan_string(weft_json_reader *reader, weft_str *raw, bool *escaped);

/* Takes and decodes it. */
bool weft__json_take_string(weft_json_reader *reader, weft_str *out);

/* Takes the colon after a key. */
bool weft__json_take_colon(weft_json_reader *reader);

/* Takes the comma before the next element or the closing bracket; true: an element follows. */
static inline bool weft__json_take_separator(weft_json_reader *reader, char close, bool first)
{
    char next = weft__json_peek(reader);
    if (next == close) {
        reader->at++;
        return false;
    }
    if (first && next != 0)
        return true;
    if (!first && next == ',') {
        reader->at++;
        return true;
    }
    weft__json_fault(reader, reader->at,
                     close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    return false;
}

/* Makes sure that a key is next. */
static inline bool weft__json_expect_key(weft_json_reader *reader)
{
    if (weft__json_peek(reader) == '"')
        return true;
    weft__json_fault(reader, reader->at, "expected a member's name in quotes");
    return false;
}

/* Room for one more item; NULL after a fault, or when memory is out, which is one. */
void *weft__json_array_add(weft_json_reader *reader, weft_json_array *array, size_t size,
                           size_t align);

/* Adds the violation that `members` has no `key`, and which may have been meant. */
void weft__json_add_unknown(weft_violations *list, const char *in, weft_str pointer,
                            const weft_members *members, weft_str key) WEFT_COLD;

/* Appends a key to a JSON Pointer (RFC 6901 section 3). */
void weft__json_append_key(weft_buffer *pointer, weft_str key);

/* Takes the bracket that is next, one level deeper; false when that is too deep. */
bool weft__json_open(weft_json_reader *reader);

#endif
