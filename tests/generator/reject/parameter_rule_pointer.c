/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rules of a body stand in its struct.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status add_author(const author *in LENGTH(1, 80))
{
    return in->id ? HTTP_OK : HTTP_CONFLICT;
}

static const route api[] = {
    POST("/authors", add_author),
};
