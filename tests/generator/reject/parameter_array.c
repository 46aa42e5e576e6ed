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

static http_status add_authors(ARRAY(author) list, author *out)
{
    *out = list.at[0];
    return HTTP_OK;
}

static const route api[] = {
    POST("/authors", add_authors),
};
