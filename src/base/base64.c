/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/base64.c: base64 (RFC 4648), strict: one text for each string of bytes.
 */
#include <weft/value.h>

static const char common[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* ---- decoding -------------------------------------------------------------------------------- */

/* The six bits of a digit; -1 when it is none. */
static int bits_of(char byte, weft_base64 form)
{
    if (byte >= 'A' && byte <= 'Z')
        return byte - 'A';
    if (byte >= 'a' && byte <= 'z')
        return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9')
        return byte - '0' + 52;
    if (byte == (form == WEFT_BASE64 ? '+' : '-'))
        return 62;
    return byte == (form == WEFT_BASE64 ? '/' : '_') ? 63 : -1;
}

/* Takes the padding off; false when it is not what the form has. */
static bool take_padding(weft_str *text, weft_base64 form)
{
    if (form == WEFT_BASE64URL)
        return text->len % 4 != 1;
    if (text->len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text->len != 0 && text->at[text->len - 1] == '='; i++)
        text->len--;
    return true;
}

weft_error weft_base64_decode(weft_str text, weft_base64 form, weft_arena *arena, weft_bytes *out)
{
    if (!take_padding(&text, form))
        return WEFT_INVALID;
    uint8_t *to = weft_arena_alloc(arena, text.len / 4 * 3 + 3, 1);
    if (to == NULL)
        return WEFT_NO_MEMORY;
    size_t len = 0;
    uint32_t held = 0; /* bits read and not yet written: the lowest `count` */
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++) {
        int bits = bits_of(text.at[i], form);
        if (bits < 0)
            return WEFT_INVALID;
        held = held << 6 | (uint32_t)bits;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[len++] = (uint8_t)(held >> count);
        }
    }
    if ((held & ((1u << count) - 1)) != 0)
        return WEFT_INVALID;
    *out = (weft_bytes){to, len};
    return WEFT_OK;
}

/* ---- encoding -------------------------------------------------------------------------------- */

static char digit_of(uint32_t bits, weft_base64 form)
{
    bits &= 63;
    if (bits < 62)
        return common[bits];
    return form == WEFT_BASE64 ? "+/"[bits - 62] : "-_"[bits - 62];
}

size_t weft_base64_encode(weft_bytes bytes, weft_base64 form, char *to)
{
    char *at = to;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = (uint32_t)bytes.at[i] << 16;
        group |= count > 1 ? (uint32_t)bytes.at[i + 1] << 8 : 0;
        group |= count > 2 ? bytes.at[i + 2] : 0;
        for (size_t digit = 0; digit <= count; digit++)
            *at++ = digit_of(group >> (18 - 6 * digit), form);
        for (size_t digit = count; digit < 3 && form == WEFT_BASE64; digit++)
            *at++ = '=';
    }
    return (size_t)(at - to);
}
