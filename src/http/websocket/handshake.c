/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/websocket/handshake.c: how a request becomes a conversation (RFC 6455 section 4.2), and who
 * may not: a page of another site, unless it is allowed by name. A browser sends cookies with every
 * handshake, whatever page asks for it, and does not ask the server before, as it does with fetch.
 */
#include "http/message.h"
#include "http/websocket/socket.h"
#include <openssl/evp.h>
#include <weft/check.h>
#include <weft/log.h>
#include <weft/value.h>

enum {
    KEY_BYTES = 16,
    SHA1_BYTES = 20,
    ACCEPT_SIZE = 28, /* of base64 */
};

/* ---- options -------------------------------------------------------------------------------- */

/* The next element of a list that commas separate; empty ones are passed over. */
static weft_str take_element(weft_str *list)
{
    weft_str element = {NULL, 0};
    while (element.len == 0 && list->len != 0)
        element = weft__trim(weft__cut(list, ','));
    return element;
}

static const char *check_options(const weft_websocket_options *options)
{
    weft_str protocols = weft_str_from(options->protocols);
    for (weft_str name; (name = take_element(&protocols)).len != 0;)
        if (!weft__http_token(name))
            return "a subprotocol is no token";
    if ((unsigned)options->compression > WEFT_WEBSOCKET_DEFLATE_SHARED)
        return "an unknown compression";
    if (options->window_bits != 0 &&
        (options->window_bits < WEFT__WS_BITS_MIN || options->window_bits > WEFT__WS_BITS_MAX))
        return "window_bits is not 9 to 15";
    if (options->ping_interval < 0 || options->pong_deadline < 0 || options->message_deadline < 0 ||
        options->write_deadline < 0 || options->close_deadline < 0)
        return "a negative deadline";
    return NULL;
}

#define DEFAULT(field, value) options->field = options->field != 0 ? options->field : (value)

static void fill_in(weft_websocket_options *options)
{
    DEFAULT(window_bits, WEFT__WS_BITS_MAX);
    DEFAULT(message_limit, WEFT_WEBSOCKET_MESSAGE_LIMIT);
    DEFAULT(frame_limit, WEFT_WEBSOCKET_FRAME_LIMIT);
    DEFAULT(ping_interval, WEFT_WEBSOCKET_PING_INTERVAL);
    DEFAULT(pong_deadline, WEFT_WEBSOCKET_PONG_DEADLINE);
    DEFAULT(message_deadline, WEFT_WEBSOCKET_MESSAGE_DEADLINE);
    DEFAULT(write_deadline, WEFT_WEBSOCKET_WRITE_DEADLINE);
    DEFAULT(close_deadline, WEFT_WEBSOCKET_CLOSE_DEADLINE);
}

/* ---- fields that are lists ------------------------------------------------------------------ */

/* Goes through the elements of all fields of a name. */
typedef struct elements {
    const weft_request *request;
    weft_str name;
    size_t next; /* field */
    weft_str rest;
} elements;

static bool next_field(elements *list)
{
    while (list->next < list->request->field_count) {
        const weft__field *field = &list->request->fields[list->next++];
        list->rest = field->value;
        if (weft_str_equal_nocase(field->name, list->name))
            return true;
    }
    return false;
}

static weft_str next_element(elements *list)
{
    weft_str element;
    do {
        element = take_element(&list->rest);
    } while (element.len == 0 && next_field(list));
    return element;
}

/* The value of a field that must be there once; {NULL, 0} when it is not. */
static weft_str only(const weft_request *request, const char *name)
{
    elements list = {.request = request, .name = weft_str_from(name)};
    weft_str value = next_field(&list) ? list.rest : (weft_str){NULL, 0};
    return next_field(&list) ? (weft_str){NULL, 0} : value;
}

/* ---- what is refused ------------------------------------------------------------------------ */

/* "https://example.org:8443" of this very host, as the client calls it. */
static bool same_host(const weft_request *request, weft_str origin)
{
    for (size_t i = 0; i + 3 <= origin.len; i++)
        if (memcmp(origin.at + i, "://", 3) == 0)
            return weft_str_equal_nocase(weft_str_skip(origin, i + 3), request->host);
    return false;
}

static bool origin_allowed(const weft_request *request, const char *origins)
{
    weft_str origin = weft_request_header(request, "origin"), allowed = weft_str_from(origins);
    if (origin.at == NULL || same_host(request, origin))
        return true; /* no browser, or a page of ours */
    for (weft_str name; (name = take_element(&allowed)).len != 0;)
        if (weft_str_equal(name, WEFT_STR("*")) || weft_str_equal_nocase(name, origin))
            return true;
    return false;
}

