/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * WebSocket frames. The first byte of the input says whether compression is agreed on and how the
 * rest is cut: however that is, the events, messages and refusals are the same and within the
 * limits; and what is sent as frames, compressed or not, reads back.
 */
#include "fuzz.h"
#include "http/websocket/codec.h"
#include <weft/check.h>

enum { MESSAGE_LIMIT = 2000, FRAME_LIMIT = 1500 };

static const weft__ws_side side = {.bits = 12, .each_message = false};

static void note(weft_buffer *to, weft__ws_event event, const weft__ws_reader *reader)
{
    weft_buffer_printf(to, "%d %u %d ", event, reader->code, reader->kind);
    switch (event) {
    case WEFT__WS_GOT_MESSAGE:
        CHECK(reader->message.len <= MESSAGE_LIMIT);
        CHECK(reader->kind != WEFT__WS_TEXT || weft_utf8_valid(weft_buffer_str(&reader->message)));
        weft_buffer_append_str(to, weft_buffer_str(&reader->message));
        return;
    case WEFT__WS_FAILED: weft_buffer_append_str(to, weft_str_from(reader->why)); return;
    case WEFT__WS_GOT_CLOSE:
        CHECK(weft_utf8_valid((weft_str){reader->control, reader->control_len}));
        break;
    default: break;
    }
    weft_buffer_append(to, reader->control, reader->control_len);
}

/* What becomes of the bytes in pieces of `step`, each in an allocation of its own. */
static weft_str events_of(weft_str wire, size_t step, bool compressing, weft_arena *arena)
{
    weft__ws_inflater *inflater = compressing ? weft__ws_inflater_create(side) : NULL;
    weft__ws_reader reader;
    weft_buffer said;
    weft_buffer_init(&said, arena);
    weft__ws_reader_init(&reader, MESSAGE_LIMIT, FRAME_LIMIT, inflater);
    weft__ws_event event = WEFT__WS_MORE;
    for (size_t at = 0; at < wire.len && event != WEFT__WS_FAILED; at += step) {
        size_t len = wire.len - at < step ? wire.len - at : step, used;
        char *piece = malloc(len);
        memcpy(piece, wire.at + at, len);
        for (size_t done = 0; done < len && event != WEFT__WS_FAILED; done += used) {
            event = weft__ws_reader_feed(&reader, piece + done, len - done, &used);
            CHECK(used <= len - done && (event != WEFT__WS_MORE || used == len - done));
            if (event != WEFT__WS_MORE)
                note(&said, event, &reader);
        }
        free(piece);
    }
    weft__ws_reader_finish(&reader);
    weft__ws_inflater_destroy(inflater);
    return weft_buffer_str(&said);
}

static void put(weft_buffer *to, weft__ws_frame frame, const char *payload)
{
    uint8_t head[WEFT__WS_HEAD_OUT_MAX];
    size_t len = weft__ws_head_write(&frame, head);
    head[1] |= 0x80;
    weft_buffer_append(to, head, len);
    weft_buffer_append(to, frame.mask, sizeof frame.mask);
    char *at = weft_buffer_reserve(to, frame.length + 1);
    CHECK(at != NULL);
    weft__ws_mask(at, payload, frame.length, frame.mask, 0);
    to->len += frame.length;
}

/* Two frames that make one message. */
static weft_str in_two(weft_str payload, size_t cut, bool compressed, weft_arena *arena)
{
    weft_buffer wire;
    weft_buffer_init(&wire, arena);
    put(&wire,
        (weft__ws_frame){.opcode = WEFT__WS_BINARY,
                         .compressed = compressed,
                         .length = cut,
                         .mask = {1, 2, 3, (uint8_t)cut}},
        payload.at);
    put(&wire, (weft__ws_frame){.final = true, .length = payload.len - cut, .mask = {9, 8, 7, 6}},
        payload.at + cut);
    return weft_buffer_str(&wire);
}

static void read_back(weft_str data, size_t cut, weft_arena *arena)
{
    weft__ws_deflater *deflater = weft__ws_deflater_create(side);
    weft_buffer small, wanted;
    weft_buffer_init(&small, arena);
    weft_buffer_init(&wanted, arena);
    CHECK(weft__ws_deflate_begin(deflater, UINT64_MAX) == WEFT_OK);
    CHECK(weft__ws_deflate(deflater, (weft_str){data.at, cut}, false, &small) == WEFT_OK);
    CHECK(weft__ws_deflate(deflater, weft_str_skip(data, cut), true, &small) == WEFT_OK);
    weft__ws_deflater_destroy(deflater);
    weft_buffer_printf(&wanted, "%d 0 %d ", WEFT__WS_GOT_MESSAGE, WEFT__WS_BINARY);
    weft_buffer_append_str(&wanted, data);
    weft_str plain = in_two(data, cut, false, arena);
    weft_str squeezed = in_two(weft_buffer_str(&small), small.len / 2, true, arena);
    CHECK(weft_str_equal(events_of(plain, 7, false, arena), weft_buffer_str(&wanted)));
    CHECK(weft_str_equal(events_of(squeezed, 7, true, arena), weft_buffer_str(&wanted)));
}

/* MemorySanitizer knows nothing of what zlib writes. */
#if __has_feature(memory_sanitizer)
enum { COMPRESSION = 0 };
#else
enum { COMPRESSION = 1 };
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    weft_str wire = input_of(data, size);
    weft_arena arena;
    if (size == 0)
        return 0;
    weft_arena_init(&arena, 0);
    bool compressing = COMPRESSION && (data[0] & 1);
    wire = weft_str_skip(wire, 1);
    weft_str whole = events_of(wire, wire.len + 1, compressing, &arena);
    CHECK(weft_str_equal(events_of(wire, 1, compressing, &arena), whole));
    CHECK(weft_str_equal(events_of(wire, 1 + data[0] / 2u, compressing, &arena), whole));
    if (COMPRESSION && wire.len <= FRAME_LIMIT)
        read_back(wire, data[0] < wire.len ? data[0] : wire.len, &arena);
    weft_arena_reset(&arena);
    return 0;
}
