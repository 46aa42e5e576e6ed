/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A file comes with a form, and the form in a struct.
 */
#include <weft/prelude.h>

static http_status add_photo(upload image)
{
    return image.size != 0 ? HTTP_CREATED : HTTP_BAD_REQUEST;
}

static const route api[] = {
    POST("/photos", add_photo),
};
