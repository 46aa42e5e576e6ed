/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON quoting: every byte, every position in a block, invalid UTF-8 repaired.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <weft/buffer.h>
#include <weft/check.h>

static weft_arena arena;

static weft_str quote(weft_str s)
{
    weft_buffer buffer;
    weft_buffer_init(&buffer, &arena);
    weft_buffer_append_quoted(&buffer, s);
    assert_false(buffer.failed);
    return weft_buffer_str(&buffer);
}

static void assert_quoted(weft_str s, const char *expected)
{
    weft_str quoted = quote(s);
    assert_int_equal(quoted.len, strlen(expected));
    assert_memory_equal(quoted.at, expected, quoted.len);
}

static void texts(void **unused)
{
    (void)unused;
    assert_quoted((weft_str){NULL, 0}, "\"\"");
    assert_quoted(WEFT_STR("plain"), "\"plain\"");
    assert_quoted(WEFT_STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
    assert_quoted(WEFT_STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
    assert_quoted(WEFT_STR("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\x7f\"");
    assert_quoted(WEFT_STR("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"),
                  "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\"");
}

static void invalid_utf8_is_replaced(void **unused)
{
    (void)unused;
#define R "\xef\xbf\xbd"
    assert_quoted(WEFT_STR("\xff"), "\"" R "\"");
    assert_quoted(WEFT_STR("a\xc3"), "\"a" R "\"");
    assert_quoted(WEFT_STR("\xc0\x80"), "\"" R R "\"");
    assert_quoted(WEFT_STR("\xed\xa0\x80x"), "\"" R R R "x\"");
    assert_quoted(WEFT_STR("\xf4\x90\x80\x80"), "\"" R R R R "\"");
    assert_quoted(WEFT_STR("\xe2\x82"), "\"" R R "\"");
}

/* Each byte at each place of texts of each length around the sizes of words and blocks, from blocks
 * of exactly that size: reading beyond is seen by the sanitizer. */
static void every_byte_at_every_place(void **unused)
{
    (void)unused;
    for (size_t len = 1; len <= 40; len++) {
        char *text = malloc(len);
        assert_non_null(text);
        for (size_t place = 0; place < len; place++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(text, 'a', len);
                text[place] = (char)byte;
                weft_str quoted = quote((weft_str){text, len});
                bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
                assert_int_equal(quoted.len > len + 2, !plain);
                size_t more = quoted.len - len - 2;
                assert_int_equal(quoted.at[0], '"');
                assert_int_equal(quoted.at[quoted.len - 1], '"');
                for (size_t i = 0; i < len; i++) {
                    if (i != place)
                        assert_int_equal(quoted.at[i + 1 + (i > place ? more : 0)], 'a');
                }
                if (plain)
                    assert_int_equal(quoted.at[place + 1], byte);
                else
                    assert_true(weft_utf8_valid(quoted));
            }
            weft_arena_reset(&arena);
        }
        free(text);
    }
}

static void only_escapes(void **unused)
{
    (void)unused;
    char text[5000];
    memset(text, 1, sizeof text);
    weft_str quoted = quote((weft_str){text, sizeof text});
    assert_int_equal(quoted.len, sizeof text * 6 + 2);
    for (size_t i = 0; i < sizeof text; i++)
        assert_memory_equal(quoted.at + 1 + i * 6, "\\u0001", 6);
    weft_arena_reset(&arena);
}

/* Writes `s` as one would without haste; returns how many bytes. */
static size_t quote_slowly(weft_str s, char *to)
{
    char *at = to;
    *at++ = '"';
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"' || s.at[i] == '\\')
            *at++ = '\\';
        if ((unsigned char)s.at[i] < ' ')
            at += sprintf(at, "\\u%04x", s.at[i]);
        else
            *at++ = s.at[i];
    }
    *at++ = '"';
    return (size_t)(at - to);
}

/* Texts of each length at each distance from the end of the room, as generated code puts them. */
static void any_text_in_any_room(void **unused)
{
    (void)unused;
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz\"\\\x01 ";
    char text[48], expected[48 * 6 + 2];
    unsigned state = 1;
    for (size_t len = 0; len < sizeof text; len++) {
        for (size_t before = 0; before < 256; before++) {
            for (size_t i = 0; i < len; i++) {
                state = state * 1103515245 + 12345;
                text[i] = bytes[(state >> 16) % (before % 3 == 0 ? 26 : sizeof bytes - 1)];
            }
            weft_str s = {text, len};
            weft_buffer buffer;
            weft_buffer_init(&buffer, &arena);
            char *at = weft_buffer_reserve(&buffer, 256);
            memset(at, 'x', before);
            at = weft__buffer_put_quoted(&buffer, at + before, s.at, s.len, before % 7);
            assert_non_null(at);
            assert_true(buffer.at + buffer.capacity - at >= (ptrdiff_t)(before % 7));
            size_t written = (size_t)(at - buffer.at) - before;
            assert_int_equal(written, quote_slowly(s, expected));
            assert_memory_equal(buffer.at + before, expected, written);
            assert_true(before == 0 || (buffer.at[0] == 'x' && buffer.at[before - 1] == 'x'));
            weft_arena_reset(&arena);
        }
    }
}

static void no_room_is_no_text(void **unused)
{
    (void)unused;
    weft_arena small;
    weft_arena_init(&small, 4096);
    weft_buffer buffer;
    weft_buffer_init(&buffer, &small);
    weft_buffer_expect(&buffer, SIZE_MAX); /* promises nothing, breaks nothing */
    assert_false(buffer.failed);
    weft_buffer_append(&buffer, "[", 1);
    char text[20000]; /* more than a chunk holds, also one that is guarded */
    memset(text, 'x', sizeof text);
    assert_null(weft__buffer_put_quoted(&buffer, buffer.at + 1, text, sizeof text, 0));
    assert_true(buffer.failed);
    assert_int_equal(buffer.len, 1);
    weft_arena_reset(&small);
}

int main(void)
{
    weft_arena_init(&arena, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(invalid_utf8_is_replaced),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(only_escapes),
        cmocka_unit_test(any_text_in_any_room),
        cmocka_unit_test(no_room_is_no_text),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    weft_arena_reset(&arena);
    return failed;
}
