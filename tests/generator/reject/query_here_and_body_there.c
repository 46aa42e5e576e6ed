/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A record that is the query string of one route and the body of another of the same handler.
 */
#include <weft/prelude.h>

DERIVE(query, form)
typedef struct wanted {
    str title;
} wanted;

DERIVE(query)
typedef struct page {
    int32_t number DEFAULT(1);
} page;

static http_status find_books(const wanted *in)
{
    return in->title.len != 0 ? HTTP_NO_CONTENT : HTTP_NOT_FOUND;
}

static http_status list_books(const page *in)
{
    return in->number > 0 ? HTTP_NO_CONTENT : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/books", find_books),
    POST("/books", find_books),
    GET("/lists", list_books),
    POST("/lists", list_books),
};
