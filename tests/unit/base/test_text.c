/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Views of bytes, and UTF-8: all sequences of up to three bytes, the edges of those of four.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <weft/check.h>

static void views(void **unused)
{
    (void)unused;
    weft_str empty = {NULL, 0};
    assert_true(weft_str_equal(empty, WEFT_STR("")));
    assert_true(weft_str_equal_nocase(empty, WEFT_STR("")));
    assert_true(weft_str_equal_nocase(WEFT_STR("Content-Type"), WEFT_STR("cONTENT-tYPE")));
    assert_false(weft_str_equal_nocase(WEFT_STR("a["), WEFT_STR("a{")));
    assert_false(weft_str_equal_nocase(WEFT_STR("@"), WEFT_STR("`")));
    assert_false(weft_str_equal_nocase(WEFT_STR("\xc4"), WEFT_STR("\xe4")));
    assert_false(weft_str_equal_nocase(WEFT_STR("ab"), WEFT_STR("abc")));
    assert_int_equal(weft_str_skip(WEFT_STR("abc"), 9).len, 0);
    assert_true(weft_str_equal(weft_str_skip(WEFT_STR("abc"), 1), WEFT_STR("bc")));
    assert_true(weft_str_starts_with(WEFT_STR("abc"), WEFT_STR("ab")));
    assert_true(weft_str_starts_with(WEFT_STR("abc"), empty));
    assert_false(weft_str_starts_with(WEFT_STR("a"), WEFT_STR("ab")));
}

/* What cannot be told from another spelling is no integer; what does not fit is one. */
static void why_no_integer(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"-0", "type"}, {"+1", "type"},          {"01", "type"},
        {"", "type"},   {"1.0", "type"},         {"-1", "range"},
        {"-", "type"},  {"2147483648", "range"}, {"99999999999999999999", "range"},
    };
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_violations list = {.arena = &arena};
        uint64_t natural;
        int32_t integer;
        weft_str text = weft_str_from(cases[i].text);
        assert_false(weft_read_text_u64(text, &list, "path", WEFT_STR("/n"), &natural) &&
                     weft_read_text_i32(text, &list, "path", WEFT_STR("/n"), &integer));
        assert_string_equal(list.at[0].code, cases[i].code);
    }
    weft_arena_reset(&arena);
}

/* What the Unicode standard says, decoded the slow way. */
static bool is_one_character(const unsigned char *bytes, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t point = len == 1 ? bytes[0] : bytes[0] & (0x7fu >> len);
    if (len == 1)
        return bytes[0] < 0x80;
    if ((bytes[0] & (0xffu << (7 - len)) & 0xff) != ((0xffu << (8 - len)) & 0xff))
        return false;
    for (size_t i = 1; i < len; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return false;
        point = point << 6 | (bytes[i] & 0x3f);
    }
    return point >= least[len] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

static bool is_text(const unsigned char *bytes, size_t len)
{
    while (len != 0) {
        size_t take = 0;
        for (size_t n = 1; n <= 4 && n <= len && take == 0; n++)
            take = is_one_character(bytes, n) ? n : 0;
        if (take == 0)
            return false;
        bytes += take;
        len -= take;
    }
    return true;
}

static void check(const unsigned char *bytes, size_t len)
{
    weft_str s = {(const char *)bytes, len};
    if (weft_utf8_valid(s) != is_text(bytes, len))
        fail_msg("wrong for %02x %02x %02x %02x, length %zu", bytes[0], bytes[1], bytes[2],
                 bytes[3], len);
}

static void all_short_sequences(void **unused)
{
    (void)unused;
    unsigned char bytes[4] = {0};
    for (unsigned value = 0; value < 1u << 24; value += value < 1u << 16 ? 1 : 3) {
        bytes[0] = (unsigned char)value;
        bytes[1] = (unsigned char)(value >> 8);
        bytes[2] = (unsigned char)(value >> 16);
        check(bytes, 2);
        check(bytes, 3);
    }
    for (unsigned first = 0xe8; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff};
            for (size_t i = 0; i < sizeof edges * sizeof edges; i++) {
                bytes[0] = (unsigned char)first;
                bytes[1] = (unsigned char)second;
                bytes[2] = edges[i / sizeof edges];
                bytes[3] = edges[i % sizeof edges];
                check(bytes, 4);
            }
        }
    }
}

static void sequences_cut_at_the_end_of_a_block(void **unused)
{
    (void)unused;
    for (size_t len = 4; len < 40; len++) {
        char *text = malloc(len);
        assert_non_null(text);
        memset(text, 'a', len);
        memcpy(text + len - 4, "\xf0\x9f\x98\x80", 4);
        assert_true(weft_utf8_valid((weft_str){text, len}));
        for (size_t cut = 1; cut < 4; cut++) {
            char *shorter = malloc(len - cut);
            assert_non_null(shorter);
            memcpy(shorter, text, len - cut);
            assert_false(weft_utf8_valid((weft_str){shorter, len - cut}));
            free(shorter);
        }
        free(text);
    }
}

static void lengths_in_characters(void **unused)
{
    (void)unused;
    assert_int_equal(weft_utf8_length((weft_str){NULL, 0}), 0);
    assert_int_equal(weft_utf8_length(WEFT_STR("abc")), 3);
    assert_int_equal(weft_utf8_length(WEFT_STR("gr\xc3\xbc\xc3\x9f")), 4);
    char text[400];
    for (size_t i = 0; i < 100; i++)
        memcpy(text + 4 * i, i % 2 ? "\xf0\x9f\x98\x80" : "a\xe2\x82\xac", 4);
    for (size_t i = 0; i <= 100; i++)
        assert_int_equal(weft_utf8_length((weft_str){text, 4 * i}), i + (i + 1) / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),
        cmocka_unit_test(why_no_integer),
        cmocka_unit_test(all_short_sequences),
        cmocka_unit_test(sequences_cut_at_the_end_of_a_block),
        cmocka_unit_test(lengths_in_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
