/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From a client's bytes to messages and other events, however the bytes are cut: whole, in two at
 * every place, byte by byte. What comes out is written down as a line per event.
 */
#include "http/websocket/codec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MESSAGE_LIMIT = 1000, FRAME_LIMIT = 600 };

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

/* ---- a client ------------------------------------------------------------------------------- */

enum { FIN = 0x80, RSV1 = 0x40 };

/* Appends a frame, masked. */
static void put(weft_buffer *to, unsigned first, weft_str payload)
{
    static const uint8_t mask[4] = {0x11, 0x82, 0xf3, 0x04};
    weft__ws_frame frame = {.opcode = first & 0x0f,
                            .final = first & FIN,
                            .compressed = first & RSV1,
                            .length = payload.len};
    uint8_t head[WEFT__WS_HEAD_OUT_MAX];
    size_t len = weft__ws_head_write(&frame, head);
    head[1] |= 0x80;
    weft_buffer_append(to, head, len);
    weft_buffer_append(to, mask, sizeof mask);
    char *at = weft_buffer_reserve(to, payload.len + 1);
    weft__ws_mask(at, payload.at, payload.len, mask, 0);
    to->len += payload.len;
}

/* ---- what comes out ------------------------------------------------------------------------- */

static void describe(weft_buffer *to, weft__ws_event event, const weft__ws_reader *reader)
{
    weft_str control = {reader->control, reader->control_len};
    weft_str message = weft_buffer_str(&reader->message);
    switch (event) {
    case WEFT__WS_MORE: return;
    case WEFT__WS_GOT_MESSAGE:
        weft_buffer_printf(to, message.len > 100 ? "%s of %zu\n" : "%s %zu:",
                           reader->kind == WEFT__WS_TEXT ? "text" : "binary", message.len);
        if (message.len <= 100) {
            weft_buffer_append_str(to, message);
            weft_buffer_append(to, "\n", 1);
        }
        return;
    case WEFT__WS_GOT_PING: weft_buffer_printf(to, "ping %.*s\n", WEFT_STR_ARGS(control)); return;
    case WEFT__WS_GOT_PONG: weft_buffer_printf(to, "pong %.*s\n", WEFT_STR_ARGS(control)); return;
    case WEFT__WS_GOT_CLOSE:
        weft_buffer_printf(to, "close %u %.*s\n", reader->code, WEFT_STR_ARGS(control));
        return;
    case WEFT__WS_FAILED:
        weft_buffer_printf(to, "failed %u %s\n", reader->code, reader->why);
        return;
    }
}

/* Reads in pieces: one of `first` bytes, the others of `step`; each in an allocation of its own. */
static weft_str read_cut(weft_str wire, size_t first, size_t step, bool compressing)
{
    weft__ws_side side = {.bits = 15, .each_message = true};
    weft__ws_inflater *inflater = compressing ? weft__ws_inflater_create(side) : NULL;
    weft__ws_reader reader;
    weft_buffer said;
    weft_buffer_init(&said, &arena);
    weft__ws_reader_init(&reader, MESSAGE_LIMIT, FRAME_LIMIT, inflater);
    weft__ws_event event = WEFT__WS_MORE;
    for (size_t at = 0, len = first; at < wire.len && event != WEFT__WS_FAILED; len = step) {
        len = len < wire.len - at ? len : wire.len - at;
        char *piece = malloc(len + 1);
        memcpy(piece, wire.at + at, len);
        for (size_t done = 0, used; done < len && event != WEFT__WS_FAILED; done += used) {
            event = weft__ws_reader_feed(&reader, piece + done, len - done, &used);
            assert_true(used <= len - done);
            if (event == WEFT__WS_MORE)
                assert_int_equal(used, len - done);
            describe(&said, event, &reader);
        }
        free(piece);
        at += len;
    }
    if (event != WEFT__WS_FAILED && weft__ws_reader_in_message(&reader))
        weft_buffer_append_str(&said, WEFT_STR("in a message\n"));
    weft__ws_reader_finish(&reader);
    weft__ws_inflater_destroy(inflater);
    return weft_buffer_str(&said);
}

