/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It holds a copy.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

static kept_str last_name;

http_status greet(str name);

http_status greet(str name)
{
    TRY(kept_set(&last_name, name));
    return HTTP_OK;
}
