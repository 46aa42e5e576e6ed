/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A variable holds the name that the last request brought.
 *
 * weftgen: but "last_name" is str, which ends with its request
 */
#include <weft/prelude.h>

static str last_name;

http_status greet(str name);

http_status greet(str name)
{
    last_name = name;
    return HTTP_OK;
}
