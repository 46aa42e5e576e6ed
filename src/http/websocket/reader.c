/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/reader.c: from a client's bytes to its messages (RFC 6455 sections 5 and 8.1),
 * however the bytes are cut. What is refused is refused before memory is spent on it.
 */
#include "http/websocket/codec.h"
#include <weft/check.h>

enum { PIECE = 4096 }; /* bytes of a compressed payload unmasked at once */

void weft__ws_reader_init(weft__ws_reader *reader, size_t message_limit, size_t frame_limit,
                          weft__ws_inflater *inflater)
{
    *reader = (weft__ws_reader){
        .message_limit = message_limit, .frame_limit = frame_limit, .inflater = inflater};
    weft_arena_init(&reader->arena, SIZE_MAX); /* the message limit bounds it */
    weft_buffer_init(&reader->message, &reader->arena);
}

void weft__ws_reader_finish(weft__ws_reader *reader)
{
    weft_arena_reset(&reader->arena);
}

static weft__ws_event fail(weft__ws_reader *reader, weft_websocket_code code, const char *why)
{
    reader->code = (uint16_t)code;
    reader->why = why;
    return WEFT__WS_FAILED;
}

static void forget_delivered(weft__ws_reader *reader)
{
    if (!reader->delivered)
        return;
    reader->delivered = false;
    reader->kind = WEFT__WS_CONTINUATION;
    weft_arena_reset(&reader->arena);
    weft_buffer_init(&reader->message, &reader->arena);
}

/* ---- the start of a frame ------------------------------------------------------------------- */

static weft__ws_event start_data(weft__ws_reader *reader, const weft__ws_frame *frame)
{
    bool continues = frame->opcode == WEFT__WS_CONTINUATION;
    bool begun = reader->kind != WEFT__WS_CONTINUATION;
    if (continues != begun)
        return fail(reader, WEFT_WEBSOCKET_PROTOCOL_ERROR,
                    begun ? "a new message before the last one is complete"
                          : "a continuation of nothing");
    if (!continues) {
        reader->kind = frame->opcode;
        reader->compressed = frame->compressed;
        reader->utf8.count = 0;
    }
    if (frame->length > reader->frame_limit)
        return fail(reader, WEFT_WEBSOCKET_TOO_BIG, "a frame beyond the limit");
    if (!reader->compressed && frame->length > reader->message_limit - reader->message.len)
        return fail(reader, WEFT_WEBSOCKET_TOO_BIG, "a message beyond the limit");
    return WEFT__WS_MORE;
}

static weft__ws_event start_frame(weft__ws_reader *reader)
{
    reader->in_payload = true;
    reader->got = 0;
    if (reader->frame.opcode < WEFT__WS_CLOSE)
        return start_data(reader, &reader->frame);
    reader->control_len = 0;
    return WEFT__WS_MORE;
}

/* Takes bytes until the head is complete. */
static weft__ws_event take_head(weft__ws_reader *reader, weft_str *bytes)
{
    const char *why;
    size_t size = reader->head_len + 1u; /* at least */
    while (reader->head_len < size && bytes->len != 0) {
        reader->head[reader->head_len++] = (uint8_t)*bytes->at;
        *bytes = weft_str_skip(*bytes, 1);
        size = weft__ws_head_read(reader->head, reader->head_len, reader->inflater != NULL,
                                  &reader->frame, &why);
        if (size == 0)
            return fail(reader, WEFT_WEBSOCKET_PROTOCOL_ERROR, why);
    }
    return reader->head_len == size ? start_frame(reader) : WEFT__WS_MORE;
}

/* ---- its payload ---------------------------------------------------------------------------- */

static weft__ws_event check_text(weft__ws_reader *reader, size_t from)
{
    weft_str piece = weft_str_skip(weft_buffer_str(&reader->message), from);
    if (reader->kind != WEFT__WS_TEXT || weft__ws_utf8_feed(&reader->utf8, piece))
        return WEFT__WS_MORE;
    return fail(reader, WEFT_WEBSOCKET_INVALID_DATA, "a text that is not UTF-8");
}

static weft__ws_event take_plain(weft__ws_reader *reader, weft_str piece)
{
    size_t before = reader->message.len;
    char *to = weft_buffer_reserve(&reader->message, piece.len);
    if (to == NULL)
        return fail(reader, WEFT_WEBSOCKET_INTERNAL_ERROR, "out of memory");
    weft__ws_mask(to, piece.at, piece.len, reader->frame.mask, reader->got);
    reader->message.len += piece.len;
    return check_text(reader, before);
}

/* What came out is checked first, so that the same message fails for the same reason however it is
 * cut. */
