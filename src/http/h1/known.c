/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/known.c: the fields that framing, routing and the connection depend on: Host,
 * Content-Length, Transfer-Encoding, Connection, Expect. They are told apart by length, then by
 * their letters.
 */
#include "http/classes.h"
#include "http/h1/head.h"
#include "http/h1/scan.h"

static WEFT_COLD bool refuse(weft__h1_head *head, weft_http_status status, const char *reason)
{
    weft__h1_refuse(head, status, reason);
    return false;
}

static WEFT_COLD bool bad(weft__h1_head *head, const char *reason)
{
    return refuse(head, WEFT_HTTP_BAD_REQUEST, reason);
}

/* 4 or 8 bytes. */
WEFT__INLINE uint64_t word(const char *at, size_t len)
{
    uint32_t half;
    uint64_t whole;
    if (len == sizeof half) {
        memcpy(&half, at, sizeof half);
        return half;
    }
    memcpy(&whole, at, sizeof whole);
    return whole;
}

/* Compares `len` bytes, 4 to 24 and constant, `step` at a time, with a text of lower-case letters
 * and '-'. OR 0x20 folds letters and, of the bytes that a field's name or value may hold, maps no
 * other onto them. */
WEFT__INLINE bool same(const char *at, const char *lower, size_t len, size_t step)
{
    const uint64_t fold = UINT64_C(0x2020202020202020) >> (64 - 8 * step);
    uint64_t differ = 0;
    for (size_t i = 0; i + step <= len; i += step)
        differ |= (word(at + i, step) | fold) ^ word(lower + i, step);
    differ |= (word(at + len - step, step) | fold) ^ word(lower + len - step, step);
    return differ == 0;
}

/* Kept out of line, so that weft__h1_known_field only jumps. */
#define HANDLER static __attribute__((noinline))

#define SAME(name, literal) \
    same((name).at, literal, sizeof(literal) - 1, sizeof(literal) > 8 ? 8 : 4)

HANDLER bool host(weft__h1_head *head, weft_str value)
{
    if (head->saw & WEFT__SAW_HOST)
        return bad(head, "more than one Host field");
    const weft_str known = head->request->host_known;
    if (known.len != 0 && weft_str_equal(value, known))
        value = known;
    else if (!weft__h1_host_valid(head->start, value))
        return bad(head, "a Host that is not a host with an optional port");
    head->saw |= WEFT__SAW_HOST;
    head->request->host = value;
    return true;
}

HANDLER bool content_length(weft__h1_head *head, weft_str value)
{
    enum { DIGITS_MAX = 18 }; /* always below 2^63 */
    if (head->saw & WEFT__SAW_LENGTH)
        return bad(head, "more than one Content-Length field");
    if (head->saw & WEFT__SAW_CODING)
        return bad(head, "both Transfer-Encoding and Content-Length");
    if (value.len == 0 || value.len > DIGITS_MAX)
        return bad(head, "a Content-Length that is empty or too large");
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!weft__http_digit(value.at[i]))
            return bad(head, "a Content-Length that is not one decimal number");
        length = length * 10 + (uint64_t)(value.at[i] - '0');
    }
    head->saw |= WEFT__SAW_LENGTH;
    head->request->framing = WEFT__BODY_LENGTH;
    head->request->content_length = length;
    return true;
}

/* The next element of a comma-separated list, without outer whitespace; false at the end. */
static bool element(weft_str *list, weft_str *out)
{
    if (list->at == NULL)
        return false;
    const char *comma = list->len ? memchr(list->at, ',', list->len) : NULL;
    *out = (weft_str){list->at, comma ? (size_t)(comma - list->at) : list->len};
    *list = comma ? (weft_str){comma + 1, list->len - out->len - 1} : (weft_str){NULL, 0};
    while (out->len && (out->at[0] == ' ' || out->at[0] == '\t'))
        *out = weft_str_skip(*out, 1);
    while (out->len && (out->at[out->len - 1] == ' ' || out->at[out->len - 1] == '\t'))
        out->len--;
    return true;
}

/* Anything but "chunked": 501 for well-formed codings of which one is unknown, else 400. */
static WEFT_COLD bool other_coding(weft__h1_head *head, weft_str value)
{
    bool chunked = false;
    weft_str rest = value, coding;
    while (element(&rest, &coding)) {
        if (!weft__http_token(coding))
            return bad(head, "a Transfer-Encoding that is not a list of codings");
        if (chunked)
            return bad(head, "a Transfer-Encoding in which chunked is not the last coding");
        chunked = weft_str_equal_nocase(coding, WEFT_STR("chunked"));
    }
    return refuse(head, WEFT_HTTP_NOT_IMPLEMENTED,
                  "a Transfer-Encoding with a coding other than chunked");
}

HANDLER bool transfer_encoding(weft__h1_head *head, weft_str value)
{
    if (head->saw & WEFT__SAW_CODING)
        return bad(head, "more than one Transfer-Encoding field");
    if (head->saw & WEFT__SAW_LENGTH)
        return bad(head, "both Content-Length and Transfer-Encoding");
    if (head->request->minor_version == 0)
        return bad(head, "Transfer-Encoding in HTTP/1.0");
    if (!weft_str_equal_nocase(value, WEFT_STR("chunked")))
        return other_coding(head, value);
    head->saw |= WEFT__SAW_CODING;
    head->request->framing = WEFT__BODY_CHUNKED;
    return true;
}

/* Fields that are meant for the recipient, which no hop may be told to remove (RFC 9110 7.6.1). */
static bool end_to_end(weft_str name)
{
    static const weft_str names[] = {
        {"host", 4},          {"content-length", 14},   {"transfer-encoding", 17},
        {"content-type", 12}, {"content-encoding", 16}, {"authorization", 13},
        {"cookie", 6},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (weft_str_equal_nocase(name, names[i]))
            return true;
    return false;
}

HANDLER bool connection(weft__h1_head *head, weft_str value)
{
    if (WEFT_LIKELY(value.len == 10 && SAME(value, "keep-alive"))) {
        head->saw |= WEFT__SAW_KEEP_ALIVE;
        return true;
    }
    weft_str rest = value, option;
    while (element(&rest, &option)) {
        if (option.len == 5 && SAME(option, "close"))
            head->saw |= WEFT__SAW_CLOSE;
        else if (option.len == 10 && SAME(option, "keep-alive"))
            head->saw |= WEFT__SAW_KEEP_ALIVE;
        else if (option.len != 0 && !weft__http_token(option))
            return bad(head, "a Connection that is not a list of tokens");
        else if (end_to_end(option))
            return bad(head, "a Connection that names an end-to-end field");
    }
    return true;
}

HANDLER bool expect(weft__h1_head *head, weft_str value)
{
    if (!weft_str_equal_nocase(value, WEFT_STR("100-continue")))
        return refuse(head, WEFT_HTTP_EXPECTATION_FAILED, "an Expect other than 100-continue");
    head->saw |= WEFT__SAW_EXPECT;
    return true;
}

bool weft__h1_known_field(weft__h1_head *head, weft_str name, weft_str value)
{
    switch (name.len) {
    case 4: return SAME(name, "host") ? host(head, value) : true;
    case 6: return SAME(name, "expect") ? expect(head, value) : true;
    case 10: return SAME(name, "connection") ? connection(head, value) : true;
    case 14: return SAME(name, "content-length") ? content_length(head, value) : true;
    case 17: return SAME(name, "transfer-encoding") ? transfer_encoding(head, value) : true;
    default: return true;
    }
}
