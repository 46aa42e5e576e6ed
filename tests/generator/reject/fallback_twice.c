/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Two fallbacks for the same paths.
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

static http_status lost(void)
{
    return HTTP_NOT_FOUND;
}

static const route authors[] = {
    GET("/{id}", get_author),
    FALLBACK(lost),
    METHOD_FALLBACK(lost),
};

static const route api[] = {
    NEST("/authors", authors),
    FALLBACK(lost),
    FALLBACK(count_authors),
};

static const route others[] = {
    NEST("/authors", authors),
};

const route_table all = ROUTES(api, others);
