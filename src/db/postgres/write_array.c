/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/write_array.c: see write_array.h. Arrays of one dimension, counted from 1.
 */
#include "db/postgres/write_array.h"

#include "db/postgres/numeric.h"
#include "db/postgres/type.h"

static void append_u32(weft_buffer *buffer, uint32_t bits)
{
    char bytes[4];
    weft__pg_put32(bytes, bits);
    weft_buffer_append(buffer, bytes, sizeof bytes);
}

static bool append_numeric(weft_buffer *buffer, weft_str text)
{
    char *to = weft_buffer_reserve(buffer, 4 + weft__pg_numeric_size(text.len));
    if (to == NULL)
        return true; /* the buffer has failed, which the caller sees */
    size_t len = weft__pg_numeric_write((weft_decimal){text}, to + 4);
    weft__pg_put32(to, (uint32_t)len);
    buffer->len += 4 + len;
    return true;
}

static bool append_item(weft_buffer *buffer, uint32_t type, const weft_db_value *item)
{
    if (item->type == WEFT_DB_NULL) {
        append_u32(buffer, UINT32_MAX);
        return true;
    }
    if (weft__pg_is_as_sent(type, item)) {
        append_u32(buffer, (uint32_t)item->text.len);
        weft_buffer_append_str(buffer, item->text);
        return item->text.len <= INT32_MAX;
    }
    if (type == WEFT__PG_NUMERIC && item->type == WEFT_DB_DECIMAL)
        return append_numeric(buffer, item->text);
    char bytes[16];
    size_t len;
    if (weft__pg_write_scalar(type, item, bytes, &len) != WEFT__PG_WRITTEN)
        return false;
    append_u32(buffer, (uint32_t)len);
    weft_buffer_append(buffer, bytes, len);
    return true;
}

bool weft__pg_write_array(weft_buffer *buffer, uint32_t element, const weft_db_value *array)
{
    if (element == 0 || array->items.len > INT32_MAX)
        return false;
    bool nulls = false;
    for (size_t i = 0; i < array->items.len; i++)
        nulls = nulls || array->items.at[i].type == WEFT_DB_NULL;
    append_u32(buffer, array->items.len != 0); /* dimensions */
    append_u32(buffer, nulls);
    append_u32(buffer, element);
    if (array->items.len == 0)
        return true;
    append_u32(buffer, (uint32_t)array->items.len);
    append_u32(buffer, 1); /* the number of the first */
    for (size_t i = 0; i < array->items.len; i++)
        if (!append_item(buffer, element, &array->items.at[i]))
            return false;
    return true;
}

/* Quoted, so that no item is taken for NULL or cut at a comma. */
static void append_quoted(weft_buffer *buffer, const weft_db_value *item)
{
    size_t size = weft__pg_text_size(item);
    char *text = weft_buffer_reserve(buffer, 3 * size + 2);
    if (text == NULL)
        return;
    char *raw = text + 2 * size + 2, *to = text;
    size_t len = weft__pg_write_text(item, raw);
    *to++ = '"';
    for (size_t i = 0; i < len; i++) {
        if (raw[i] == '"' || raw[i] == '\\')
            *to++ = '\\';
        *to++ = raw[i];
    }
    *to++ = '"';
    buffer->len += (size_t)(to - text);
}

void weft__pg_write_array_text(weft_buffer *buffer, const weft_db_value *array)
{
    for (size_t i = 0; i < array->items.len; i++) {
        const weft_db_value *item = &array->items.at[i];
        weft_buffer_append(buffer, i ? "," : "{", 1);
        if (item->type == WEFT_DB_NULL)
            weft_buffer_append_str(buffer, WEFT_STR("NULL"));
        else
            append_quoted(buffer, item);
    }
    weft_buffer_append_str(buffer, array->items.len ? WEFT_STR("}") : WEFT_STR("{}"));
    weft_buffer_append(buffer, "", 1);
    if (!buffer->failed)
        buffer->len--;
}
