/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/json.h: JSON (RFC 8259) without a tree: generated decoders read the text straight into
 * structs, generated encoders write them straight into a buffer. Strict: UTF-8 is validated, depth
 * is limited, doubles are exact both ways, a duplicate member is an error, an unknown one is
 * skipped.
 */
#ifndef WEFT_JSON_H
#define WEFT_JSON_H

#include <weft/buffer.h>
#include <weft/check.h>

#define WEFT_JSON_DEPTH 128 /* nested arrays and objects at most */

typedef struct weft_json_reader weft_json_reader;

/* A value as it was written, checked and otherwise unread; a view into the text. What a program
 * makes itself must be one JSON value, see weft_json_check. Empty is null. */
typedef struct weft_json_raw {
    weft_str text;
} weft_json_raw;
WEFT_ARRAY_OF(weft_json_raw);
WEFT_OPTIONAL_OF(weft_json_raw);
WEFT_CHANGE_OF(weft_json_raw);
WEFT_MAP_OF(weft_json_raw);

/* Reads one value into *into. False: a syntax fault stopped it, or the value is of another kind
 * altogether (an array, a string). What is wrong with a value's shape is recorded in the reader's
 * violations and reading goes on, so that all is found. */
typedef bool weft_json_decode_fn(weft_json_reader *reader, void *into);

/* Writes *from as one value. */
typedef void weft_json_encode_fn(weft_buffer *to, const void *from);

typedef enum weft_json_verdict {
    WEFT_JSON_OK,
    WEFT_JSON_SYNTAX, /* not JSON: *fault says where and why */
    WEFT_JSON_SHAPE,  /* JSON, but not this type: see the violations */
    WEFT_JSON_NO_MEMORY,
} weft_json_verdict;

typedef struct weft_json_fault {
    size_t offset;      /* bytes from the start */
    unsigned line;      /* from 1 */
    unsigned column;    /* from 1, in characters */
    const char *reason; /* a clause for people: "expected ',' or '}'"; static */
} weft_json_fault;

/* Decodes the whole of `text`. Strings of *into are views into `text` when they hold no escapes,
 * else copies in `arena`; `text` must live as long as *into. violations->arena must be set. */
weft_json_verdict weft_json_decode(weft_str text, weft_arena *arena, weft_json_decode_fn *decode,
                                   void *into, weft_violations *violations, weft_json_fault *fault)
    WEFT_NODISCARD;

/* Checks that `text` is one JSON value: WEFT_JSON_OK or WEFT_JSON_SYNTAX. */
weft_json_verdict weft_json_check(weft_str text, weft_json_fault *fault) WEFT_NODISCARD;

#endif
