/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A form is closed in the loop and behind it.
 *
 * gcc: accepts
 * clang: releasing form 'form' that was not held
 */
#include <weft/prelude.h>

http_status count_parts(request *req, size_t *count)
{
    multipart *form;
    part one;
    TRY(multipart_open(&form, req, NULL));
    for (*count = 0; multipart_next(form, &one) == HTTP_OK; ++*count)
        if (one.filename.len != 0)
            return multipart_close(form);
    TRY(multipart_close(form));
    return multipart_close(form);
}
