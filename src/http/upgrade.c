/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/upgrade.c: connections that leave HTTP (RFC 9110 section 7.8): who may switch, and what
 * speaks afterwards.
 */
#include "http/message.h"
#include <weft/log.h>

weft_http_status weft_response_upgrade(weft_response *response, weft_str protocol,
                                       weft_upgraded_fn *serve, void *arg)
{
    weft__flow *flow = WEFT_NEW(response->arena, weft__flow);
    weft_str kept;
    weft_response_body_clear(response);
    if (flow == NULL || !weft_arena_copy(response->arena, protocol, &kept) ||
        !weft__http_token(kept) ||
        weft_response_header_set(response, WEFT_STR("Upgrade"), kept) != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "http", "cannot switch to \"%.*s\": %s", WEFT_STR_ARGS(protocol),
                 weft__http_token(protocol) ? "no memory" : "that is no protocol's name");
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    }
    *flow = (weft__flow){.kind = WEFT__FLOW_UPGRADE, .serve = serve, .arg = arg, .protocol = kept};
    weft_response_body(response, (weft_str){NULL, 0});
    response->flow = flow;
    return WEFT_HTTP_SWITCHING_PROTOCOLS;
}

bool weft__request_lists(const weft_request *request, weft_str name, weft_str element)
{
    for (size_t i = 0; i < request->field_count; i++)
        if (weft_str_equal_nocase(request->fields[i].name, name) &&
            weft__lists(request->fields[i].value, element))
            return true;
    return false;
}

weft_http_status weft__upgrade_settle(weft_request *request, weft_response *response)
{
    weft_str protocol = response->flow->protocol;
    bool asked = request->minor_version > 0 &&
                 weft__request_lists(request, WEFT_STR("Connection"), WEFT_STR("upgrade")) &&
                 weft__request_lists(request, WEFT_STR("Upgrade"), protocol);
    if (asked && weft__body_is_read(request))
        return WEFT_HTTP_SWITCHING_PROTOCOLS;
    weft_response_body_clear(response);
    if (asked)
        return weft_rejectf(request, WEFT_HTTP_BAD_REQUEST,
                            "a request that switches protocols has no body");
    return weft_rejectf(request, WEFT_HTTP_UPGRADE_REQUIRED,
                        "this path speaks %.*s: send it in Upgrade, and Connection: upgrade",
                        WEFT_STR_ARGS(protocol));
}

/* ---- afterwards ------------------------------------------------------------------------------ */

weft_error weft_upgraded_read(weft_upgraded *connection, void *to, size_t len, size_t *got,
                              int64_t deadline)
{
    *got = 0;
    return len != 0 ? connection->calls->read(connection, to, len, got, deadline) : WEFT_OK;
}

weft_error weft_upgraded_wait(weft_upgraded *connection, int64_t deadline)
{
    return connection->calls->wait(connection, deadline);
}

weft_error weft_upgraded_write(weft_upgraded *connection, const void *from, size_t len,
                               int64_t deadline)
{
    return len != 0 ? connection->calls->write(connection, from, len, deadline) : WEFT_OK;
}

weft_error weft__upgraded_send(weft_upgraded *connection, const void *from, size_t len,
                               int64_t patience)
{
    return connection->calls->send(connection, from, len, patience);
}

bool weft_upgraded_draining(const weft_upgraded *connection)
{
    return connection->calls->draining(connection);
}

void weft__upgraded_wake(weft_upgraded *connection)
{
    connection->calls->wake(connection);
}

weft_request *weft_upgraded_request(const weft_upgraded *connection)
{
    return connection->request;
}
