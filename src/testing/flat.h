/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/flat.h: JSON as a list of its values, each with its JSON Pointer: what makes two texts
 * comparable, and a difference nameable.
 */
#ifndef WEFT_TESTING_FLAT_H
#define WEFT_TESTING_FLAT_H

#include <weft/json.h>

typedef struct weft__leaf {
    weft_str pointer;
    weft_str value; /* as JSON, in one way of writing; "{}" and "[]" when empty */
} weft__leaf;

typedef struct weft__flat {
    weft__leaf *at; /* in the order of their pointers */
    size_t len;
} weft__flat;

/* WEFT_JSON_OK; WEFT_JSON_SYNTAX and *fault; WEFT_JSON_NO_MEMORY. Everything lives in `arena`. */
weft_json_verdict weft__flat_read(weft_str text, weft_arena *arena, weft__flat *out,
                                  weft_json_fault *fault) WEFT_NODISCARD;

#endif
