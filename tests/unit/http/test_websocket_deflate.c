/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * permessage-deflate: what is agreed on for which offer, and that messages come back, alone or one
 * after the other, in whatever pieces.
 */
#include "http/websocket/deflate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static weft_arena arena;

static int set_up(void **unused)
{
    (void)unused;
    weft_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    weft_arena_reset(&arena);
    return 0;
}

/* ---- agreement ------------------------------------------------------------------------------ */

static const weft__ws_terms alone = {.on = true, .server = {15, true}, .client = {15, true}};
static const weft__ws_terms shared = {.on = true, .server = {15, false}, .client = {15, false}};
static const weft__ws_terms narrow = {.on = true, .server = {10, false}, .client = {10, false}};

#define NAME "permessage-deflate"
#define BOTH NAME "; server_no_context_takeover; client_no_context_takeover"

static void assert_agreed(const char *offers, const weft__ws_terms *wish, const char *wanted)
{
    weft__ws_terms agreed;
    char to[WEFT__WS_EXTENSION_MAX];
    bool on = weft__ws_terms_agree(weft_str_from(offers), wish, &agreed);
    assert_int_equal(on, agreed.on);
    if (on != (wanted != NULL))
        fail_msg("%s: %s", offers, on ? "agreed" : "not agreed");
    if (!on)
        return;
    weft_str text = {to, weft__ws_terms_write(&agreed, to)};
    if (!weft_str_equal(text, weft_str_from(wanted)))
        fail_msg("%s: answered %.*s, not %s", offers, WEFT_STR_ARGS(text), wanted);
}

static void test_agreement(void **unused)
{
    (void)unused;
    assert_agreed(NAME, &alone, BOTH);
    assert_agreed(NAME, &shared, NAME);
    assert_agreed(" Permessage-Deflate ", &shared, NAME);
    assert_agreed(NAME "; client_max_window_bits", &alone, BOTH);
    assert_agreed(NAME "; client_max_window_bits", &narrow,
                  NAME "; server_max_window_bits=10; client_max_window_bits=10");
    assert_agreed(NAME, &narrow, NAME "; server_max_window_bits=10");
    assert_agreed(NAME "; client_max_window_bits=9", &shared, NAME "; client_max_window_bits=9");
    assert_agreed(NAME "; client_max_window_bits=8", &shared, NAME "; client_max_window_bits=8");
    assert_agreed(NAME "; client_max_window_bits=12", &narrow,
                  NAME "; server_max_window_bits=10; client_max_window_bits=10");
    assert_agreed(NAME "; server_max_window_bits=15", &shared, NAME "; server_max_window_bits=15");
    assert_agreed(NAME "; server_max_window_bits=\"12\"", &shared,
                  NAME "; server_max_window_bits=12");
    assert_agreed(NAME "; server_no_context_takeover", &shared,
                  NAME "; server_no_context_takeover");
    assert_agreed(NAME ";client_no_context_takeover ; Server_No_Context_Takeover", &shared, BOTH);
    assert_agreed("x-other; a=b, " NAME, &shared, NAME);
    assert_agreed(NAME "; server_max_window_bits=8, " NAME, &shared, NAME); /* zlib cannot */
    assert_agreed(NAME "; unknown, " NAME "; server_no_context_takeover", &shared,
                  NAME "; server_no_context_takeover");
}

static void test_nothing_agreed(void **unused)
{
    (void)unused;
    static const weft__ws_terms off = {.on = false};
    static const char *const offers[] = {
        "",
        ",",
        "x-webkit-deflate-frame",
        NAME ";",
        NAME "; =",
        NAME "; unknown",
        NAME "; server_max_window_bits",
        NAME "; server_max_window_bits=",
        NAME "; server_max_window_bits=7",
        NAME "; server_max_window_bits=8",
        NAME "; server_max_window_bits=16",
        NAME "; server_max_window_bits=010",
        NAME "; server_max_window_bits=+9",
        NAME "; client_max_window_bits=",
        NAME "; client_max_window_bits=7",
        NAME "; client_max_window_bits=16",
        NAME "; client_max_window_bits=x",
        NAME "; server_no_context_takeover=1",
        NAME "; client_no_context_takeover=",
        NAME "; server_no_context_takeover; server_no_context_takeover",
        NAME "; client_max_window_bits; client_max_window_bits=10",
    };
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++)
        assert_agreed(offers[i], &shared, NULL);
    assert_agreed(NAME, &off, NULL);
}

