/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Structs are passed by pointer.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status add_author(author in)
{
    return in.id ? HTTP_OK : HTTP_CONFLICT;
}

static const route api[] = {
    POST("/authors", add_author),
};
