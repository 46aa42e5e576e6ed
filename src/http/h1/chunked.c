/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/chunked.c: chunked bodies (RFC 9112 section 7.1). One state per place in the grammar, one
 * step per byte outside of the data, which is passed on in runs and never copied. No whitespace is
 * taken but after the ";" of an extension; every line ends with CR LF.
 */
#include "http/classes.h"
#include "http/h1/h1.h"

enum {
    SIZE,       /* before or in the hex digits; all zeroes starts here */
    EXT_NAME,   /* after ";", or in the name */
    EXT_VALUE,  /* after "=", or in a token */
    EXT_QUOTED, /* in "..." */
    EXT_ESCAPE, /* after the backslash */
    EXT_CLOSED, /* after the closing quote */
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* at the start of a line of the trailer section */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    END_LF,
    END,
};

typedef struct step {
    weft__h1_chunked *chunked;
    weft__h1_fault *fault;
} step;

static const weft__h1_limits *limits_of(const weft__h1_chunked *chunked)
{
    static const weft__h1_limits defaults = {.extension = WEFT__H1_CHUNK_EXTENSION_MAX,
                                             .overhead = WEFT__H1_CHUNK_OVERHEAD_MAX,
                                             .trailers = WEFT__H1_TRAILERS_MAX};
    return chunked->limits != NULL ? chunked->limits : &defaults;
}

static WEFT_COLD bool refuse(step s, const char *reason)
{
    *s.fault = (weft__h1_fault){WEFT_HTTP_BAD_REQUEST, reason};
    return false;
}

static bool to(step s, uint8_t state)
{
    s.chunked->state = state;
    return true;
}

/* ---- size line ------------------------------------------------------------------------------ */

static bool size(step s, char c)
{
    weft__h1_chunked *chunked = s.chunked;
    if (weft__http_is(c, WEFT__HEX)) {
        if (chunked->digits == WEFT__H1_CHUNK_DIGITS_MAX)
            return refuse(s, "a chunk size with too many digits");
        chunked->digits++;
        chunked->left = chunked->left << 4 | weft__http_hex(c);
        return true;
    }
    if (chunked->digits == 0)
        return refuse(s, "a chunk size that does not begin with a hex digit");
    chunked->line = 0;
    chunked->digits = 0;
    if (c == ';')
        return to(s, EXT_NAME);
    return c == '\r' ? to(s, SIZE_LF) : refuse(s, "a chunk size with a byte that is no hex digit");
}

/* Here `line` counts the bytes since the first ";", and `digits` says whether the present name or
 * value has begun. */
static bool extension_end(step s, char c)
{
    s.chunked->digits = 0;
    if (c == ';')
        return to(s, EXT_NAME);
    return c == '\r' ? to(s, SIZE_LF) : refuse(s, "a chunk extension that is malformed");
}

static bool extension_token(step s, char c)
{
    if (weft__http_is(c, WEFT__TOKEN)) {
        s.chunked->digits = 1;
        return true;
    }
    if (s.chunked->digits == 0)
        return refuse(s, "a chunk extension with an empty name or value");
    if (c == '=' && s.chunked->state == EXT_NAME) {
        s.chunked->digits = 0;
        return to(s, EXT_VALUE);
    }
    return extension_end(s, c);
}

static bool quotable(char c)
{
    return c == '\t' || ((uint8_t)c >= 0x20 && c != 0x7f);
}

static bool extension(step s, char c)
{
    weft__h1_chunked *chunked = s.chunked;
    if (++chunked->line > limits_of(chunked)->extension)
        return refuse(s, "chunk extensions longer than the limit");
    switch (chunked->state) {
    case EXT_NAME:
        if (chunked->digits == 0 && (c == ' ' || c == '\t'))
            return true;
        return extension_token(s, c);
    case EXT_VALUE:
        return c == '"' && chunked->digits == 0 ? to(s, EXT_QUOTED) : extension_token(s, c);
    case EXT_QUOTED:
        if (!quotable(c))
            return refuse(s, "a chunk extension with a control character");
        return to(s, c == '"' ? EXT_CLOSED : c == '\\' ? EXT_ESCAPE : EXT_QUOTED);
    case EXT_ESCAPE:
        return quotable(c) ? to(s, EXT_QUOTED)
                           : refuse(s, "a chunk extension with a control character");
    default: return extension_end(s, c);
    }
}

static bool size_end(step s)
{
    weft__h1_chunked *chunked = s.chunked;
    chunked->line = 0;
    if (chunked->left > UINT64_MAX - chunked->data)
        return refuse(s, "a body longer than any can be");
    return to(s, chunked->left ? DATA : TRAILER);
}

