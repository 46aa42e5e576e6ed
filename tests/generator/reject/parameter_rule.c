/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Rules of a parameter fit its type.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;
ARRAY_OF(author);
OPTIONAL_OF(author);

static http_status find_author(str name RANGE(1, 80), int32_t limit RANGE(1, 100) DEFAULT(200), author *out)
{
    *out = (author){.id = limit, .name = name};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", find_author),
};
