/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A parameter that only one prefix has.
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
    GET("/author", get_author),
};

static const route api[] = {
    MERGE(authors),
    NEST("/authors/{id}", authors),
};
