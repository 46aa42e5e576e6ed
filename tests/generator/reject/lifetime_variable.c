/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A variable that lasts cannot hold what belongs to a request.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct user {
    int32_t id;
    str name;
} user;

str last_name;
static user newest;
static str names[8];
static user *shown;

/// Greets whoever comes.
http_status greet(str name);

http_status greet(str name)
{
    static str before;
    bool again = before.len == name.len;
    before = name;
    return again ? HTTP_CONFLICT : HTTP_OK;
}
