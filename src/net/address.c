/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/address.c: addresses from text and to text.
 */
#include "net/address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

_Static_assert(sizeof(struct sockaddr_in6) <= sizeof(((weft_address *)0)->bytes),
               "weft_address holds every address of the internet families");

socklen_t weft__address_to_system(const weft_address *address, struct sockaddr_storage *to)
{
    *to = (struct sockaddr_storage){0};
    memcpy(to, address->bytes, address->len);
    return address->len;
}

weft_address weft__address_from_system(const struct sockaddr_storage *from)
{
    weft_address address = {0};
    if (from->ss_family == AF_INET)
        address.len = sizeof(struct sockaddr_in);
    else if (from->ss_family == AF_INET6)
        address.len = sizeof(struct sockaddr_in6);
    memcpy(address.bytes, from, address.len);
    return address;
}

static bool parse_port(const char *text, in_port_t *port)
{
    unsigned value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *port = htons((uint16_t)value);
    return true;
}

/* Copies text[0..len) with a terminator, as inet_pton wants it. */
static bool copy_host(char host[INET6_ADDRSTRLEN], const char *text, size_t len)
{
    if (len >= INET6_ADDRSTRLEN)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    return true;
}

static bool parse_v6(const char *text, const char *colon, struct sockaddr_storage *out)
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (colon - text < 2 || colon[-1] != ']' ||
        !copy_host(host, text + 1, (size_t)(colon - text) - 2) ||
        inet_pton(AF_INET6, host, &v6.sin6_addr) != 1 || !parse_port(colon + 1, &v6.sin6_port))
        return false;
    memcpy(out, &v6, sizeof v6);
    return true;
}

static bool parse_v4(const char *text, const char *colon, struct sockaddr_storage *out)
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in v4 = {.sin_family = AF_INET}; /* all zeroes: every interface */
    if (!copy_host(host, text, (size_t)(colon - text)) ||
        (*host && inet_pton(AF_INET, host, &v4.sin_addr) != 1) ||
        !parse_port(colon + 1, &v4.sin_port))
        return false;
    memcpy(out, &v4, sizeof v4);
    return true;
}

weft_error weft_address_parse(const char *text, weft_address *out)
{
    const char *colon = strrchr(text, ':');
    struct sockaddr_storage system = {0};
    if (!colon || !(*text == '[' ? parse_v6 : parse_v4)(text, colon, &system))
        return WEFT_ADDRESS;
    *out = weft__address_from_system(&system);
    return WEFT_OK;
}

weft_str weft_address_format(const weft_address *address, char to[WEFT_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_storage system;
    weft__address_to_system(address, &system);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)&system;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)&system;
    int len = 0;
    if (system.ss_family == AF_INET && inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host))
        len = snprintf(to, WEFT_ADDRESS_TEXT, "%s:%u", host, ntohs(v4->sin_port));
    else if (system.ss_family == AF_INET6 && inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host))
        len = snprintf(to, WEFT_ADDRESS_TEXT, "[%s]:%u", host, ntohs(v6->sin6_port));
    else
        *to = '\0';
    return (weft_str){to, (size_t)len};
}
