/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An input that nobody can read.
 */
#include <weft/prelude.h>

typedef struct shelf {
    int32_t number;
} shelf;

static http_status add_shelf(const shelf *in)
{
    return in->number ? HTTP_OK : HTTP_CONFLICT;
}

static const route api[] = {
    POST("/shelves", add_shelf),
};