static void assert_said(weft_str said, const char *wanted)
{
    if (!weft_str_equal(said, weft_str_from(wanted)))
        fail_msg("said\n%.*s\nnot\n%s", WEFT_STR_ARGS(said), wanted);
}

static void assert_reads(const weft_buffer *wire, const char *wanted)
{
    weft_str bytes = weft_buffer_str(wire);
    assert_false(wire->failed);
    assert_said(read_cut(bytes, bytes.len, 1, false), wanted);
    assert_said(read_cut(bytes, 1, 1, false), wanted);
    for (size_t cut = 1; cut < bytes.len; cut += bytes.len / 64 + 1)
        assert_said(read_cut(bytes, cut, bytes.len, false), wanted);
}

typedef struct step {
    unsigned first;
    const char *payload;
} step;

static void assert_steps(const step *steps, const char *wanted)
{
    weft_buffer wire;
    weft_buffer_init(&wire, &arena);
    for (; steps->payload != NULL; steps++)
        put(&wire, steps->first, weft_str_from(steps->payload));
    assert_reads(&wire, wanted);
}

#define STEPS(...) ((const step[]){__VA_ARGS__, {0, NULL}})

/* ---- messages ------------------------------------------------------------------------------- */

static void test_messages(void **unused)
{
    (void)unused;
    assert_steps(STEPS({FIN | 1, ""}), "text 0:\n");
    assert_steps(STEPS({FIN | 1, "hello"}, {FIN | 2, "\xff\xfe"}),
                 "text 5:hello\nbinary 2:\xff\xfe\n");
    assert_steps(STEPS({1, "hel"}, {0, "l"}, {FIN, "o"}), "text 5:hello\n");
    assert_steps(STEPS({1, ""}, {0, ""}, {FIN, ""}), "text 0:\n");
    assert_steps(STEPS({2, "\xff"}, {FIN, "\xff"}, {FIN | 1, "x"}),
                 "binary 2:\xff\xff\ntext 1:x\n");
    assert_steps(STEPS({1, "beg"}), "in a message\n");
}

static void test_control_between_fragments(void **unused)
{
    (void)unused;
    assert_steps(
        STEPS({1, "a"}, {FIN | 9, "1"}, {0, "b"}, {FIN | 10, ""}, {FIN | 9, "2"}, {FIN, "c"}),
        "ping 1\npong \nping 2\ntext 3:abc\n");
    assert_steps(STEPS({1, "\xce"}, {FIN | 9, "\xff"}, {FIN, "\xba"}),
                 "ping \xff\ntext 2:\xce\xba\n");
}

