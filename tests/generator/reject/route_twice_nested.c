/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two routes for the same requests, in two tables.
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

static const route authors[] = {
    GET("/{id}", get_author),
};

static const route api[] = {
    NEST("/authors", authors),
    GET("/count", count_authors),
};

static const route others[] = {
    GET("/authors/count", count_authors),
    GET("/authors/{id}", get_author),
};

int main(void)
{
    router app = {.routes = ROUTES(api, others)};
    return serve("127.0.0.1:3000", &app);
}
