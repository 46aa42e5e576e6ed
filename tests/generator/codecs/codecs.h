/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the tests of generated codecs share: a memory, the violations found, and looking at both.
 */
static weft_arena memory;
static weft_violations found;
static weft_json_fault fault;

static void forget(void)
{
    weft_arena_reset(&memory);
    found = (weft_violations){.arena = &memory};
}

static weft_json_verdict decode(const char *text, weft_json_decode_fn *decoder, void *into)
{
    forget();
    return weft_json_decode(weft_str_from(text), &memory, decoder, into, &found, &fault);
}

static void assert_str(weft_str s, const char *expected)
{
    if (!weft_str_equal(s, weft_str_from(expected)))
        fail_msg("%.*s is not %s", WEFT_STR_ARGS(s), expected);
}

static void assert_encoded(weft_json_encode_fn *encode, const void *value, const char *expected)
{
    weft_buffer buffer;
    weft_buffer_init(&buffer, &memory);
    encode(&buffer, value);
    assert_false(buffer.failed);
    assert_str(weft_buffer_str(&buffer), expected);
}

static void assert_violation(size_t index, const char *in, const char *pointer, const char *code,
                             const char *detail)
{
    assert_true(index < found.len);
    assert_string_equal(found.at[index].in, in);
    assert_str(found.at[index].pointer, pointer);
    assert_string_equal(found.at[index].code, code);
    assert_str(found.at[index].detail, detail);
}

static bool decode_query(const char *text, weft_pairs_decode_fn *decoder, void *into)
{
    forget();
    return decoder(weft_str_from(text), &memory, "query", &found, into) == WEFT_URLENCODED_OK;
}