/* ---- streams -------------------------------------------------------------------------------- */

static weft_str squeeze(weft__ws_deflater *deflater, weft_str message, size_t step, bool known)
{
    weft_buffer to;
    weft_buffer_init(&to, &arena);
    assert_int_equal(weft__ws_deflate_begin(deflater, known ? message.len : UINT64_MAX), WEFT_OK);
    do {
        weft_str piece = {message.at, message.len < step ? message.len : step};
        message = weft_str_skip(message, piece.len);
        assert_int_equal(weft__ws_deflate(deflater, piece, message.len == 0, &to), WEFT_OK);
    } while (message.len != 0);
    assert_true(to.len > 0);
    return weft_buffer_str(&to);
}

static weft_str stretch(weft__ws_inflater *inflater, weft_str small, size_t step)
{
    weft_buffer to;
    weft_buffer_init(&to, &arena);
    do {
        weft_str piece = {small.at, small.len < step ? small.len : step};
        small = weft_str_skip(small, piece.len);
        assert_int_equal(weft__ws_inflate(inflater, piece, small.len == 0, SIZE_MAX / 2, &to),
                         WEFT__WS_INFLATED);
    } while (small.len != 0);
    return weft_buffer_str(&to);
}

/* Words that repeat, and noise in between. */
static weft_str text_of(size_t len)
{
    char *at = weft_arena_alloc(&arena, len + 1, 1);
    uint32_t noise = 12345;
    for (size_t i = 0; i < len; i++) {
        noise = noise * 1664525 + 1013904223;
        at[i] = i % 50 < 40 ? "{\"name\":\"somebody\",\"age\":42,\"list\":[1,2"[i % 50 % 40]
                            : (char)(noise >> 24);
    }
    return (weft_str){at, len};
}

static void test_round_trips(void **unused)
{
    (void)unused;
    static const size_t lengths[] = {0, 1, 100, 0, 511, 512, 513, 4096, 70000, 0, 0, 300000};
    static const size_t steps[] = {1000000, 4096, 777};
    for (uint8_t bits = WEFT__WS_BITS_MIN; bits <= WEFT__WS_BITS_MAX; bits++) {
        for (int each = 0; each < 2; each++) {
            weft__ws_side side = {bits, each != 0};
            weft__ws_deflater *deflater = weft__ws_deflater_create(side);
            weft__ws_inflater *inflater = weft__ws_inflater_create(side);
            for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
                size_t step = steps[i % 3];
                weft_str message = text_of(lengths[i]);
                weft_str small = squeeze(deflater, message, step, i % 2 == 0);
                if (lengths[i] > 1000)
                    assert_true(small.len < message.len / 2);
                assert_true(weft_str_equal(stretch(inflater, small, steps[(i + 1) % 3]), message));
                weft_arena_reset(&arena);
            }
            weft__ws_deflater_destroy(deflater);
            weft__ws_inflater_destroy(inflater);
        }
    }
}

/* The same message again refers to the first, unless every message stands by itself. */
static void test_context(void **unused)
{
    (void)unused;
    weft_str message = text_of(400);
    for (int each = 0; each < 2; each++) {
        weft__ws_deflater *deflater = weft__ws_deflater_create((weft__ws_side){15, each != 0});
        size_t first = squeeze(deflater, message, 1000, true).len;
        size_t second = squeeze(deflater, message, 1000, true).len;
        if (each)
            assert_int_equal(second, first);
        else
            assert_true(second < first / 4);
        weft__ws_deflater_destroy(deflater);
    }
}

