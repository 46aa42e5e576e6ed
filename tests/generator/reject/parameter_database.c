/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A database comes with the state.
 */
#include <weft/prelude.h>

static http_status count_authors(database *db)
{
    return db ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/authors", count_authors),
};
