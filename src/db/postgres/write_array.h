/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/write_array.h: single values and arrays in their two forms.
 */
#ifndef WEFT_DB_POSTGRES_WRITE_ARRAY_H
#define WEFT_DB_POSTGRES_WRITE_ARRAY_H

#include <weft/buffer.h>
#include <weft/db.h>

typedef enum weft__pg_form {
    WEFT__PG_WRITTEN,
    WEFT__PG_NO_BINARY, /* the value has no binary form of the type here; its text will do */
    WEFT__PG_TOO_LARGE, /* the type cannot hold it */
} weft__pg_form;

/* Writes the binary form of a value of a fixed size: at most 16 bytes. */
weft__pg_form weft__pg_write_scalar(uint32_t type, const weft_db_value *value, char *to,
                                    size_t *len);

/* Whether the bytes of the value are its binary form. */
bool weft__pg_is_as_sent(uint32_t type, const weft_db_value *value);

/* The text of a value that is no array, and the bytes that it needs at most, a NUL included. */
size_t weft__pg_text_size(const weft_db_value *value);
size_t weft__pg_write_text(const weft_db_value *value, char *to);

/* The array in binary; false when some item has no such form, or `element` is 0. */
bool weft__pg_write_array(weft_buffer *buffer, uint32_t element, const weft_db_value *array)
    WEFT_NODISCARD;

/* As {"a","b",NULL}, and a NUL after it that len does not count. */
void weft__pg_write_array_text(weft_buffer *buffer, const weft_db_value *array);

#endif