/* A message that was given up halfway leaves nothing behind for the next, where each is alone. */
static void test_given_up(void **unused)
{
    (void)unused;
    weft__ws_side side = {15, true};
    weft__ws_deflater *deflater = weft__ws_deflater_create(side);
    weft__ws_inflater *inflater = weft__ws_inflater_create(side);
    weft_buffer lost;
    weft_buffer_init(&lost, &arena);
    assert_int_equal(weft__ws_deflate_begin(deflater, UINT64_MAX), WEFT_OK);
    assert_int_equal(weft__ws_deflate(deflater, text_of(5000), false, &lost), WEFT_OK);
    weft_str small = squeeze(deflater, WEFT_STR("next"), 1000, true);
    assert_true(weft_str_equal(stretch(inflater, small, 1000), WEFT_STR("next")));
    weft__ws_deflater_destroy(deflater);
    weft__ws_inflater_destroy(inflater);
}

/* A sender may end its stream with a message and begin another with the next one, which refers to
 * what was before all the same (RFC 7692 section 7.2.3.4). */
static void test_final_block(void **unused)
{
    (void)unused;
    weft__ws_inflater *inflater = weft__ws_inflater_create((weft__ws_side){15, false});
    weft_str ended = WEFT_STR("\xf3\x48\xcd\xc9\xc9\x07\x00\x00");
    weft_str again = WEFT_STR("\xf2\x00\x11\x00\x00"); /* "Hello" by reference */
    assert_true(weft_str_equal(stretch(inflater, ended, 100), WEFT_STR("Hello")));
    assert_true(weft_str_equal(stretch(inflater, again, 100), WEFT_STR("Hello")));
    assert_true(weft_str_equal(stretch(inflater, ended, 1), WEFT_STR("Hello")));
    assert_true(weft_str_equal(stretch(inflater, again, 1), WEFT_STR("Hello")));
    weft__ws_inflater_destroy(inflater);
}

static void test_limit(void **unused)
{
    (void)unused;
    weft__ws_side side = {15, true};
    weft__ws_deflater *deflater = weft__ws_deflater_create(side);
    weft_str small = squeeze(deflater, text_of(20000), 100000, true);
    for (size_t limit = 19999; limit <= 20000; limit++) {
        weft__ws_inflater *inflater = weft__ws_inflater_create(side);
        weft_buffer to;
        weft_buffer_init(&to, &arena);
        assert_int_equal(weft__ws_inflate(inflater, small, true, limit, &to),
                         limit == 20000 ? WEFT__WS_INFLATED : WEFT__WS_INFLATE_TOO_BIG);
        assert_true(to.len <= limit + 1);
        weft__ws_inflater_destroy(inflater);
    }
    weft__ws_deflater_destroy(deflater);
}

static void test_no_memory(void **unused)
{
    (void)unused;
    weft__ws_side side = {15, true};
    weft__ws_deflater *deflater = weft__ws_deflater_create(side);
    weft__ws_inflater *inflater = weft__ws_inflater_create(side);
    weft_str message = text_of(20000), small = squeeze(deflater, message, 100000, true);
    weft_arena little;
    weft_buffer to;
    weft_arena_init(&little, 1);
    weft_buffer_init(&to, &little);
    assert_int_equal(weft__ws_inflate(inflater, small, true, 30000, &to),
                     WEFT__WS_INFLATE_NO_MEMORY);
    weft_buffer_init(&to, &little);
    assert_int_equal(weft__ws_deflate_begin(deflater, 20000), WEFT_OK);
    assert_int_equal(weft__ws_deflate(deflater, message, true, &to), WEFT_NO_MEMORY);
    weft__ws_deflater_destroy(deflater);
    weft__ws_inflater_destroy(inflater);
    weft_arena_reset(&little);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_nothing_agreed),
        cmocka_unit_test_setup_teardown(test_round_trips, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_context, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_given_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_final_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
