/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A table that holds itself.
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

static const route more[2] = {
    GET("/count", count_authors),
    NEST("/more", more),
};

static const route api[] = {
    GET("/authors/{id}", get_author),
    MERGE(more),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
