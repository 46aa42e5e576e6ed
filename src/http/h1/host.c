/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/host.c: checks a host as a Host field or an absolute-form target names it (RFC 9110
 * section 7.2, RFC 3986 section 3.2.2): a registered name, an IPv4 address or an IP literal in
 * brackets, then optionally a port.
 */
#include "http/classes.h"
#include "http/h1/head.h"
#include "http/h1/scan.h"

enum { PORT_DIGITS_MAX = 5 };

/* The end of a registered name. */
static const char *name_end(const char *at, const char *end)
{
    while (at < end) {
        if (weft__http_is(*at, WEFT__NAME))
            at++;
        else if (*at == '%' && end - at >= 3 && weft__http_is(at[1], WEFT__HEX) &&
                 weft__http_is(at[2], WEFT__HEX))
            at += 3;
        else
            break;
    }
    return at;
}

/* The end of "[...]", or NULL. What is inside is only checked to be made of an IPv6 address's
 * bytes: nothing connects to it. */
static const char *literal_end(const char *at, const char *end)
{
    const char *from = ++at;
    while (at < end && (weft__http_is(*at, WEFT__HEX) || *at == ':' || *at == '.'))
        at++;
    return at > from && at < end && *at == ']' ? at + 1 : NULL;
}

static bool port_valid(const char *at, const char *end)
{
    if (end - at > PORT_DIGITS_MAX)
        return false;
    while (at < end && weft__http_digit(*at))
        at++;
    return at == end;
}

bool weft__h1_host_valid(const char *floor, weft_str host)
{
    if (host.len == 0)
        return true;
    const char *at = host.at, *end = host.at + host.len;
    if (*at == '[')
        at = literal_end(at, end);
    else
        at = name_end(weft__scan(floor, at, end, weft__stops_plain), end);
    if (at == NULL || (at < end && *at != ':'))
        return false;
    return at == end || (at > host.at && port_valid(at + 1, end));
}
