/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A path that is computed.
 */
#include <weft/prelude.h>

static const char AUTHORS[] = "/authors";

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status get_author(int64_t id, author *out)
{
    *out = (author){.id = id};
    return HTTP_OK;
}

static const route api[] = {
    GET(AUTHORS, get_author),
};
