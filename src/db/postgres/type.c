/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/type.c: see type.h.
 */
#include "db/postgres/type.h"

static const struct type {
    uint32_t number, array;
} types[] = {
#define WEFT__ENUMERATE(name, number, array, type) {(number), (array)},
    WEFT__PG_TYPES(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
};

enum { TYPES = sizeof types / sizeof types[0] };

uint32_t weft__pg_element(uint32_t type)
{
    for (size_t i = 0; type != 0 && i < TYPES; i++)
        if (types[i].array == type)
            return types[i].number;
    return 0;
}

bool weft__pg_readable(uint32_t type)
{
    for (size_t i = 0; i < TYPES; i++)
        if (types[i].number == type)
            return true;
    return type >= WEFT__PG_USER_TYPES || weft__pg_element(type) != 0;
}
