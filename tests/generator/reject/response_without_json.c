/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A response that nobody can write.
 */
#include <weft/prelude.h>

typedef struct shelf {
    int32_t number;
} shelf;

static http_status get_shelf(shelf *out)
{
    out->number = 1;
    return HTTP_OK;
}

static const route api[] = {
    GET("/shelf", get_shelf),
};
