/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/value.c: times, dates, UUIDs, decimals and bytes, which are strings of a certain form; and
 * values that pass through unread.
 */
#include "json/reader.h"

/* ---- reading --------------------------------------------------------------------------------- */

static WEFT_COLD void add_form(weft_json_reader *reader, weft_form form)
{
    weft_violations_add_form(reader->violations, "body", weft_json_pointer(reader), form);
}

#define READ_VALUE(name, type, form)                                \
    bool weft_json_read_##name(weft_json_reader *reader, type *out) \
    {                                                               \
        weft_str text;                                              \
        if (!weft_json_read_str(reader, &text))                     \
            return false;                                           \
        bool good = weft_##name##_from_text(text, out);             \
        if (!good)                                                  \
            add_form(reader, form);                                 \
        return good;                                                \
    }
WEFT_TEXT_VALUES(READ_VALUE)

static bool read_base64(weft_json_reader *reader, weft_base64 form, weft_bytes *out)
{
    weft_str text;
    if (!weft_json_read_str(reader, &text))
        return false;
    weft_error error = weft_base64_decode(text, form, reader->arena, out);
    if (error == WEFT_NO_MEMORY)
        weft__json_no_memory(reader);
    else if (error != WEFT_OK)
        add_form(reader, form == WEFT_BASE64 ? WEFT_FORM_BASE64 : WEFT_FORM_BASE64URL);
    return error == WEFT_OK;
}

bool weft_json_read_bytes(weft_json_reader *reader, weft_bytes *out)
{
    return read_base64(reader, WEFT_BASE64, out);
}

bool weft_json_read_bytes_url(weft_json_reader *reader, weft_bytes *out)
{
    return read_base64(reader, WEFT_BASE64URL, out);
}

bool weft_json_read_raw(weft_json_reader *reader, weft_json_raw *out)
{
    (void)weft__json_peek(reader);
    const char *start = reader->at;
    weft_json_skip(reader);
    if (weft_json_ok(reader))
        out->text = (weft_str){start, (size_t)(reader->at - start)};
    return weft_json_ok(reader);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Puts quotes around the `len` bytes after `at`. */
static char *quote(char *at, size_t len)
{
    if (len == 0)
        return weft_json_put(at, "null", 4);
    at[0] = '"';
    at[len + 1] = '"';
    return at + len + 2;
}

char *weft_json_put_timestamp(char *at, weft_timestamp value)
{
    return quote(at, weft_timestamp_to_text(value, at + 1));
}

char *weft_json_put_date(char *at, weft_date value)
{
    return quote(at, weft_date_to_text(value, at + 1));
}

char *weft_json_put_uuid(char *at, weft_uuid value)
{
    return quote(at, weft_uuid_to_text(value, at + 1));
}

char *weft__json_put_base64(weft_buffer *to, const char *at, weft_bytes value, weft_base64 form,
                            size_t more)
{
    weft_json_commit(to, at);
    size_t size = weft_base64_size(value.len);
    char *text = weft_buffer_reserve(to, size < SIZE_MAX - 2 - more ? size + 2 + more : SIZE_MAX);
    if (text == NULL)
        return NULL;
    text[0] = '"';
    size_t len = weft_base64_encode(value, form, text + 1);
    text[len + 1] = '"';
    return text + len + 2;
}
