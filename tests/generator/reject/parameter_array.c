/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An array comes in a body.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status find_authors(ARRAY(int64_t) ids, author *out)
{
    *out = (author){.id = ids.at[0]};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", find_authors),
};
