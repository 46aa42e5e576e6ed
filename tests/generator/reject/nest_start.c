/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A prefix without a slash in front.
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
    GET("/authors/{id}", get_author),
};

static const route api[] = {
    NEST("api", authors),
};
