/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What is in the path is never absent.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status get_author(OPTIONAL(int64_t) id, author *out)
{
    *out = (author){.id = VALUE_OR(id, 0)};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors/{id}", get_author),
};
