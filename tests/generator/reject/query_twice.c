/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A request has one query string.
 */
#include <weft/prelude.h>

DERIVE(query)
typedef struct filter {
    int32_t limit;
} filter;

static http_status find_authors(const filter *first, const filter *second)
{
    return first->limit == second->limit ? HTTP_OK : HTTP_CONFLICT;
}

static const route api[] = {
    GET("/authors", find_authors),
};
