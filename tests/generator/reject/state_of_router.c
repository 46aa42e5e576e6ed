/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The router holds what its handlers ask for.
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    int32_t count;
} app_state;

DERIVE(state)
typedef struct other_state {
    int32_t count;
} other_state;

static http_status count(const app_state *state)
{
    return state->count ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/count", count),
};

int main(void)
{
    other_state state = {.count = 1};
    router app = {.state = &state, .routes = ROUTES(api)};
    router bare = {.routes = ROUTES(api)};
    return serve("127.0.0.1:0", &app) + serve("127.0.0.1:0", &bare);
}
