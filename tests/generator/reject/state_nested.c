/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A nested table has the state of its router.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct author {
    int64_t id;
} author;

static http_status get_author(int64_t id, author *out)
{
    *out = (author){.id = id};
    return HTTP_OK;
}

static http_status count_authors(void)
{
    return HTTP_NO_CONTENT;
}

DERIVE(state)
typedef struct app_state {
    int32_t count;
} app_state;

static http_status check(const app_state *state)
{
    return state->count ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route checks[] = {
    GET("/check", check),
};

static const route api[] = {
    GET("/authors/{id}", get_author),
    GET("/authors", count_authors),
    NEST("/checks", checks),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
