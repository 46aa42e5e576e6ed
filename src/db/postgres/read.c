/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/read.c: see read.h. Times count microseconds, dates days, both from the year 2000.
 */
#include "db/postgres/read.h"

#include "db/postgres/numeric.h"
#include "db/postgres/time.h"
#include "db/postgres/type.h"

enum { ARRAY_HEAD = 12, DIMENSION = 8 };

static weft_db_value blob(weft_str bytes)
{
    return (weft_db_value){.type = WEFT_DB_BLOB, .text = bytes};
}

static weft_db_value text(weft_str bytes)
{
    return (weft_db_value){.type = WEFT_DB_TEXT, .text = bytes};
}

static weft_db_value integer(int64_t value)
{
    return (weft_db_value){.type = WEFT_DB_INTEGER, .integer = value};
}

static weft_db_value read_float4(weft_str bytes)
{
    uint32_t bits = weft__pg_u32(bytes.at);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (weft_db_value){.type = WEFT_DB_REAL, .real = (double)value};
}

static weft_db_value read_float8(weft_str bytes)
{
    uint64_t bits = weft__pg_u64(bytes.at);
    double value;
    memcpy(&value, &bits, sizeof value);
    return (weft_db_value){.type = WEFT_DB_REAL, .real = value};
}

static weft_db_value read_timestamp(weft_str bytes)
{
    weft_db_value value = {.type = WEFT_DB_TIMESTAMP};
    int64_t time = (int64_t)weft__pg_u64(bytes.at);
    if (weft__pg_to_timestamp(time, &value.timestamp))
        return value;
    return text(time == INT64_MAX   ? WEFT_STR("infinity")
                : time == INT64_MIN ? WEFT_STR("-infinity")
                                    : WEFT_STR("a time outside the years 0 to 9999"));
}

static weft_db_value read_date(weft_str bytes)
{
    weft_db_value value = {.type = WEFT_DB_DATE};
    int32_t days = (int32_t)weft__pg_u32(bytes.at);
    if (weft__pg_to_date(days, &value.date))
        return value;
    return text(days == INT32_MAX   ? WEFT_STR("infinity")
                : days == INT32_MIN ? WEFT_STR("-infinity")
                                    : WEFT_STR("a date outside the years 0 to 9999"));
}

static weft_db_value read_numeric(weft_str bytes, weft_arena *arena)
{
    weft_db_value value = {.type = WEFT_DB_DECIMAL};
    return weft__pg_numeric_read(bytes, arena, &value.text) ? value : blob(bytes);
}

/* Version 1 of jsonb is the text behind one byte. */
static weft_db_value read_jsonb(weft_str bytes)
{
    if (bytes.len == 0 || bytes.at[0] != 1)
        return blob(bytes);
    return (weft_db_value){.type = WEFT_DB_JSON, .text = weft_str_skip(bytes, 1)};
}

/* Whether the bytes begin as an array does; no text does. */
static bool is_array(weft_str bytes)
{
    return bytes.len >= ARRAY_HEAD && weft__pg_u32(bytes.at) <= 6 &&
           weft__pg_u32(bytes.at + 4) <= 1 && weft__pg_u32(bytes.at + 8) != 0;
}

static weft_db_type value_type(uint32_t type)
{
    switch (type) {
#define TYPE(name, number, array, value) \
    case WEFT__PG_##name: return value;
        WEFT__PG_TYPES(TYPE)
#undef TYPE
    default: return WEFT_DB_TEXT;
    }
}

static weft_db_value read_array(weft_str bytes)
{
    weft_db_value value = {.type = WEFT_DB_ARRAY};
    value.element = value_type(weft__pg_u32(bytes.at + 8));
    if (weft__pg_u32(bytes.at) != 0 && bytes.len >= ARRAY_HEAD + DIMENSION)
        value.items.len = weft__pg_u32(bytes.at + ARRAY_HEAD);
    return value;
}

/* Arrays, and the database's own types: enums come as their text. */
static weft_db_value read_other(uint32_t type, weft_str bytes)
{
    if ((type >= WEFT__PG_USER_TYPES || weft__pg_element(type) != 0) && is_array(bytes))
        return read_array(bytes);
    if (type < WEFT__PG_USER_TYPES || (bytes.len != 0 && memchr(bytes.at, '\0', bytes.len)))
        return blob(bytes);
    return text(bytes);
}