static weft__ws_event inflate(weft__ws_reader *reader, weft_str piece, bool last)
{
    size_t before = reader->message.len;
    weft__ws_inflated result = weft__ws_inflate(reader->inflater, piece, last,
                                                reader->message_limit, &reader->message);
    weft__ws_event event = check_text(reader, before);
    if (event != WEFT__WS_MORE)
        return event;
    switch (result) {
    case WEFT__WS_INFLATED: return WEFT__WS_MORE;
    case WEFT__WS_INFLATE_TOO_BIG:
        return fail(reader, WEFT_WEBSOCKET_TOO_BIG, "a message that inflates beyond the limit");
    case WEFT__WS_INFLATE_NO_MEMORY:
        return fail(reader, WEFT_WEBSOCKET_INTERNAL_ERROR, "out of memory");
    case WEFT__WS_INFLATE_CORRUPT: break;
    }
    return fail(reader, WEFT_WEBSOCKET_INVALID_DATA, "a message that does not inflate");
}

static weft__ws_event take_compressed(weft__ws_reader *reader, weft_str piece)
{
    WEFT__UNINITIALIZED char plain[PIECE];
    weft__ws_event event = WEFT__WS_MORE;
    for (size_t at = 0; at < piece.len && event == WEFT__WS_MORE; at += PIECE) {
        size_t len = piece.len - at < PIECE ? piece.len - at : PIECE;
        weft__ws_mask(plain, piece.at + at, len, reader->frame.mask, reader->got + at);
        event = inflate(reader, (weft_str){plain, len}, false);
    }
    return event;
}

/* Takes what of the payload is there. */
static weft__ws_event take_payload(weft__ws_reader *reader, weft_str *bytes)
{
    uint64_t left = reader->frame.length - reader->got;
    weft_str piece = {bytes->at, left < bytes->len ? (size_t)left : bytes->len};
    weft__ws_event event = WEFT__WS_MORE;
    if (piece.len == 0)
        return event;
    if (reader->frame.opcode >= WEFT__WS_CLOSE) {
        weft__ws_mask(reader->control + reader->got, piece.at, piece.len, reader->frame.mask,
                      reader->got);
        reader->control_len = (uint8_t)(reader->control_len + piece.len);
    } else {
        event = reader->compressed ? take_compressed(reader, piece) : take_plain(reader, piece);
    }
    reader->got += piece.len;
    *bytes = weft_str_skip(*bytes, piece.len);
    return event;
}

/* ---- its end -------------------------------------------------------------------------------- */

static weft__ws_event end_close(weft__ws_reader *reader)
{
    const uint8_t *payload = (const uint8_t *)reader->control;
    size_t len = reader->control_len;
    reader->code = WEFT_WEBSOCKET_NO_CODE;
    reader->control_len = 0;
    if (len == 0)
        return WEFT__WS_GOT_CLOSE;
    unsigned code = len > 1 ? (unsigned)payload[0] << 8 | payload[1] : 0;
    if (!weft__ws_code_valid(code))
        return fail(reader, WEFT_WEBSOCKET_PROTOCOL_ERROR, "a close code that is none");
    if (!weft_utf8_valid((weft_str){reader->control + 2, len - 2}))
        return fail(reader, WEFT_WEBSOCKET_INVALID_DATA, "a reason that is not UTF-8");
    reader->code = (uint16_t)code;
    reader->control_len = (uint8_t)(len - 2);
    memmove(reader->control, reader->control + 2, len - 2);
    return WEFT__WS_GOT_CLOSE;
}

static weft__ws_event end_message(weft__ws_reader *reader)
{
    weft__ws_event event = WEFT__WS_MORE;
    if (reader->compressed)
        event = inflate(reader, (weft_str){NULL, 0}, true);
    if (event != WEFT__WS_MORE)
        return event;
    if (!weft__ws_utf8_complete(&reader->utf8))
        return fail(reader, WEFT_WEBSOCKET_INVALID_DATA, "a text that ends within a character");
    reader->delivered = true;
    return WEFT__WS_GOT_MESSAGE;
}

static weft__ws_event end_frame(weft__ws_reader *reader)
{
    reader->in_payload = false;
    reader->head_len = 0;
    switch (reader->frame.opcode) {
    case WEFT__WS_CLOSE: return end_close(reader);
    case WEFT__WS_PING: return WEFT__WS_GOT_PING;
    case WEFT__WS_PONG: return WEFT__WS_GOT_PONG;
    default: return reader->frame.final ? end_message(reader) : WEFT__WS_MORE;
    }
}

weft__ws_event weft__ws_reader_feed(weft__ws_reader *reader, const char *bytes, size_t len,
                                    size_t *used)
{
    weft_str rest = {bytes, len};
    weft__ws_event event = WEFT__WS_MORE;
    forget_delivered(reader);
    *used = 0;
    if (reader->why != NULL)
        return WEFT__WS_FAILED;
    do {
        if (!reader->in_payload)
            event = take_head(reader, &rest);
        if (event == WEFT__WS_MORE && reader->in_payload)
            event = take_payload(reader, &rest);
        if (event == WEFT__WS_MORE && reader->in_payload && reader->got == reader->frame.length)
            event = end_frame(reader);
    } while (event == WEFT__WS_MORE && rest.len != 0);
    *used = len - rest.len;
    return event;
}
