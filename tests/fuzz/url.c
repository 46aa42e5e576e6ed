/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Percent-encoding, queries and forms. What was decoded reads back when it is encoded again; the
 * strict decoder of captures accepts nothing that the lenient one of forms reads otherwise.
 */
#include "http/url.h"
#include "fuzz.h"
#include <weft/buffer.h>
#include <weft/check.h>
#include <weft/urlencoded.h>

static void encode(weft_buffer *to, weft_str s, bool plus)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (plus && c == ' ')
            weft_buffer_append(to, "+", 1);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            weft_buffer_append(to, &c, 1);
        else
            weft_buffer_append(to, (char[]){'%', digits[(uint8_t)c >> 4], digits[c & 15]}, 3);
    }
}

static void decode(weft_str raw, bool plus, weft_arena *arena)
{
    weft_str strict, lenient, again;
    weft_urlencoded_result result = weft_percent_decode(raw, plus, arena, &lenient);
    CHECK(result == WEFT_URLENCODED_OK || result == WEFT_URLENCODED_INVALID);
    CHECK(weft_utf8_valid(lenient) == (result == WEFT_URLENCODED_OK));
    if (weft__url_decode(raw, plus, arena, &strict)) {
        CHECK(strict.at != NULL && result == WEFT_URLENCODED_OK);
        CHECK(weft_str_equal(strict, lenient));
        CHECK(strict.len == 0 || memchr(strict.at, 0, strict.len) == NULL);
    }
    weft_buffer encoded;
    weft_buffer_init(&encoded, arena);
    encode(&encoded, lenient, plus);
    CHECK(weft_percent_decode(weft_buffer_str(&encoded), plus, arena, &again) == result);
    CHECK(weft_str_equal(lenient, again));
}

enum { FINDS_MAX = 8 }; /* each walks over the whole query */

/* Every pair of a form, encoded anew into *to; their number, and whether all were UTF-8. */
static size_t copy_pairs(weft_str form, weft_buffer *to, weft_arena *arena, bool *good)
{
    weft_str name, value;
    weft_urlencoded_result result;
    size_t count = 0;
    *good = true;
    while ((result = weft_urlencoded_next(&form, arena, &name, &value)) != WEFT_URLENCODED_END) {
        *good = *good && result == WEFT_URLENCODED_OK;
        weft_buffer_append(to, "&", count++ != 0);
        encode(to, name, true);
        weft_buffer_append(to, "=", 1);
        encode(to, value, true);
    }
    return count;
}

static void pairs(weft_str form, weft_arena *arena)
{
    weft_buffer once, twice;
    weft_buffer_init(&once, arena);
    weft_buffer_init(&twice, arena);
    bool good, again;
    size_t count = copy_pairs(form, &once, arena, &good);
    CHECK(copy_pairs(weft_buffer_str(&once), &twice, arena, &again) == count || !good);
    CHECK(!good || (again && weft_str_equal(weft_buffer_str(&once), weft_buffer_str(&twice))));
    weft_str rest = form, name, value;
    size_t seen = 0;
    for (; weft__query_next(&rest, &name, &value); seen++) {
        weft_str plain, first;
        if (seen < FINDS_MAX && weft__url_decode(name, true, arena, &plain))
            CHECK(weft__query_find(form, plain, arena, &first) >= 1);
    }
    CHECK(seen == count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str input = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    decode(input, false, &arena);
    decode(input, true, &arena);
    pairs(input, &arena);
    weft_arena_reset(&arena);
    return 0;
}
