/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is read where it is there.
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
    out->city = SOME_OR(in->home, return HTTP_NOT_FOUND).city;
    return HTTP_OK;
}
