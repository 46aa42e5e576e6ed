/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * WebSocket frames: heads bit by bit, masking, close codes, UTF-8 in pieces.
 */
#include "http/websocket/codec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <weft/check.h>

#include <cmocka.h>

/* ---- heads ---------------------------------------------------------------------------------- */

static void test_good_heads(void **unused)
{
    (void)unused;
    static const struct {
        const char *bytes;
        size_t size;
        weft__ws_frame frame;
    } cases[] = {
        {"\x81\x80mask", 6, {WEFT__WS_TEXT, true, false, 0, "mask"}},
        {"\x01\xfdmask", 6, {WEFT__WS_TEXT, false, false, 125, "mask"}},
        {"\x82\xfe\x00\x7emask", 8, {WEFT__WS_BINARY, true, false, 126, "mask"}},
        {"\x80\xfe\xff\xffmask", 8, {WEFT__WS_CONTINUATION, true, false, 65535, "mask"}},
        {"\x02\xff\0\0\0\0\0\1\0\0mask", 14, {WEFT__WS_BINARY, false, false, 65536, "mask"}},
        {"\x02\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask",
         14,
         {WEFT__WS_BINARY, false, false, INT64_MAX, "mask"}},
        {"\xc1\x81mask", 6, {WEFT__WS_TEXT, true, true, 1, "mask"}},
        {"\x88\x82mask", 6, {WEFT__WS_CLOSE, true, false, 2, "mask"}},
        {"\x89\xfdmask", 6, {WEFT__WS_PING, true, false, 125, "mask"}},
        {"\x8a\x80mask", 6, {WEFT__WS_PONG, true, false, 0, "mask"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t *bytes = (const uint8_t *)cases[i].bytes;
        weft__ws_frame frame = {0};
        const char *why;
        for (size_t len = 0; len < cases[i].size; len++)
            assert_true(weft__ws_head_read(bytes, len, true, &frame, &why) > len);
        assert_int_equal(weft__ws_head_read(bytes, cases[i].size, true, &frame, &why),
                         cases[i].size);
        assert_int_equal(frame.opcode, cases[i].frame.opcode);
        assert_int_equal(frame.final, cases[i].frame.final);
        assert_int_equal(frame.compressed, cases[i].frame.compressed);
        assert_int_equal(frame.length, cases[i].frame.length);
        assert_memory_equal(frame.mask, "mask", 4);
    }
}

/* Each is refused with its last byte, not before. */
static void test_bad_heads(void **unused)
{
    (void)unused;
    static const struct {
        const char *bytes;
        size_t len;
        bool may_compress;
        const char *why;
    } cases[] = {
        {"\x91", 1, true, "a reserved bit is set"},
        {"\xa1", 1, true, "a reserved bit is set"},
        {"\x83", 1, true, "an opcode that is not defined"},
        {"\x87", 1, true, "an opcode that is not defined"},
        {"\x8b", 1, true, "an opcode that is not defined"},
        {"\x8f", 1, true, "an opcode that is not defined"},
        {"\x08", 1, true, "a control frame in fragments"},
        {"\x09", 1, true, "a control frame in fragments"},
        {"\xc1", 1, false, "compression that was not agreed on"},
        {"\xc0", 1, true, "compression that was not agreed on"},
        {"\xc9", 1, true, "compression that was not agreed on"},
        {"\x81\x00", 2, true, "a frame that is not masked"},
        {"\x81\x7f", 2, true, "a frame that is not masked"},
        {"\x89\xfe", 2, true, "a control frame of more than 125 bytes"},
        {"\x88\xff", 2, true, "a control frame of more than 125 bytes"},
        {"\x81\xfe\x00\x7d", 4, true, "a length in more bytes than it needs"},
        {"\x81\xff\0\0\0\0\0\0\xff\xff", 10, true, "a length in more bytes than it needs"},
        {"\x81\xff\x80\0\0\0\0\0\0\0", 10, true, "a length with its highest bit set"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t *bytes = (const uint8_t *)cases[i].bytes;
        weft__ws_frame frame;
        const char *why;
        for (size_t len = 0; len < cases[i].len; len++)
            assert_true(weft__ws_head_read(bytes, len, cases[i].may_compress, &frame, &why) > 0);
        assert_int_equal(
            weft__ws_head_read(bytes, cases[i].len, cases[i].may_compress, &frame, &why), 0);
        assert_string_equal(why, cases[i].why);
    }
}

static void test_written_heads(void **unused)
{
    (void)unused;
    static const struct {
        weft__ws_frame frame;
        const char *bytes;
        size_t len;
    } cases[] = {
        {{WEFT__WS_TEXT, true, false, 0, ""}, "\x81\x00", 2},
        {{WEFT__WS_BINARY, false, true, 125, ""}, "\x42\x7d", 2},
        {{WEFT__WS_CONTINUATION, true, false, 126, ""}, "\x80\x7e\x00\x7e", 4},
        {{WEFT__WS_TEXT, true, false, 65535, ""}, "\x81\x7e\xff\xff", 4},
        {{WEFT__WS_TEXT, true, false, 65536, ""}, "\x81\x7f\0\0\0\0\0\1\0\0", 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t to[WEFT__WS_HEAD_OUT_MAX];
        assert_int_equal(weft__ws_head_write(&cases[i].frame, to), cases[i].len);
        assert_memory_equal(to, cases[i].bytes, cases[i].len);
    }
}

/* ---- masking -------------------------------------------------------------------------------- */

static void test_masking(void **unused)
{
    (void)unused;
    enum { SIZE = 100 };
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    char from[SIZE + 16], to[SIZE + 16];
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i * 7);
    for (size_t shift = 0; shift < 16; shift++)
        for (size_t len = 0; len <= SIZE; len++)
            for (uint64_t offset = 0; offset < 5; offset++) {
                memset(to, 0x55, sizeof to);
                weft__ws_mask(to + shift, from + shift, len, mask, offset);
                for (size_t i = 0; i < len; i++)
                    assert_int_equal((uint8_t)to[shift + i],
                                     (uint8_t)from[shift + i] ^ mask[(offset + i) % 4]);
                if (shift + len < sizeof to)
                    assert_int_equal(to[shift + len], 0x55);
                weft__ws_mask(to + shift, to + shift, len, mask, offset);
                assert_memory_equal(to + shift, from + shift, len);
            }
}

/* ---- close ---------------------------------------------------------------------------------- */

static void test_codes(void **unused)
{
    (void)unused;
    static const unsigned good[] = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010,
                                    1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999};
    static const unsigned bad[] = {0,    1,    999,  1004, 1005, 1006, 1015,
                                   1016, 1100, 2000, 2999, 5000, 65535};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(weft__ws_code_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(weft__ws_code_valid(bad[i]));
}

static void test_close_payload(void **unused)
{
    (void)unused;
    char to[WEFT__WS_CONTROL_MAX], reason[WEFT__WS_CONTROL_MAX];
    assert_int_equal(weft__ws_close_write(WEFT_WEBSOCKET_NO_CODE, WEFT_STR("x"), to), 0);
    assert_int_equal(weft__ws_close_write(1000, WEFT_STR(""), to), 2);
    assert_memory_equal(to, "\x03\xe8", 2);
    assert_int_equal(weft__ws_close_write(4321, WEFT_STR("bye"), to), 5);
    assert_memory_equal(to,
                        "\x10\xe1"
                        "bye",
                        5);
    assert_int_equal(weft__ws_close_write(1000, WEFT_STR("\xff"), to), 2);

    memset(reason, 'a', sizeof reason); /* the two-byte character at 122 does not fit */
    memcpy(reason + 122, "\xc3\xa9", 2);
    assert_int_equal(weft__ws_close_write(1000, (weft_str){reason, 124}, to), 2 + 122);
    assert_int_equal(weft__ws_close_write(1000, (weft_str){reason, 122}, to), 2 + 122);
    memset(reason, 'a', sizeof reason);
    assert_int_equal(weft__ws_close_write(1000, (weft_str){reason, 123}, to), 125);
    assert_int_equal(weft__ws_close_write(1000, (weft_str){reason, 124}, to), 125);
}

/* ---- UTF-8 in pieces ------------------------------------------------------------------------ */

static bool feed(weft__ws_utf8 *text, const char *at, size_t len)
{
    char *exact = malloc(len + 1);
    memcpy(exact, at, len);
    bool good = weft__ws_utf8_feed(text, (weft_str){exact, len});
    free(exact);
    return good;
}

/* In every pair of cuts. */
static bool valid_in_pieces(weft_str s, size_t first, size_t second)
{
    weft__ws_utf8 text = {.count = 0};
    return feed(&text, s.at, first) && feed(&text, s.at + first, second - first) &&
           feed(&text, s.at + second, s.len - second) && weft__ws_utf8_complete(&text);
}

static void test_utf8_in_pieces(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",
        "plain ASCII, long enough for the fast path",
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
        "a\xf0\x9f\x98\x80z\xf4\x8f\xbf\xbf",
        "\xee\x80\x80\xef\xbf\xbf\xed\x9f\xbf",
        "\xed\xa0\x80",
        "x\xed\xbf\xbfy",
        "\xf4\x90\x80\x80",
        "\xf0\x80\x80\x80",
        "\xe0\x80\x80",
        "\xc0\xaf",
        "\xc1\xbf",
        "\xf5\x80\x80\x80",
        "\xff",
        "\x80",
        "abc\xbf",
        "\xce",
        "\xe1\xbd",
        "\xf0\x9f\x98",
        "\xe1\xbd\xe1\xbd\xb9",
        "\xce\xce\xba",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weft_str s = weft_str_from(texts[i]);
        for (size_t first = 0; first <= s.len; first++)
            for (size_t second = first; second <= s.len; second++)
                assert_int_equal(valid_in_pieces(s, first, second), weft_utf8_valid(s));
    }
}

/* After how many bytes the text is lost, one at a time. */
static size_t lost_after(const char *bytes)
{
    weft__ws_utf8 text = {.count = 0};
    for (size_t i = 0; bytes[i] != '\0'; i++)
        if (!feed(&text, bytes + i, 1))
            return i + 1;
    return 0;
}

static void test_utf8_is_refused_early(void **unused)
{
    (void)unused;
    assert_int_equal(lost_after("\xce\xba\xed\xa0\x80"), 4);
    assert_int_equal(lost_after("\xf4\x90\x80\x80"), 2);
    assert_int_equal(lost_after("\xf0\x8f\x80\x80"), 2);
    assert_int_equal(lost_after("\xe0\x9f\x80"), 2);
    assert_int_equal(lost_after("\xf5"), 1);
    assert_int_equal(lost_after("\xc1"), 1);
    assert_int_equal(lost_after("\xf0\x90\x80z"), 4);
    assert_int_equal(lost_after("\xf0\x90z"), 3);
    assert_int_equal(lost_after("\xf0\x90\x80\x80"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_heads),     cmocka_unit_test(test_bad_heads),
        cmocka_unit_test(test_written_heads),  cmocka_unit_test(test_masking),
        cmocka_unit_test(test_codes),          cmocka_unit_test(test_close_payload),
        cmocka_unit_test(test_utf8_in_pieces), cmocka_unit_test(test_utf8_is_refused_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
