/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A response is a struct or an array.
 */
#include <weft/prelude.h>

static http_status count_authors(int64_t *count)
{
    *count = 1;
    return HTTP_OK;
}

static const route api[] = {
    GET("/authors/count", count_authors),
};
