/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Tables within tables: a capture of the prefix is a path parameter of the handlers below it. Layers
 * of rows, fallbacks, tables for other files.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct member {
    int32_t org;
    int32_t id;
} member;

static http_status get_member(int32_t org, int32_t id, member *out)
{
    *out = (member){.org = org, .id = id};
    return HTTP_OK;
}

/* `id` is a query parameter here. */
static http_status find_member(int32_t org, OPTIONAL(int32_t) id, member *out)
{
    *out = (member){.org = org, .id = VALUE_OR(id, 0)};
    return HTTP_OK;
}

static http_status lost(request *req, int32_t org)
{
    return reject(req, HTTP_NOT_FOUND, "nothing here in %d", org);
}

static http_status health(void)
{
    return HTTP_NO_CONTENT;
}

static http_status require_token(request *req, response *res, next *rest)
{
    return request_header(req, "authorization").len ? next_run(rest, req, res) : HTTP_UNAUTHORIZED;
}

static const route members[] = {
    GET("/", find_member),
    GET("/{id}", get_member, .layers = LAYERS(layer_from(require_token))),
    FALLBACK(lost),
};

static const route probes[] = {
    GET("/health", health),
    HEAD("/health", health),
    OPTIONS("/health", health),
};
extern const route_table exported, imported;
const route_table exported = ROUTES(probes);

static const route api[] = {
    NEST("/orgs/{org}/members", members, .layers = LAYERS(timeout(1 * SECOND), trace())),
    MERGE(exported),
    NEST("/imported", imported),
    METHOD_FALLBACK(health, .layers = LAYERS(trace())),
};

int main(void)
{
    router app = {
        .routes = ROUTES(api, imported),
        .trailing_slash = SLASH_REDIRECT,
    };
    return serve("127.0.0.1:3000", &app);
}
