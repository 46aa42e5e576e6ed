/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/address.c: addresses from text and to text.
 */
#include "net/address.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>
#include <weft/check.h>

#define UNIX_PREFIX "unix:"
enum { PATH_AT = offsetof(struct sockaddr_un, sun_path) };

_Static_assert(sizeof(struct sockaddr_un) == sizeof(((weft_address *)0)->bytes),
               "weft_address holds every address of the families it knows");
_Static_assert(sizeof UNIX_PREFIX + sizeof(struct sockaddr_un) <= WEFT_ADDRESS_TEXT,
               "WEFT_ADDRESS_TEXT holds the longest path");
_Static_assert(sizeof(struct sockaddr_in6) <= sizeof(((weft__peer *)0)->bytes),
               "weft__peer holds every address of the internet families");

socklen_t weft__address_to_system(const weft_address *address, struct sockaddr_storage *to)
{
    *to = (struct sockaddr_storage){0};
    memcpy(to, address->bytes, address->len);
    return address->len;
}

weft_address weft__address_from_system(const struct sockaddr_storage *from, socklen_t len)
{
    weft_address address = {0};
    bool known = from->ss_family == AF_INET || from->ss_family == AF_INET6 ||
                 from->ss_family == AF_UNIX;
    if (!known || len < sizeof from->ss_family)
        return address;
    address.len = (uint8_t)(len < sizeof address.bytes ? len : sizeof address.bytes);
    memcpy(address.bytes, from, address.len);
    return address;
}

sa_family_t weft__address_family(const weft_address *address)
{
    sa_family_t family = AF_UNSPEC;
    if (address->len >= sizeof family)
        memcpy(&family, address->bytes, sizeof family);
    return family;
}

const char *weft__address_path(const weft_address *address)
{
    bool named = weft__address_family(address) == AF_UNIX && address->len > PATH_AT &&
                 address->bytes[PATH_AT] != '\0';
    return named ? (const char *)address->bytes + PATH_AT : NULL;
}

weft__peer weft__peer_keep(const weft_address *address)
{
    weft__peer peer = {0};
    peer.len = weft__address_family(address) == AF_UNIX ? PATH_AT : address->len;
    memcpy(peer.bytes, address->bytes, peer.len);
    return peer;
}

void weft__peer_show(const weft__peer *peer, weft_address *to)
{
    memcpy(to->bytes, peer->bytes, sizeof peer->bytes);
    to->len = peer->len;
}

/* ---- from text ------------------------------------------------------------------------------ */

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

/* Each parser answers the length of the address, or 0: it is none. */

/* Copies text[0..len) with a terminator, as inet_pton wants it. */
static bool copy_host(char host[INET6_ADDRSTRLEN], const char *text, size_t len)
{
    if (len >= INET6_ADDRSTRLEN)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    return true;
}

static socklen_t parse_v6(const char *text, const char *colon, struct sockaddr_storage *out)
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (colon - text < 2 || colon[-1] != ']' ||
        !copy_host(host, text + 1, (size_t)(colon - text) - 2) ||
        inet_pton(AF_INET6, host, &v6.sin6_addr) != 1 || !parse_port(colon + 1, &v6.sin6_port))
        return 0;
    memcpy(out, &v6, sizeof v6);
    return sizeof v6;
}

static socklen_t parse_v4(const char *text, const char *colon, struct sockaddr_storage *out)
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in v4 = {.sin_family = AF_INET}; /* all zeroes: every interface */
    if (!copy_host(host, text, (size_t)(colon - text)) ||
        (*host && inet_pton(AF_INET, host, &v4.sin_addr) != 1) ||
        !parse_port(colon + 1, &v4.sin_port))
        return 0;
    memcpy(out, &v4, sizeof v4);
    return sizeof v4;
}

/* A path counts with its terminator; an abstract name, whose first byte is NUL, has none. */
static socklen_t parse_unix(const char *name, struct sockaddr_storage *out)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    bool abstract = *name == '@';
    if (len <= abstract || len >= sizeof un.sun_path)
        return 0;
    memcpy(un.sun_path, name, len);
    if (abstract)
        un.sun_path[0] = '\0';
    memcpy(out, &un, sizeof un);
    return (socklen_t)(PATH_AT + len + !abstract);
}

weft_error weft_address_parse(const char *text, weft_address *out)
{
    struct sockaddr_storage system = {0};
    const char *colon = strrchr(text, ':');
    socklen_t len = 0;
    if (strncmp(text, UNIX_PREFIX, sizeof UNIX_PREFIX - 1) == 0)
        len = parse_unix(text + sizeof UNIX_PREFIX - 1, &system);
    else if (colon)
        len = (*text == '[' ? parse_v6 : parse_v4)(text, colon, &system);
    if (len == 0)
        return WEFT_ADDRESS;
    *out = weft__address_from_system(&system, len);
    return WEFT_OK;
}

/* ---- to text -------------------------------------------------------------------------------- */

/* By hand, for it stands in every line of the access log. */
static size_t format_v4(const weft_address *address, char *to)
{
    struct sockaddr_in v4;
    uint8_t bytes[4];
    memcpy(&v4, address->bytes, sizeof v4);
    memcpy(bytes, &v4.sin_addr, sizeof bytes);
    char *at = to;
    for (size_t i = 0; i < sizeof bytes; i++) {
        at += weft_u64_to_text(bytes[i], at);
        *at++ = i < sizeof bytes - 1 ? '.' : ':';
    }
    at += weft_u64_to_text(ntohs(v4.sin_port), at);
    return (size_t)(at - to);
}

static size_t format_v6(const weft_address *address, char *to)
{
    struct sockaddr_in6 v6;
    char host[INET6_ADDRSTRLEN];
    memcpy(&v6, address->bytes, sizeof v6);
    if (!inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host))
        return 0;
    return (size_t)snprintf(to, WEFT_ADDRESS_TEXT, "[%s]:%u", host, ntohs(v6.sin6_port));
}

static size_t format_unix(const weft_address *address, char *to)
{
    const char *path = weft__address_path(address);
    size_t prefix = sizeof UNIX_PREFIX - 1,
           len = address->len > PATH_AT ? address->len - PATH_AT : 0;
    if (path)
        len = strnlen(path, len);
    memcpy(to, UNIX_PREFIX, prefix);
    memcpy(to + prefix, address->bytes + PATH_AT, len);
    if (len > 0 && !path)
        to[prefix] = '@';
    return prefix + len;
}

weft_str weft_address_format(const weft_address *address, char to[WEFT_ADDRESS_TEXT])
{
    size_t len = 0;
    switch (weft__address_family(address)) {
    case AF_INET: len = format_v4(address, to); break;
    case AF_INET6: len = format_v6(address, to); break;
    case AF_UNIX: len = format_unix(address, to); break;
    default: break;
    }
    to[len] = '\0';
    return (weft_str){to, len};
}
