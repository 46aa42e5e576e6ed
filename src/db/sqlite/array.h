/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/array.h: arrays in SQLite, which has none: texts that are JSON arrays of scalars.
 */
#ifndef WEFT_DB_SQLITE_ARRAY_H
#define WEFT_DB_SQLITE_ARRAY_H

#include "db/engine.h"

/* Writes the array into the arena; false when memory is out, or an item has no text. */
bool weft__sqlite_array_write(const weft_db_value *array, weft_arena *arena, weft_str *text)
    WEFT_NODISCARD;

/* The scalars of the text, in the arena. WEFT_OK, WEFT_INVALID (it is no such array),
 * WEFT_NO_MEMORY. */
weft_error weft__sqlite_array_read(weft_str text, weft_arena *arena, weft_db_value *array)
    WEFT_NODISCARD;

/* weft__engine.items: of a column that is such a text. */
weft_db_result weft__sqlite_items(const weft_row *row, unsigned column, weft_arena *arena,
                                  weft_db_value *array);

/* The text of a value from WEFT_DB_TIMESTAMP on that is no array, in `room` when it has none yet;
 * empty when there is none, as for a date of all zeroes. */
#define WEFT__SQLITE_TEXT_ROOM WEFT_UUID_SIZE
weft_str weft__sqlite_text_of(const weft_db_value *value, char *room);

#endif
