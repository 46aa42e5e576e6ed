/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Values that travel as text: what is read is written, and what is written reads back as the same
 * value; any bytes become base64 and come back.
 */
#include "fuzz.h"
#include <weft/value.h>

static void timestamp(weft_str s)
{
    weft_timestamp value, again;
    char text[WEFT_TIMESTAMP_SIZE];
    if (!weft_timestamp_from_text(s, &value))
        return;
    size_t len = weft_timestamp_to_text(value, text);
    if (len == 0) /* an offset moved it out of the years 0 to 9999 */
        return;
    CHECK(len <= sizeof text && weft_timestamp_from_text((weft_str){text, len}, &again));
    CHECK(weft_timestamp_compare(value, again) == 0);
}

static void date(weft_str s)
{
    weft_date value;
    char text[WEFT_DATE_SIZE];
    if (!weft_date_from_text(s, &value))
        return;
    CHECK(weft_str_equal(s, (weft_str){text, weft_date_to_text(value, text)}));
    weft_date same = weft_date_of(weft_date_start(value));
    CHECK(same.year == value.year && same.month == value.month && same.day == value.day);
}

static void uuid(weft_str s)
{
    weft_uuid value;
    char text[WEFT_UUID_SIZE];
    if (weft_uuid_from_text(s, &value))
        CHECK(weft_str_equal_nocase(s, (weft_str){text, weft_uuid_to_text(value, text)}));
}

static void decimal(weft_str s)
{
    weft_decimal value;
    if (!weft_decimal_from_text(s, &value))
        return;
    CHECK(weft_str_equal(s, value.text) && weft_decimal_compare(value, value) == 0);
    double about = strtod(weft_arena_printf(weft_arena_current(), "%.*s", WEFT_STR_ARGS(s)).at,
                          NULL);
    int sign = weft_decimal_compare(value, (weft_decimal){WEFT_STR("0")});
    CHECK(about > 0 ? sign > 0 : about < 0 ? sign < 0 : true);
}

static void base64(weft_str s, weft_base64 form, weft_arena *arena)
{
    weft_bytes bytes, all = {(const uint8_t *)s.at, s.len};
    char *text = weft_arena_alloc(arena, weft_base64_size(s.len), 1);
    CHECK(text != NULL);
    if (weft_base64_decode(s, form, arena, &bytes) == WEFT_OK)
        CHECK(weft_str_equal(s, (weft_str){text, weft_base64_encode(bytes, form, text)}));
    size_t len = weft_base64_encode(all, form, text);
    CHECK(weft_base64_decode((weft_str){text, len}, form, arena, &bytes) == WEFT_OK);
    CHECK(weft_str_equal(s, (weft_str){(const char *)bytes.at, bytes.len}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str s = input_of(data, size);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    timestamp(s);
    date(s);
    uuid(s);
    decimal(s);
    base64(s, WEFT_BASE64, &arena);
    base64(s, WEFT_BASE64URL, &arena);
    weft_arena_reset(&arena);
    weft_arena_reset(weft_arena_current());
    return 0;
}
