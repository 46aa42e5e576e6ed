/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * GET has no body, in no form.
 */
#include <weft/prelude.h>

DERIVE(multipart)
typedef struct photo {
    upload image;
} photo;

static http_status find_photo(const photo *in)
{
    return in->image.size != 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/photos", find_photo),
};
