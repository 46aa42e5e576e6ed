/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A place for a number gets a number.
 */
#include <weft/prelude.h>

http_status created(response *res, int64_t id);

http_status created(response *res, int64_t id)
{
    return redirect(res, HTTP_SEE_OTHER, "/orders/%lld", (long long)id);
}
