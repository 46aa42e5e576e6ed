/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/read.h: values from the binary form in which the server sends them.
 */
#ifndef WEFT_DB_POSTGRES_READ_H
#define WEFT_DB_POSTGRES_READ_H

#include <weft/db.h>

/* *out is the value that `bytes` are in the type `type`. Texts are views of the bytes, but for
 * numerics, whose text is in the arena ({NULL, len} when there was no memory). What
 * weft_db_value cannot hold, an infinite date for example, is a TEXT that says so; what is not
 * of the type is a BLOB. An array has its number of items and no items. */
void weft__pg_read(uint32_t type, weft_str bytes, weft_arena *arena, weft_db_value *out);

/* The items of an array of one dimension: WEFT_DB_OK; WEFT_DB_NO_MEMORY; WEFT_DB_VALUE when it has
 * more dimensions, or is none. */
weft_db_result weft__pg_read_items(weft_str bytes, weft_arena *arena, weft_db_value *array)
    WEFT_NODISCARD;

#endif
