/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/libpq.c: see libpq.h.
 */
#include "db/postgres/libpq.h"

weft__libpq_functions weft__libpq;

bool weft__libpq_load(char *why, size_t why_size)
{
    static weft__library library = {
        .file = "libpq.so.5",
        .missing = "PostgreSQL's client library is missing or too old: install libpq 14 or later "
                   "(Debian: libpq5)",
        .names = WEFT__LIBPQ(WEFT__LIBRARY_NAME),
        .optional = "SSL_pending",
        .functions = &weft__libpq,
    };
    return weft__library_load(&library, why, why_size);
}
