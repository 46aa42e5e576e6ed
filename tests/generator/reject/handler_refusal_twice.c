/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One handler is told once why it is refused.
 */
#include <weft/prelude.h>

DERIVE(json, row)
typedef struct author {
    int64_t id;
    str name;
} author;

static http_status get_author(int64_t id, const problem *refused, const problem *why, author *out)
{
    (void)refused, (void)why;
    *out = (author){.id = 1};
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors/{id}", get_author),
};
