/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/utf8.c: text that comes in pieces, checked as it comes: a message that cannot
 * become valid any more is refused before its end.
 */
#include "base/utf8.h"
#include "http/websocket/codec.h"
#include <weft/check.h>

/* Bytes of the character that begins with `first`; 0 when none does. */
static size_t sequence_length(char first)
{
    unsigned byte = (unsigned char)first;
    if (byte < 0x80)
        return 1;
    if (byte < 0xc2 || byte > 0xf4)
        return 0;
    return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/* Whether the beginning of a character can be completed. The second byte is the last that the first
 * one restricts beyond 0x80 to 0xbf. */
static bool completable(const char *at, size_t count)
{
    size_t length = sequence_length(at[0]);
    if (count < 2 || length <= count)
        return length != 0;
    char whole[4] = {at[0], at[1], (char)0x80, (char)0x80};
    if (count == 3)
        whole[2] = at[2];
    return weft__utf8_sequence(whole, whole + length) == length;
}

/* Completes the character that has begun, as far as the piece goes. */
static bool complete_held(weft__ws_utf8 *text, weft_str *piece)
{
    size_t length = sequence_length(text->held[0]);
    while (text->count < length && piece->len != 0) {
        text->held[text->count++] = *piece->at;
        *piece = weft_str_skip(*piece, 1);
    }
    if (text->count < length)
        return completable(text->held, text->count);
    text->count = 0;
    return weft__utf8_sequence(text->held, text->held + length) == length;
}

/* Bytes at the end of the piece that begin a character and do not complete it. */
static size_t unfinished(weft_str piece)
{
    for (size_t back = 1; back <= 3 && back <= piece.len; back++) {
        char byte = piece.at[piece.len - back];
        if ((byte & 0xc0) != 0x80)
            return sequence_length(byte) > back ? back : 0;
    }
    return 0;
}

bool weft__ws_utf8_feed(weft__ws_utf8 *text, weft_str piece)
{
    if (text->count != 0 && piece.len != 0 && !complete_held(text, &piece))
        return false;
    size_t rest = unfinished(piece);
    if (rest == 0)
        return weft_utf8_valid(piece);
    const char *tail = piece.at + piece.len - rest;
    memcpy(text->held, tail, rest);
    text->count = (uint8_t)rest;
    return completable(tail, rest) && weft_utf8_valid((weft_str){piece.at, piece.len - rest});
}
