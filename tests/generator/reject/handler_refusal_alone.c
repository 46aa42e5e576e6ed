/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nothing of the request can be refused.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;

static http_status get_author(const problem *refused, author *out)
{
    (void)refused;
    *out = (author){.id = 1};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors", get_author),
};
