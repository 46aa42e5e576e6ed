/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a handler gives back, and the raw parts it may ask for.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct thing {
    int32_t id;
    str name;
} thing;
ARRAY_OF(thing);

DERIVE(state)
typedef struct app_state {
    const char *name;
} app_state;

static http_status one(const app_state *state, int32_t id, thing *out)
{
    *out = (thing){.id = id, .name = weft_str_from(state->name)};
    return HTTP_OK;
}

static http_status many(arena *memory, ARRAY(thing) *out)
{
    out->at = WEFT_NEW(memory, thing);
    if (out->at == NULL)
        return HTTP_INTERNAL_SERVER_ERROR;
    out->at[0] = (thing){.id = 1};
    out->len = 1;
    return HTTP_OK;
}

static http_status raw(request *req, response *res)
{
    return response_text(res, request_path(req)) == WEFT_OK ? HTTP_OK : HTTP_NOT_FOUND;
}

static http_status echo(const thing *in, thing *out, const app_state *state, request *req,
                        response *res, arena *memory)
{
    bool all = state != NULL && req != NULL && res != NULL && memory != NULL;
    *out = *in;
    return all ? HTTP_CREATED : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/things/{id}", one),
    GET("/things", many),
    POST("/things", echo),
    GET("/raw", raw),
};

int main(void)
{
    app_state state = {.name = "box"};
    router app = {.state = &state, .routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
