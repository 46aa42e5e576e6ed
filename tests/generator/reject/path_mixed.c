/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A segment has one capture.
 */
#include <weft/prelude.h>

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
    GET("/authors/id-{id}-{part}", get_author),
    GET("/authors/{id", get_author),
    GET("/authors/all{*rest}", get_author),
};
