/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/frame.c: frames, byte for byte (RFC 6455 section 5.2). Strict: what a client may
 * not send is refused as soon as the byte that says so is there.
 */
#include "http/websocket/codec.h"
#include <weft/check.h>

enum {
    FINAL = 0x80,  /* of the first byte */
    RSV1 = 0x40,   /* a compressed message begins */
    RSV23 = 0x30,  /* nothing that we know */
    MASKED = 0x80, /* of the second */
    MEDIUM = 126,  /* a length of 2 bytes follows */
    LONG = 127,    /* a length of 8 bytes follows */
};

/* ---- reading -------------------------------------------------------------------------------- */

static bool is_control(weft__ws_opcode opcode)
{
    return opcode >= WEFT__WS_CLOSE;
}

/* What is wrong with the first byte, or NULL. */
static const char *judge_first(uint8_t first, bool may_compress)
{
    unsigned opcode = first & 0x0f;
    bool control = is_control(opcode);
    if (first & RSV23)
        return "a reserved bit is set";
    if (opcode > WEFT__WS_PONG || (opcode > WEFT__WS_BINARY && !control))
        return "an opcode that is not defined";
    if (control && !(first & FINAL))
        return "a control frame in fragments";
    bool starts = opcode == WEFT__WS_TEXT || opcode == WEFT__WS_BINARY;
    if ((first & RSV1) && !(may_compress && starts))
        return "compression that was not agreed on";
    return NULL;
}

static const char *judge_second(uint8_t first, uint8_t second)
{
    if (!(second & MASKED))
        return "a frame that is not masked";
    if (is_control(first & 0x0f) && (second & ~MASKED) > WEFT__WS_CONTROL_MAX)
        return "a control frame of more than 125 bytes";
    return NULL;
}

static uint64_t load_length(const uint8_t *at, size_t count)
{
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length = length << 8 | at[i];
    return length;
}

/* Only the shortest form of a length is one (section 5.2). */
static const char *judge_length(uint64_t length, size_t bytes)
{
    if (length >> 63)
        return "a length with its highest bit set";
    if ((bytes == 2 && length < MEDIUM) || (bytes == 8 && length <= UINT16_MAX))
        return "a length in more bytes than it needs";
    return NULL;
}

size_t weft__ws_head_read(const uint8_t *head, size_t len, bool may_compress, weft__ws_frame *frame,
                          const char **why)
{
    *why = len > 0 ? judge_first(head[0], may_compress) : NULL;
    if (*why == NULL && len > 1)
        *why = judge_second(head[0], head[1]);
    if (*why != NULL)
        return 0;
    if (len < 2)
        return 2;

    uint64_t length = head[1] & 0x7f;
    size_t extra = length == MEDIUM ? 2 : length == LONG ? 8 : 0;
    if (extra != 0 && len >= 2 + extra) {
        length = load_length(head + 2, extra);
        *why = judge_length(length, extra);
        if (*why != NULL)
            return 0;
    }
    size_t size = 2 + extra + sizeof frame->mask;
    if (len >= size) {
        *frame = (weft__ws_frame){.opcode = head[0] & 0x0f,
                                  .final = (head[0] & FINAL) != 0,
                                  .compressed = (head[0] & RSV1) != 0,
                                  .length = length};
        memcpy(frame->mask, head + 2 + extra, sizeof frame->mask);
    }
    return size;
}

/* ---- writing -------------------------------------------------------------------------------- */

size_t weft__ws_head_write(const weft__ws_frame *frame, uint8_t to[WEFT__WS_HEAD_OUT_MAX])
{
    uint64_t length = frame->length;
    size_t extra = length < MEDIUM ? 0 : length <= UINT16_MAX ? 2 : 8;
    to[0] = (uint8_t)((frame->final ? FINAL : 0) | (frame->compressed ? RSV1 : 0) |
                      (unsigned)frame->opcode);
    to[1] = extra == 0 ? (uint8_t)length : extra == 2 ? MEDIUM : LONG;
    for (size_t i = 0; i < extra; i++)
        to[2 + i] = (uint8_t)(length >> 8 * (extra - 1 - i));
    return 2 + extra;
}

/* ---- masking -------------------------------------------------------------------------------- */

typedef uint8_t block __attribute__((vector_size(16))); /* SSE2, NEON, or what there is */

void weft__ws_mask(char *to, const char *from, size_t len, const uint8_t mask[4], uint64_t offset)
{
    uint8_t key[sizeof(block)];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = mask[(offset + i) % 4];
    block wide, bytes;
    memcpy(&wide, key, sizeof wide);
    size_t i = 0;
    for (; len - i >= sizeof bytes; i += sizeof bytes) {
        memcpy(&bytes, from + i, sizeof bytes);
        bytes ^= wide;
        memcpy(to + i, &bytes, sizeof bytes);
    }
    for (; i < len; i++)
        to[i] = (char)((uint8_t)from[i] ^ key[i % sizeof key]);
}

/* ---- close ---------------------------------------------------------------------------------- */

bool weft__ws_code_valid(unsigned code)
{
    if (code >= 3000)
        return code <= 4999;
    return code >= WEFT_WEBSOCKET_NORMAL && code <= WEFT_WEBSOCKET_BAD_GATEWAY && code != 1004 &&
           code != WEFT_WEBSOCKET_NO_CODE && code != WEFT_WEBSOCKET_ABNORMAL;
}

size_t weft__ws_close_write(uint16_t code, weft_str reason, char to[WEFT__WS_CONTROL_MAX])
{
    if (code == WEFT_WEBSOCKET_NO_CODE)
        return 0;
    if (!weft_utf8_valid(reason))
        reason.len = 0;
    if (reason.len > WEFT_WEBSOCKET_REASON_MAX) {
        reason.len = WEFT_WEBSOCKET_REASON_MAX;
        while ((reason.at[reason.len] & 0xc0) == 0x80)
            reason.len--;
    }
    to[0] = (char)(code >> 8);
    to[1] = (char)(code & 0xff);
    if (reason.len != 0)
        memcpy(to + 2, reason.at, reason.len);
    return 2 + reason.len;
}
