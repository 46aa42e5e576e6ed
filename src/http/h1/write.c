/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/write.c: responses on the wire (RFC 9112 sections 4 and 6). The size of the head is known
 * before the first byte is written, so that there is one check for room and then only copies.
 */
#include "base/digits.h"
#include "http/copy.h"
#include "http/h1/h1.h"

enum { DATE = 29, STATUS_CODES = 600, LINE_MAX_SIZE = 64 };

#define TEXT(to, literal) text((to), "" literal, sizeof(literal) - 1)

static inline char *text(char *to, const char *from, size_t len)
{
    memcpy(to, from, len);
    return to + len;
}

/* A status line with the name of the field after it, of a size that needs no call to be copied. */
typedef struct line {
    uint8_t len;
    char text[LINE_MAX_SIZE - 1];
} line;

/* NULL for a status not in the list. */
static const line *status_line(weft_http_status status)
{
#define LINE(value, phrase) "HTTP/1.1 " #value " " phrase "\r\nDate: "
    enum {
        NONE,
#define ROW(name, value, phrase) AT_##value,
        WEFT_HTTP_STATUSES(ROW) COUNT
#undef ROW
    };
    static const uint8_t places[STATUS_CODES] = {
#define ROW(name, value, phrase) [value] = AT_##value,
        WEFT_HTTP_STATUSES(ROW)
#undef ROW
    };
    static const line lines[COUNT] = {
#define ROW(name, value, phrase) \
    [AT_##value] = {sizeof(LINE(value, phrase)) - 1, LINE(value, phrase)},
        WEFT_HTTP_STATUSES(ROW)
#undef ROW
#undef LINE
    };
    unsigned place = (unsigned)status < STATUS_CODES ? places[status] : NONE;
    return place != NONE ? &lines[place] : NULL;
}

static WEFT_COLD char *numbered_line(char *to, weft_http_status status);

/* Room for the largest is there. */
static inline char *put_line(char *to, weft_http_status status)
{
    if (WEFT_LIKELY(status == WEFT_HTTP_OK))
        return TEXT(to, "HTTP/1.1 200 OK\r\nDate: ");
    const line *named = status_line(status);
    if (WEFT_UNLIKELY(named == NULL))
        return numbered_line(to, status);
    memcpy(to, named->text, sizeof named->text);
    return to + named->len;
}

/* A status without a name of its own is sent by number, with the empty phrase. */
static WEFT_COLD char *numbered_line(char *to, weft_http_status status)
{
    unsigned number = (unsigned)status % 1000;
    to = TEXT(to, "HTTP/1.1 ");
    *to++ = (char)('0' + number / 100);
    *to++ = (char)('0' + number / 10 % 10);
    *to++ = (char)('0' + number % 10);
    return TEXT(to, " \r\nDate: ");
}

/* 1xx, 204 and 304 have neither a body nor a Content-Length (RFC 9110 section 8.6). */
static inline bool bodiless(weft_http_status status)
{
    return WEFT_UNLIKELY(status != WEFT_HTTP_OK) &&
           (status < WEFT_HTTP_OK || status == WEFT_HTTP_NO_CONTENT ||
            status == WEFT_HTTP_NOT_MODIFIED);
}

bool weft__h1_body_follows(const weft_request *request, const weft_response *response)
{
    return request->method != WEFT_METHOD_HEAD && !bodiless(response->status);
}

/* Without a length: chunks; HTTP/1.0 has none, there the body ends with the connection. */
static WEFT_COLD char *framing_field(char *to, const weft_request *request)
{
    return request->minor_version == 0 ? to : TEXT(to, "Transfer-Encoding: chunked\r\n");
}

static char *content_fields(char *to, const weft_request *request, const weft_response *response)
{
    if (response->body_given && response->content_type.len != 0) {
        to = TEXT(to, "Content-Type: ");
        to = weft__copy_text(to, response->content_type);
        to = TEXT(to, "\r\n");
    }
    uint64_t length = response->body_given ? weft__response_length(response) : 0;
    if (WEFT_UNLIKELY(length == WEFT_LENGTH_UNKNOWN))
        return framing_field(to, request);
    to = TEXT(to, "Content-Length: ");
    if (WEFT_LIKELY(length < WEFT__EIGHT_DIGITS))
        to += weft__put_first_digits((uint32_t)length, to);
    else
        to += weft_u64_to_text(length, to);
    return TEXT(to, "\r\n");
}

static inline char *connection_field(char *to, const weft_request *request, bool close)
{
    if (close)
        return TEXT(to, "Connection: close\r\n");
    return request->minor_version == 0 ? TEXT(to, "Connection: keep-alive\r\n") : to;
}

/* An upper bound of the head's size. */
static inline size_t head_size(const weft_response *response)
{
    enum { FIXED = 256 }; /* all but what the handler chose */
    return FIXED + response->content_type.len + response->lines_size;
}

static char *write_head(char *to, const weft_request *request, const weft_response *response,
                        const char date[29], bool close)
{
    to = put_line(to, response->status);
    to = text(to, date, DATE);
    to = TEXT(to, "\r\n");
    if (!bodiless(response->status))
        to = content_fields(to, request, response);
    else if (response->status == WEFT_HTTP_SWITCHING_PROTOCOLS)
        to = TEXT(to, "Connection: upgrade\r\n");
    to = connection_field(to, request, close);
    for (size_t i = 0; i < response->field_count; i++)
        to = weft__copy_text(to, weft__response_line(&response->fields[i]));
    return TEXT(to, "\r\n");
}

/* Room for head and body at once, so that a response is written whole or not at all. */
static void write_all(weft_buffer *to, const weft_request *request, const weft_response *response,
                      const char date[29], bool close, bool body)
{
    size_t len = body ? response->body.len : 0;
    char *from = weft_buffer_reserve(to, head_size(response) + len);
    if (from == NULL)
        return;
    char *end = write_head(from, request, response, date, close);
    end = weft__copy_text(end, (weft_str){response->body.at, len});
    to->len += (size_t)(end - from);
}

void weft__h1_write_head(weft_buffer *to, const weft_request *request,
                         const weft_response *response, const char date[29], bool close)
{
    write_all(to, request, response, date, close, false);
}

void weft__h1_write(weft_buffer *to, const weft_request *request, const weft_response *response,
                    const char date[29], bool close)
{
    write_all(to, request, response, date, close,
              response->body_given && weft__h1_body_follows(request, response));
}
