/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/fuzz/json.h: the properties of a generated codec. A text is a fault for the decoder exactly
 * when it is one for the check that knows no type, and at the same byte; what is decoded, written and
 * decoded again is written the same.
 */
#ifndef WEFT_TESTS_FUZZ_JSON_H
#define WEFT_TESTS_FUZZ_JSON_H

#include "fuzz.h"
#include <weft/json.h>

typedef struct codec {
    weft_json_decode_fn *decode;
    weft_json_encode_fn *encode;
} codec;

static weft_json_verdict decode(const codec *with, weft_str text, weft_arena *arena, void *into,
                                weft_json_fault *fault)
{
    weft_violations found = {.arena = arena};
    weft_json_verdict verdict = weft_json_decode(text, arena, with->decode, into, &found, fault);
    CHECK(verdict != WEFT_JSON_NO_MEMORY);
    CHECK((verdict == WEFT_JSON_SHAPE) == (found.total != 0) || verdict == WEFT_JSON_SYNTAX);
    return verdict;
}

static weft_str encode(const codec *with, const void *value, weft_arena *arena)
{
    weft_buffer to;
    weft_buffer_init(&to, arena);
    with->encode(&to, value);
    CHECK(!to.failed);
    return weft_buffer_str(&to);
}

/* The first byte of the input says which codec reads the rest, into *value. */
static void check_codecs(const codec *codecs, size_t count, weft_str input, void *value)
{
    if (input.len == 0)
        return;
    const codec *with = &codecs[(uint8_t)*input.at % count];
    weft_str text = weft_str_skip(input, 1);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_json_fault fault, checked;
    weft_json_verdict verdict = decode(with, text, &arena, value, &fault);
    bool syntax = weft_json_check(text, &checked) == WEFT_JSON_SYNTAX;
    CHECK(syntax == (verdict == WEFT_JSON_SYNTAX));
    CHECK(!syntax || (fault.offset == checked.offset && fault.offset <= text.len));
    if (verdict == WEFT_JSON_OK) {
        weft_str once = encode(with, value, &arena);
        CHECK(weft_json_check(once, &checked) == WEFT_JSON_OK);
        CHECK(decode(with, once, &arena, value, &fault) == WEFT_JSON_OK);
        CHECK(weft_str_equal(once, encode(with, value, &arena)));
    }
    weft_arena_reset(&arena);
}

#endif
