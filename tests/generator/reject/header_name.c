/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A header field whose name cannot be sent.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status find_author(str name HEADER("x name"), author *out)
{
    *out = (author){.name = name};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", find_author),
};
