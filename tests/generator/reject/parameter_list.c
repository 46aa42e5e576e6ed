/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Lists are in the query string and in header fields only.
 */
#include <weft/prelude.h>

static http_status find_authors(ARRAY(int64_t) id, ARRAY(str) seen COOKIE("seen"))
{
    return id.len + seen.len != 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/authors/{id}", find_authors),
};