static weft_http_status demand_upgrade(weft_request *request, weft_response *response,
                                       const char *why)
{
    if (weft_response_header_set(response, WEFT_STR("Upgrade"), WEFT_STR("websocket")) != WEFT_OK ||
        weft_response_header_set(response, WEFT_STR("Sec-WebSocket-Version"), WEFT_STR("13")) !=
            WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_rejectf(request, WEFT_HTTP_UPGRADE_REQUIRED, "%s", why);
}

static weft_http_status refuse_method(weft_request *request, weft_response *response)
{
    if (weft_response_header_set(response, WEFT_STR("Allow"), WEFT_STR("GET")) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_rejectf(request, WEFT_HTTP_METHOD_NOT_ALLOWED,
                        "a WebSocket handshake is a GET request");
}

static weft_http_status judge_key(weft_request *request)
{
    weft_bytes key = {NULL, 0};
    weft_error error = weft_base64_decode(only(request, "sec-websocket-key"), WEFT_BASE64,
                                          request->arena, &key);
    if (error == WEFT_NO_MEMORY)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    if (error != WEFT_OK || key.len != KEY_BYTES)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST,
                            "Sec-WebSocket-Key must be %d bytes as base64, once", KEY_BYTES);
    return WEFT_HTTP_OK;
}

/* WEFT_HTTP_OK for a proper handshake (section 4.2.1). */
static weft_http_status judge(weft_request *request, weft_response *response,
                              const weft_websocket_options *options)
{
    if (request->method != WEFT_METHOD_GET)
        return refuse_method(request, response);
    if (request->minor_version == 0 ||
        !weft__request_lists(request, WEFT_STR("upgrade"), WEFT_STR("websocket")) ||
        !weft__request_lists(request, WEFT_STR("connection"), WEFT_STR("upgrade")))
        return demand_upgrade(request, response, "WebSocket is spoken here: ask for an upgrade");
    if (!weft_str_equal(only(request, "sec-websocket-version"), WEFT_STR("13")))
        return demand_upgrade(request, response, "Sec-WebSocket-Version must be 13");
    WEFT_TRY(judge_key(request));
    if (request->framing != WEFT__BODY_NONE)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST, "a WebSocket handshake has no body");
    if (!origin_allowed(request, options->origins))
        return weft_rejectf(request, WEFT_HTTP_FORBIDDEN,
                            "pages of this origin may not connect here");
    return WEFT_HTTP_OK;
}

/* ---- the answer ----------------------------------------------------------------------------- */

/* The server's favourite among those that the client names. */
static weft_str choose_protocol(const weft_request *request, const char *protocols)
{
    weft_str ours = weft_str_from(protocols);
    for (weft_str name; (name = take_element(&ours)).len != 0;) {
        elements theirs = {.request = request, .name = WEFT_STR("sec-websocket-protocol")};
        for (weft_str asked; (asked = next_element(&theirs)).len != 0;)
            if (weft_str_equal(asked, name))
                return name;
    }
    return (weft_str){NULL, 0};
}

static weft__ws_terms choose_terms(const weft_request *request,
                                   const weft_websocket_options *options)
{
    weft__ws_side side = {.bits = (uint8_t)options->window_bits,
                          .each_message = options->compression == WEFT_WEBSOCKET_DEFLATE};
    weft__ws_terms agreed = {.on = false};
    const weft__ws_terms wish = {
        .on = options->compression != WEFT_WEBSOCKET_PLAIN, .server = side, .client = side};
    elements fields = {.request = request, .name = WEFT_STR("sec-websocket-extensions")};
    while (next_field(&fields) && !weft__ws_terms_agree(fields.rest, &wish, &agreed))
        ;
    return agreed;
}

/* Section 4.2.2: base64 of the SHA-1 of the key and this text. */
static bool make_accept(weft_str key, char to[ACCEPT_SIZE])
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    enum { KEY_SIZE = 24 };
    char text[KEY_SIZE + sizeof magic - 1];
    uint8_t digest[SHA1_BYTES];
    if (key.len != KEY_SIZE)
        return false;
    memcpy(text, key.at, KEY_SIZE);
    memcpy(text + KEY_SIZE, magic, sizeof magic - 1);
    if (EVP_Digest(text, sizeof text, digest, NULL, EVP_sha1(), NULL) != 1)
        return false;
    weft_base64_encode((weft_bytes){digest, sizeof digest}, WEFT_BASE64, to);
    return true;
}

static weft_error write_fields(weft_request *request, weft_response *response,
                               const weft__ws_setup *setup)
{
    char accept[ACCEPT_SIZE], extension[WEFT__WS_EXTENSION_MAX];
    if (!make_accept(only(request, "sec-websocket-key"), accept))
        return WEFT_IO;
    WEFT_TRY(weft_response_header_set(response, WEFT_STR("Sec-WebSocket-Accept"),
                                      (weft_str){accept, sizeof accept}));
    if (setup->protocol.len != 0)
        WEFT_TRY(weft_response_header_set(response, WEFT_STR("Sec-WebSocket-Protocol"),
                                          setup->protocol));
    if (!setup->terms.on)
        return WEFT_OK;
    size_t len = weft__ws_terms_write(&setup->terms, extension);
    return weft_response_header_set(response, WEFT_STR("Sec-WebSocket-Extensions"),
                                    (weft_str){extension, len});
}

static const weft_websocket_options defaults;

weft_http_status weft_websocket_upgrade(weft_request *request, weft_response *response,
                                        const weft_websocket_options *options,
                                        weft_websocket_fn *fn, void *arg)
{
    options = options != NULL ? options : &defaults;
    const char *wrong = check_options(options);
    weft__ws_setup *setup = WEFT_NEW(request->arena, weft__ws_setup);
    if (wrong != NULL || setup == NULL) {
        weft_log(WEFT_LOG_ERROR, "http", "no WebSocket at %.*s: %s", WEFT_STR_ARGS(request->path),
                 wrong != NULL ? wrong : "out of memory");
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    }
    weft_http_status status = judge(request, response, options);
    if (WEFT_FAILED(status))
        return status;
    *setup = (weft__ws_setup){.options = *options, .fn = fn, .arg = arg};
    fill_in(&setup->options);
    setup->protocol = choose_protocol(request, options->protocols);
    setup->terms = choose_terms(request, &setup->options);
    if (write_fields(request, response, setup) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_response_upgrade(response, WEFT_STR("websocket"), weft__ws_serve, setup);
}
