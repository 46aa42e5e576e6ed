/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A header that may be refused is set and not asked about.
 *
 * gcc: ignoring return value of .*weft_response_header_set
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

http_status answer(response *res, str name);

http_status answer(response *res, str name)
{
    response_header_set(res, STR("x-name"), name);
    return HTTP_OK;
}
