/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/extension.c: the agreement on permessage-deflate (RFC 7692 section 7.1). A client
 * lists offers by preference; the first that can be met as it stands is taken.
 */
#include "http/message.h"
#include "http/websocket/deflate.h"
#include <stdio.h>
#include <weft/check.h>

/* One "; name" or "; name=value" of an offer. */
typedef struct parameter {
    weft_str name, value; /* value.at NULL: there is none */
} parameter;

/* Without the quotes that a value may stand in; escapes are of no use in these values. */
static weft_str unquoted(weft_str value)
{
    if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
        return (weft_str){value.at + 1, value.len - 2};
    return value;
}

static parameter take_parameter(weft_str *offer)
{
    weft_str value = weft__trim(weft__cut(offer, ';'));
    weft_str name = weft__trim(weft__cut(&value, '='));
    return (parameter){name, unquoted(weft__trim(value))};
}

/* The window that a value asks for; 0 when it is none. */
static uint8_t bits_of(weft_str value)
{
    uint64_t bits;
    return weft_text_to_u64(value, WEFT__WS_BITS_MAX, &bits) && bits >= 8 ? (uint8_t)bits : 0;
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/* Each parameter once, see section 7.1. */
enum {
    SERVER_ALONE = 1,
    CLIENT_ALONE = 2,
    SERVER_BITS = 4,
    CLIENT_BITS = 8,
};

static unsigned kind_of(weft_str name)
{
    static const struct {
        weft_str name;
        unsigned kind;
    } known[] = {{{"server_no_context_takeover", 26}, SERVER_ALONE},
                 {{"client_no_context_takeover", 26}, CLIENT_ALONE},
                 {{"server_max_window_bits", 22}, SERVER_BITS},
                 {{"client_max_window_bits", 22}, CLIENT_BITS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (weft_str_equal_nocase(name, known[i].name))
            return known[i].kind;
    return 0;
}

/* False when the server cannot do what the parameter asks for. */
static bool meet(parameter asked, unsigned kind, weft__ws_terms *agreed)
{
    uint8_t bits = bits_of(asked.value);
    switch (kind) {
    case SERVER_ALONE: agreed->server.each_message = true; return asked.value.at == NULL;
    case CLIENT_ALONE: agreed->client.each_message = true; return asked.value.at == NULL;
    case SERVER_BITS:
        agreed->server_bits_asked = true;
        agreed->server.bits = least(agreed->server.bits, bits);
        return bits >= WEFT__WS_BITS_MIN;
    case CLIENT_BITS:
        agreed->client_bits_allowed = true;
        if (asked.value.at == NULL)
            return true;
        agreed->client.bits = least(agreed->client.bits, bits);
        return bits != 0;
    default: return false;
    }
}

static bool meet_offer(weft_str offer, weft__ws_terms *agreed)
{
    weft_str name = weft__trim(weft__cut(&offer, ';'));
    unsigned seen = 0;
    if (!weft_str_equal_nocase(name, WEFT_STR("permessage-deflate")))
        return false;
    while (offer.at != NULL) {
        parameter asked = take_parameter(&offer);
        unsigned kind = kind_of(asked.name);
        if ((seen & kind) != 0 || !meet(asked, kind, agreed))
            return false;
        seen |= kind;
    }
    /* A client that does not know client_max_window_bits uses the largest window. */
    if (!agreed->client_bits_allowed)
        agreed->client.bits = WEFT__WS_BITS_MAX;
    return true;
}

bool weft__ws_terms_agree(weft_str offers, const weft__ws_terms *wish, weft__ws_terms *agreed)
{
    while (wish->on && offers.len != 0) {
        *agreed = *wish;
        if (meet_offer(weft__trim(weft__cut(&offers, ',')), agreed))
            return true;
    }
    *agreed = (weft__ws_terms){.on = false};
    return false;
}

size_t weft__ws_terms_write(const weft__ws_terms *agreed, char to[WEFT__WS_EXTENSION_MAX])
{
    char server_bits[32] = "", client_bits[32] = "";
    if (agreed->server_bits_asked || agreed->server.bits < WEFT__WS_BITS_MAX)
        (void)snprintf(server_bits, sizeof server_bits, "; server_max_window_bits=%u",
                       agreed->server.bits);
    if (agreed->client.bits < WEFT__WS_BITS_MAX)
        (void)snprintf(client_bits, sizeof client_bits, "; client_max_window_bits=%u",
                       agreed->client.bits);
    int len = snprintf(to, WEFT__WS_EXTENSION_MAX, "permessage-deflate%s%s%s%s",
                       agreed->server.each_message ? "; server_no_context_takeover" : "",
                       agreed->client.each_message ? "; client_no_context_takeover" : "",
                       server_bits, client_bits);
    return (size_t)len;
}
