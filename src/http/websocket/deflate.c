/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/deflate.c: the streams behind permessage-deflate (RFC 7692 section 7.2).
 */
#include "http/websocket/deflate.h"
#include <stdlib.h>
#include <zlib.h>

enum {
    LEVEL = 1,           /* a third of the time of level 6 for a tenth more bytes, on JSON */
    MEMORY_LEVEL = 8,    /* zlib's default: 128 KiB beside the window */
    STEP = 4096,         /* bytes of output made room for at least */
    INPUT_MAX = 1 << 30, /* bytes that zlib is given at once; its counts are 32 bits */
};

/* What a sync flush ends with: left out on the wire. */
static const weft_str flush_end = {"\0\0\xff\xff", 4};

static void give(z_stream *stream, weft_str *piece)
{
    size_t len = piece->len < INPUT_MAX ? piece->len : INPUT_MAX;
    stream->next_in = (Bytef *)(uintptr_t)piece->at; /* zlib reads it only */
    stream->avail_in = (uInt)len;
    *piece = weft_str_skip(*piece, len);
}

/* ---- inflating ------------------------------------------------------------------------------ */

struct weft__ws_inflater {
    weft__ws_side side;
    bool open;
    z_stream stream;
};

weft__ws_inflater *weft__ws_inflater_create(weft__ws_side client)
{
    weft__ws_inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater != NULL)
        inflater->side = client;
    return inflater;
}

static void shut_inflater(weft__ws_inflater *inflater)
{
    if (inflater->open)
        inflateEnd(&inflater->stream);
    inflater->open = false;
}

void weft__ws_inflater_destroy(weft__ws_inflater *inflater)
{
    if (inflater != NULL)
        shut_inflater(inflater);
    free(inflater);
}

static bool open_inflater(weft__ws_inflater *inflater)
{
    if (inflater->open)
        return true;
    inflater->stream = (z_stream){0};
    inflater->open = inflateInit2(&inflater->stream, -(int)inflater->side.bits) == Z_OK;
    return inflater->open;
}

/* Room for output: as much as the input may well become, and one byte over the limit to see that
 * there is more. */
static bool make_room(z_stream *stream, size_t limit, weft_buffer *to)
{
    size_t left = limit - to->len, wanted = 4 * (size_t)stream->avail_in;
    wanted = wanted < STEP ? STEP : wanted;
    size_t room = left < wanted ? left + 1 : wanted;
    stream->next_out = (Bytef *)weft_buffer_reserve(to, room);
    stream->avail_out = (uInt)room;
    return stream->next_out != NULL;
}

static weft__ws_inflated run_inflater(z_stream *stream, size_t limit, weft_buffer *to)
{
    int result;
    do {
        if (!make_room(stream, limit, to))
            return WEFT__WS_INFLATE_NO_MEMORY;
        size_t room = stream->avail_out;
        result = inflate(stream, Z_SYNC_FLUSH);
        to->len += room - stream->avail_out;
        if (to->len > limit)
            return WEFT__WS_INFLATE_TOO_BIG;
        if (result == Z_STREAM_END) /* a sender may end the stream; what it may refer to stays */
            result = inflateResetKeep(stream);
        if (result == Z_MEM_ERROR)
            return WEFT__WS_INFLATE_NO_MEMORY;
        if (result != Z_OK && result != Z_BUF_ERROR)
            return WEFT__WS_INFLATE_CORRUPT;
    } while (stream->avail_in != 0 || stream->avail_out == 0);
    return WEFT__WS_INFLATED;
}

static weft__ws_inflated inflate_piece(z_stream *stream, weft_str piece, size_t limit,
                                       weft_buffer *to)
{
    weft__ws_inflated result = WEFT__WS_INFLATED;
    while (result == WEFT__WS_INFLATED && piece.len != 0) {
        give(stream, &piece);
        result = run_inflater(stream, limit, to);
    }
    return result;
}

weft__ws_inflated weft__ws_inflate(weft__ws_inflater *inflater, weft_str piece, bool last,
                                   size_t limit, weft_buffer *to)
{
    if (!open_inflater(inflater))
        return WEFT__WS_INFLATE_NO_MEMORY;
    weft__ws_inflated result = inflate_piece(&inflater->stream, piece, limit, to);
    if (last && result == WEFT__WS_INFLATED)
        result = inflate_piece(&inflater->stream, flush_end, limit, to);
    if (last && inflater->side.each_message)
        shut_inflater(inflater);
    return result;
}

/* ---- deflating ------------------------------------------------------------------------------ */

struct weft__ws_deflater {
    weft__ws_side side;
    bool open;
    z_stream stream;
};

weft__ws_deflater *weft__ws_deflater_create(weft__ws_side server)
{
    weft__ws_deflater *deflater = calloc(1, sizeof *deflater);
    if (deflater != NULL)
        deflater->side = server;
    return deflater;
}

static void shut_deflater(weft__ws_deflater *deflater)
{
    if (deflater->open)
        deflateEnd(&deflater->stream);
    deflater->open = false;
}

void weft__ws_deflater_destroy(weft__ws_deflater *deflater)
{
    if (deflater != NULL)
        shut_deflater(deflater);
    free(deflater);
}

/* A message by itself refers to nothing before it: a window as large as the message will do. */
static int bits_for(weft__ws_side side, uint64_t length)
{
    int bits = WEFT__WS_BITS_MIN;
    if (!side.each_message)
        return side.bits;
    while (bits < side.bits && length > UINT64_C(1) << bits)
        bits++;
    return bits;
}

weft_error weft__ws_deflate_begin(weft__ws_deflater *deflater, uint64_t length)
{
    if (deflater->side.each_message)
        shut_deflater(deflater); /* of a message that was not finished */
    if (deflater->open)
        return WEFT_OK;
    int bits = bits_for(deflater->side, length);
    int memory = bits - (WEFT__WS_BITS_MAX - MEMORY_LEVEL);
    deflater->stream = (z_stream){0};
    deflater->open = deflateInit2(&deflater->stream, LEVEL, Z_DEFLATED, -bits, memory,
                                  Z_DEFAULT_STRATEGY) == Z_OK;
    return deflater->open ? WEFT_OK : WEFT_NO_MEMORY;
}

static bool run_deflater(z_stream *stream, int flush, weft_buffer *to)
{
    do {
        size_t room = STEP;
        stream->next_out = (Bytef *)weft_buffer_reserve(to, room);
        stream->avail_out = (uInt)room;
        if (stream->next_out == NULL)
            return false;
        deflate(stream, flush); /* cannot fail but for want of work */
        to->len += room - stream->avail_out;
    } while (stream->avail_out == 0);
    return true;
}

weft_error weft__ws_deflate(weft__ws_deflater *deflater, weft_str piece, bool last, weft_buffer *to)
{
    size_t before = to->len;
    do {
        bool end = last && piece.len <= INPUT_MAX;
        give(&deflater->stream, &piece);
        if (!run_deflater(&deflater->stream, end ? Z_SYNC_FLUSH : Z_NO_FLUSH, to))
            return WEFT_NO_MEMORY;
    } while (piece.len != 0);
    if (last && to->len == before) /* empty, behind a flush: zlib sees nothing to do */
        weft_buffer_append(to, flush_end.at, 1);
    else if (last)
        to->len -= flush_end.len;
    if (last && deflater->side.each_message)
        shut_deflater(deflater);
    return to->failed ? WEFT_NO_MEMORY : WEFT_OK;
}
