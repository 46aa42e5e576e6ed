/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A member of what may be absent is read.
 *
 * gcc: has no member named 'city'
 * clang: no member named 'city'
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct address {
    str city;
} address;
OPTIONAL_OF(address);

DERIVE(json)
typedef struct person {
    str name;
    OPTIONAL(address) home;
} person;

http_status get_city(const person *in, address *out);

http_status get_city(const person *in, address *out)
{
    out->city = in->home.city;
    return HTTP_OK;
}