static void test_lengths(void **unused)
{
    (void)unused;
    static char many[FRAME_LIMIT + 1];
    static const size_t lengths[] = {0, 1, 125, 126, 127, 128, FRAME_LIMIT};
    memset(many, '*', sizeof many);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        weft_buffer wire;
        weft_buffer_init(&wire, &arena);
        put(&wire, FIN | 1, (weft_str){many, lengths[i]});
        weft_str said = read_cut(weft_buffer_str(&wire), 1, 1, false);
        weft_str wanted = lengths[i] > 100 ? weft_arena_printf(&arena, "text of %zu\n", lengths[i])
                                           : weft_arena_printf(&arena, "text %zu:%.*s\n",
                                                               lengths[i], (int)lengths[i], many);
        assert_said(said, wanted.at);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void test_order(void **unused)
{
    (void)unused;
    assert_steps(STEPS({FIN, "x"}), "failed 1002 a continuation of nothing\n");
    assert_steps(STEPS({0, "x"}), "failed 1002 a continuation of nothing\n");
    assert_steps(STEPS({FIN | 1, "x"}, {0, "y"}),
                 "text 1:x\nfailed 1002 a continuation of nothing\n");
    assert_steps(STEPS({1, "x"}, {FIN | 1, "y"}),
                 "failed 1002 a new message before the last one is complete\n");
    assert_steps(STEPS({2, "x"}, {FIN | 9, ""}, {2, "y"}),
                 "ping \nfailed 1002 a new message before the last one is complete\n");
    assert_steps(STEPS({FIN | RSV1 | 1, "x"}), "failed 1002 compression that was not agreed on\n");
}

static void test_text_is_utf8(void **unused)
{
    (void)unused;
    assert_steps(STEPS({FIN | 1, "\xff"}), "failed 1007 a text that is not UTF-8\n");
    assert_steps(STEPS({1, "\xed\xa0"}, {FIN, "\x80"}), "failed 1007 a text that is not UTF-8\n");
    assert_steps(STEPS({FIN | 1, "\xce"}), "failed 1007 a text that ends within a character\n");
    assert_steps(STEPS({1, "\xce"}, {FIN, ""}),
                 "failed 1007 a text that ends within a character\n");
    assert_steps(STEPS({1, "\xce"}, {FIN, "\xba"}, {FIN | 1, "\xba"}),
                 "text 2:\xce\xba\nfailed 1007 a text that is not UTF-8\n");
}

/* A limit refuses with the head that announces too much: no memory is spent. */
static void test_limits(void **unused)
{
    (void)unused;
    static char many[FRAME_LIMIT + 1];
    weft_buffer wire;
    memset(many, '*', sizeof many);

    weft_buffer_init(&wire, &arena);
    put(&wire, FIN | 2, (weft_str){many, FRAME_LIMIT + 1});
    wire.len = 8; /* the head */
    assert_reads(&wire, "failed 1009 a frame beyond the limit\n");

    weft_buffer_init(&wire, &arena);
    put(&wire, 2, (weft_str){many, FRAME_LIMIT});
    put(&wire, 0, (weft_str){many, MESSAGE_LIMIT - FRAME_LIMIT});
    size_t so_far = wire.len;
    put(&wire, FIN, WEFT_STR(""));
    assert_said(read_cut(weft_buffer_str(&wire), wire.len, 1, false), "binary of 1000\n");
    wire.len = so_far;
    put(&wire, FIN, WEFT_STR("x"));
    assert_said(read_cut(weft_buffer_str(&wire), wire.len - 1, 1, false),
                "failed 1009 a message beyond the limit\n");

    weft_buffer_init(&wire, &arena); /* 2^63 - 1 bytes */
    weft_buffer_append(&wire, "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff....", 14);
    assert_reads(&wire, "failed 1009 a frame beyond the limit\n");
}

/* ---- close ---------------------------------------------------------------------------------- */

static void assert_close(weft_str payload, const char *wanted)
{
    weft_buffer wire;
    weft_buffer_init(&wire, &arena);
    put(&wire, FIN | 8, payload);
    assert_reads(&wire, wanted);
}

static void test_close(void **unused)
{
    (void)unused;
    assert_close(WEFT_STR(""), "close 1005 \n");
    assert_close(WEFT_STR("\x03\xe8"), "close 1000 \n");
    assert_close(WEFT_STR("\x0f\xa0so long"), "close 4000 so long\n");
    assert_close(WEFT_STR("\x03"), "failed 1002 a close code that is none\n");
    assert_close(WEFT_STR("\x03\xed"), "failed 1002 a close code that is none\n");
    assert_close(WEFT_STR("\x00\x00"), "failed 1002 a close code that is none\n");
    assert_close(WEFT_STR("\x03\xe8\xff"), "failed 1007 a reason that is not UTF-8\n");
    assert_steps(STEPS({1, "half"}, {FIN | 8, ""}), "close 1005 \nin a message\n");
}

/* ---- compressed ----------------------------------------------------------------------------- */

/* "Hello" of RFC 7692 section 7.2.3. */
#define HELLO "\xf2\x48\xcd\xc9\xc9\x07\x00"

static void test_compressed(void **unused)
{
    (void)unused;
    static const struct {
        unsigned first[3];
        weft_str payload[3];
        const char *wanted;
    } cases[] = {
        {{FIN | RSV1 | 1}, {{HELLO, 7}}, "text 5:Hello\n"},
        {{RSV1 | 1, FIN}, {{HELLO, 3}, {&HELLO[3], 4}}, "text 5:Hello\n"},
        {{RSV1 | 1, FIN | 9, FIN},
         {{HELLO, 3}, {"!", 1}, {&HELLO[3], 4}},
         "ping !\ntext 5:Hello\n"},
        {{FIN | RSV1 | 1, FIN | 1, FIN | RSV1 | 2},
         {{HELLO, 7}, {"plain", 5}, {HELLO, 7}},
         "text 5:Hello\ntext 5:plain\nbinary 5:Hello\n"},
        {{FIN | RSV1 | 1}, {{"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8}}, "text 5:Hello\n"},
        {{FIN | RSV1 | 1}, {{"\x00\x05\x00\xfa\xffHello\x00", 11}}, "text 5:Hello\n"},
        {{FIN | RSV1 | 1}, {{"\x00", 1}}, "text 0:\n"},
        {{FIN | RSV1 | 1}, {{"\xff\xff\xff", 3}}, "failed 1007 a message that does not inflate\n"},
        {{RSV1 | 1, FIN | RSV1},
         {{HELLO, 3}, {&HELLO[3], 4}},
         "failed 1002 compression that was not agreed on\n"},
        {{FIN | RSV1 | 1},
         {{"\x00\x01\x00\xfe\xff\xce\x00", 7}},
         "failed 1007 a text that ends within a character\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_buffer wire;
        weft_buffer_init(&wire, &arena);
        for (size_t j = 0; j < 3 && cases[i].payload[j].at != NULL; j++)
            put(&wire, cases[i].first[j], cases[i].payload[j]);
        assert_said(read_cut(weft_buffer_str(&wire), wire.len, 1, true), cases[i].wanted);
        for (size_t cut = 1; cut < wire.len; cut++)
            assert_said(read_cut(weft_buffer_str(&wire), cut, wire.len, true), cases[i].wanted);
        assert_said(read_cut(weft_buffer_str(&wire), 1, 1, true), cases[i].wanted);
    }
}

static void test_bomb(void **unused)
{
    (void)unused;
    static const char zeroes[MESSAGE_LIMIT + 1];
    for (size_t len = MESSAGE_LIMIT; len <= MESSAGE_LIMIT + 1; len++) {
        weft_buffer wire, small;
        weft_buffer_init(&wire, &arena);
        weft_buffer_init(&small, &arena);
        weft__ws_deflater *deflater = weft__ws_deflater_create(
            (weft__ws_side){.bits = 15, .each_message = true});
        assert_int_equal(weft__ws_deflate_begin(deflater, len), WEFT_OK);
        assert_int_equal(weft__ws_deflate(deflater, (weft_str){zeroes, len}, true, &small),
                         WEFT_OK);
        weft__ws_deflater_destroy(deflater);
        put(&wire, FIN | RSV1 | 2, weft_buffer_str(&small));
        const char *wanted = len == MESSAGE_LIMIT
                                 ? "binary of 1000\n"
                                 : "failed 1009 a message that inflates beyond the limit\n";
        assert_said(read_cut(weft_buffer_str(&wire), wire.len, 1, true), wanted);
        assert_said(read_cut(weft_buffer_str(&wire), 1, 1, true), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_messages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_control_between_fragments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_is_utf8, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_close, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_compressed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bomb, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
