/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The location's argument is missing.
 *
 * gcc: format '%d' expects a matching 'int' argument
 * clang: more '%' conversions than data arguments
 */
#include <weft/prelude.h>

weft_error locate(response *res, int32_t id);

weft_error locate(response *res, int32_t id)
{
    return id > 0 ? response_location(res, "/users/%d") : WEFT_INVALID;
}