weft_db_value weft__pg_read(uint32_t type, weft_str bytes, weft_arena *arena)
{
    switch (type) {
    case WEFT__PG_INT4:
        if (bytes.len == 4)
            return integer((int32_t)weft__pg_u32(bytes.at));
        break;
    case WEFT__PG_INT8:
        if (bytes.len == 8)
            return integer((int64_t)weft__pg_u64(bytes.at));
        break;
    case WEFT__PG_TEXT:
    case WEFT__PG_VARCHAR:
    case WEFT__PG_BPCHAR:
    case WEFT__PG_NAME:
    case WEFT__PG_CHAR:
    case WEFT__PG_XML:
    case WEFT__PG_VOID:
    case WEFT__PG_UNKNOWN: return text(bytes);
    case WEFT__PG_BOOL:
        if (bytes.len == 1)
            return (weft_db_value){.type = WEFT_DB_BOOL, .boolean = bytes.at[0] != 0};
        break;
    case WEFT__PG_INT2:
        if (bytes.len == 2)
            return integer((int16_t)weft__pg_u16(bytes.at));
        break;
    case WEFT__PG_OID:
        if (bytes.len == 4)
            return integer(weft__pg_u32(bytes.at));
        break;
    case WEFT__PG_FLOAT4:
        if (bytes.len == 4)
            return read_float4(bytes);
        break;
    case WEFT__PG_FLOAT8:
        if (bytes.len == 8)
            return read_float8(bytes);
        break;
    case WEFT__PG_TIMESTAMP:
    case WEFT__PG_TIMESTAMPTZ:
        if (bytes.len == 8)
            return read_timestamp(bytes);
        break;
    case WEFT__PG_DATE:
        if (bytes.len == 4)
            return read_date(bytes);
        break;
    case WEFT__PG_UUID: {
        weft_db_value value = {.type = WEFT_DB_UUID};
        if (bytes.len != sizeof value.uuid.at)
            break;
        memcpy(value.uuid.at, bytes.at, sizeof value.uuid.at);
        return value;
    }
    case WEFT__PG_NUMERIC: return read_numeric(bytes, arena);
    case WEFT__PG_JSON: return (weft_db_value){.type = WEFT_DB_JSON, .text = bytes};
    case WEFT__PG_JSONB: return read_jsonb(bytes);
    case WEFT__PG_BYTEA: break;
    default: return read_other(type, bytes);
    }
    return blob(bytes);
}

/* Takes one item, its length before it; false: the array ends too early. */
static bool take_item(weft_str *rest, uint32_t type, weft_arena *arena, weft_db_value *item)
{
    if (rest->len < 4)
        return false;
    int32_t len = (int32_t)weft__pg_u32(rest->at);
    *rest = weft_str_skip(*rest, 4);
    if (len < 0) {
        *item = (weft_db_value){.type = WEFT_DB_NULL};
        return len == -1;
    }
    if ((size_t)len > rest->len)
        return false;
    *item = weft__pg_read(type, (weft_str){rest->at, (size_t)len}, arena);
    *rest = weft_str_skip(*rest, (size_t)len);
    return true;
}

weft_db_result weft__pg_read_items(weft_str bytes, weft_arena *arena, weft_db_value *array)
{
    if (!is_array(bytes) || weft__pg_u32(bytes.at) > 1)
        return WEFT_DB_VALUE;
    *array = read_array(bytes);
    if (array->items.len == 0)
        return WEFT_DB_OK;
    uint32_t type = weft__pg_u32(bytes.at + 8);
    weft_str rest = weft_str_skip(bytes, ARRAY_HEAD + DIMENSION);
    if (array->items.len > rest.len / 4)
        return WEFT_DB_VALUE;
    weft_db_value *items = WEFT_NEW_ARRAY(arena, weft_db_value, array->items.len);
    if (items == NULL)
        return WEFT_DB_NO_MEMORY;
    for (size_t i = 0; i < array->items.len; i++)
        if (!take_item(&rest, type, arena, &items[i]))
            return WEFT_DB_VALUE;
    array->items.at = items;
    return rest.len == 0 ? WEFT_DB_OK : WEFT_DB_VALUE;
}
