/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A request has one body.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status merge_authors(const author *a, const author *b)
{
    return a->id == b->id ? HTTP_OK : HTTP_CONFLICT;
}

static const route api[] = {
    POST("/authors", merge_authors),
};
