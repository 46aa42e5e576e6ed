/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A response has one body.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status get_authors(author *first, author *second)
{
    *first = *second = (author){.id = 1};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", get_authors),
};
