/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/attachment.c: Content-Disposition (RFC 6266), with the name of the file in the encoding of
 * RFC 8187 where plain ASCII does not hold it.
 */
#include "http/message.h"

/* Printable, and nothing to a parser of quoted strings or percent escapes. */
static bool plain(char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '%';
}

static bool filename_valid(weft_str name)
{
    if (name.len == 0 || name.len > WEFT_FILENAME_MAX || !weft_utf8_valid(name) ||
        weft_str_equal(name, WEFT_STR(".")) || weft_str_equal(name, WEFT_STR("..")))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = (uint8_t)name.at[i];
        bool c1 = c == 0xc2 && (uint8_t)name.at[i + 1] < 0xa0; /* U+0080 to U+009F */
        if (c < ' ' || c == 0x7f || c == '/' || c == '\\' || c1)
            return false;
    }
    return true;
}

/* One underscore for each character that is not plain; whether there was one. */
static bool write_ascii(weft_buffer *to, weft_str name)
{
    bool lost = false;
    for (size_t i = 0; i < name.len; i++) {
        bool continuation = ((uint8_t)name.at[i] & 0xc0) == 0x80;
        lost |= !plain(name.at[i]);
        if (!continuation)
            weft_buffer_append(to, plain(name.at[i]) ? &name.at[i] : "_", 1);
    }
    return lost;
}

/* RFC 8187 section 3.2.1: attr-char, which are letters, digits and these; the rest as %XX. */
static void write_encoded(weft_buffer *to, weft_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i], letter = (char)(c | 0x20);
        if ((letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') ||
            strchr("!#$&+-.^_`|~", c) != NULL)
            weft_buffer_append(to, &c, 1);
        else
            weft_buffer_printf(to, "%%%02X", (unsigned)(uint8_t)c);
    }
}

weft_error weft_response_attachment(weft_response *response, weft_str filename)
{
    weft_buffer to;
    if (!filename_valid(filename))
        return WEFT_INVALID;
    weft_buffer_init(&to, response->arena);
    weft_buffer_append_str(&to, WEFT_STR("attachment; filename=\""));
    bool lost = write_ascii(&to, filename);
    weft_buffer_append(&to, "\"", 1);
    if (lost) {
        weft_buffer_append_str(&to, WEFT_STR("; filename*=UTF-8''"));
        write_encoded(&to, filename);
    }
    if (to.failed)
        return WEFT_NO_MEMORY;
    return weft_response_header_set(response, WEFT_STR("Content-Disposition"),
                                    weft_buffer_str(&to));
}
