/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The rest of a path is a text.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status get_file(int64_t rest, author *out)
{
    *out = (author){.id = rest};
    return HTTP_OK;
}

static const route api[] = {
    GET("/files/{*rest}", get_file),
};
