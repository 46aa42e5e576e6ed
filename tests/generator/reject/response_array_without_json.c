/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Items that nobody can write.
 */
#include <weft/prelude.h>

typedef struct shelf {
    int32_t number;
} shelf;
ARRAY_OF(shelf);

static http_status list_shelves(ARRAY(shelf) *out)
{
    out->len = 0;
    return HTTP_OK;
}

static const route api[] = {
    GET("/shelves", list_shelves),
};
