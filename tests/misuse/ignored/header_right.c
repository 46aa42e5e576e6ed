/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The answer is a failure when the header cannot be set.
 */
#include <weft/prelude.h>

http_status answer(response *res, str name);

http_status answer(response *res, str name)
{
    TRY(response_header_set(res, STR("x-name"), name));
    return HTTP_OK;
}
