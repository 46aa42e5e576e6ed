/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/numeric.h: numbers of the type numeric between their binary form, digits to the base
 * of 10000, and the text of a weft_decimal.
 */
#ifndef WEFT_DB_POSTGRES_NUMERIC_H
#define WEFT_DB_POSTGRES_NUMERIC_H

#include <weft/value.h>

/* Bytes that weft__pg_numeric_write needs for a decimal's text of `len` bytes at most. */
static inline size_t weft__pg_numeric_size(size_t len)
{
    return 8 + 2 * (len / 4 + 3);
}

/* The binary form of a valid decimal; the bytes written. */
size_t weft__pg_numeric_write(weft_decimal decimal, char *to);

/* The text of the binary form, written into the arena: that of a decimal with as many digits after
 * the point as the value has in the server, or NaN, Infinity, -Infinity. {NULL, len} without
 * memory. False: this is no numeric. */
bool weft__pg_numeric_read(weft_str bytes, weft_arena *arena, weft_str *out) WEFT_NODISCARD;

#endif