/* ---- trailer section ------------------------------------------------------------------------- */

static bool trailer_name(step s, char c)
{
    weft__h1_chunked *chunked = s.chunked;
    if (weft__http_is(c, WEFT__TOKEN)) {
        if (chunked->name_len < WEFT__H1_TRAILER_NAME_MAX)
            chunked->name[chunked->name_len] = c;
        if (chunked->name_len <= WEFT__H1_TRAILER_NAME_MAX)
            chunked->name_len++;
        return to(s, TRAILER_NAME);
    }
    if (c != ':' || chunked->name_len == 0)
        return refuse(s, "a trailer line that is not a field");
    if (chunked->name_len <= WEFT__H1_TRAILER_NAME_MAX &&
        !weft__trailer_allowed((weft_str){chunked->name, chunked->name_len}))
        return refuse(s, "a trailer field that must not be one");
    return to(s, TRAILER_VALUE);
}

static bool trailer(step s, char c)
{
    weft__h1_chunked *chunked = s.chunked;
    if (chunked->trailers != NULL)
        weft_buffer_append(chunked->trailers, &c, 1);
    if (++chunked->line > limits_of(chunked)->trailers) {
        *s.fault = (weft__h1_fault){WEFT_HTTP_HEADER_FIELDS_TOO_LARGE,
                                    "a trailer section longer than the limit"};
        return false;
    }
    switch (chunked->state) {
    case TRAILER: chunked->name_len = 0; return c == '\r' ? to(s, END_LF) : trailer_name(s, c);
    case TRAILER_NAME: return trailer_name(s, c);
    default:
        if (c == '\r')
            return to(s, TRAILER_LF);
        if (!quotable(c))
            return refuse(s, "a trailer field with a control character");
        return true;
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool exactly(step s, char c, char wanted, uint8_t next)
{
    return c == wanted ? to(s, next) : refuse(s, "a chunk or trailer that does not end with CR LF");
}

static bool take(step s, char c)
{
    switch (s.chunked->state) {
    case SIZE: return size(s, c);
    case SIZE_LF: return c == '\n' ? size_end(s) : exactly(s, c, '\n', DATA);
    case DATA_CR: return exactly(s, c, '\r', DATA_LF);
    case DATA_LF: return exactly(s, c, '\n', SIZE);
    case TRAILER:
    case TRAILER_NAME:
    case TRAILER_VALUE: return trailer(s, c);
    case TRAILER_LF: return exactly(s, c, '\n', TRAILER);
    case END_LF: return exactly(s, c, '\n', END);
    default: return extension(s, c);
    }
}

/* Many tiny chunks cost the server more than the client: each byte that is not data is paid from a
 * fixed allowance and from the data received so far. */
static bool wasteful(const weft__h1_chunked *chunked)
{
    enum { FAIR_OVERHEAD = 6 }; /* "10\r\n" and the CR LF after the data */
    uint64_t earned = chunked->data / WEFT__H1_CHUNK_FAIR;
    uint64_t allowance = limits_of(chunked)->overhead;
    return chunked->overhead > allowance &&
           (chunked->overhead - allowance) / FAIR_OVERHEAD > earned;
}

static weft_str data_run(weft__h1_chunked *chunked, const char *at, size_t len)
{
    size_t run = chunked->left < len ? (size_t)chunked->left : len;
    chunked->left -= run;
    chunked->data += run;
    if (chunked->left == 0)
        chunked->state = DATA_CR;
    return (weft_str){at, run};
}

weft__h1_outcome weft__h1_chunked_take(weft__h1_chunked *chunked, const char *bytes, size_t len,
                                       size_t *used, weft_str *data, weft__h1_fault *fault)
{
    step s = {chunked, fault};
    size_t i = 0;
    *data = (weft_str){NULL, 0};
    while (i < len && data->len == 0 && chunked->state != END) {
        if (chunked->state == DATA) {
            *data = data_run(chunked, bytes + i, len - i);
            i += data->len;
            continue;
        }
        chunked->overhead++;
        bool taken = take(s, bytes[i++]);
        if (taken && chunked->state < TRAILER && wasteful(chunked))
            taken = refuse(s, "a chunked body in too many small pieces");
        if (!taken) {
            *used = i;
            return WEFT__H1_BAD;
        }
    }
    *used = i;
    return chunked->state == END ? WEFT__H1_DONE : WEFT__H1_PARTIAL;
}

bool weft__h1_chunked_ended(const weft__h1_chunked *chunked)
{
    return chunked->state == END;
}
