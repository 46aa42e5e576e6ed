/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON through generated codecs. A text is a fault for the decoder of a type exactly when it is one
 * for the check that knows no type, and at the same byte; what is decoded, written and decoded again
 * is written the same.
 */
#include "fuzz.h"
#include "types.weft.h"

typedef struct codec {
    weft_json_decode_fn *decode;
    weft_json_encode_fn *encode;
} codec;

/* Which of them reads an input is said by its first byte. */
static const codec codecs[] = {
    {scalars__decode_json, scalars__encode_json}, {nested__decode_json, nested__encode_json},
    {ruled__decode_json, ruled__encode_json},     {sparse__decode_json, sparse__encode_json},
    {hollow__decode_json, hollow__encode_json},   {plain__decode_json, plain__encode_json},
};
enum { CODECS = sizeof codecs / sizeof codecs[0] };

typedef union any {
    scalars scalars;
    nested nested;
    ruled ruled;
    sparse sparse;
    hollow hollow;
    plain plain;
} any;

static weft_json_verdict decode(const codec *with, weft_str text, weft_arena *arena, any *into,
                                weft_json_fault *fault)
{
    weft_violations found = {.arena = arena};
    weft_json_verdict verdict = weft_json_decode(text, arena, with->decode, into, &found, fault);
    CHECK(verdict != WEFT_JSON_NO_MEMORY);
    CHECK((verdict == WEFT_JSON_SHAPE) == (found.total != 0) || verdict == WEFT_JSON_SYNTAX);
    return verdict;
}

static weft_str encode(const codec *with, const any *value, weft_arena *arena)
{
    weft_buffer to;
    weft_buffer_init(&to, arena);
    with->encode(&to, value);
    CHECK(!to.failed);
    return weft_buffer_str(&to);
}

static void fixpoint(const codec *with, const any *value, weft_arena *arena)
{
    any again;
    weft_json_fault fault;
    weft_str once = encode(with, value, arena);
    CHECK(weft_json_check(once, &fault) == WEFT_JSON_OK);
    CHECK(decode(with, once, arena, &again, &fault) == WEFT_JSON_OK);
    CHECK(weft_str_equal(once, encode(with, &again, arena)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const codec *with = &codecs[data[0] % CODECS];
    weft_str text = input_of(data + 1, size - 1);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    any value;
    weft_json_fault fault, checked;
    weft_json_verdict verdict = decode(with, text, &arena, &value, &fault);
    bool syntax = weft_json_check(text, &checked) == WEFT_JSON_SYNTAX;
    CHECK(syntax == (verdict == WEFT_JSON_SYNTAX));
    if (syntax)
        CHECK(fault.offset == checked.offset && fault.offset <= text.len);
    if (verdict == WEFT_JSON_OK)
        fixpoint(with, &value, &arena);
    weft_arena_reset(&arena);
    return 0;
}
