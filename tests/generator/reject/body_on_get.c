/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A GET request has no body.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status find_author(const author *in, author *out)
{
    *out = *in;
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", find_author),
};
