/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/read.c: see read.h. Times count microseconds, dates days, both from the year 2000.
 */
#include "db/postgres/read.h"

#include "db/postgres/numeric.h"
#include "db/postgres/time.h"
#include "db/postgres/type.h"

enum { ARRAY_HEAD = 12, DIMENSION = 8 };

/* Values are written in place, member by member: building and copying them took most of the
 * time. */
static inline void put_text(weft_db_value *out, weft_db_type type, weft_str bytes)
{
    out->type = type;
    out->text = bytes;
}

static inline void put_integer(weft_db_value *out, int64_t value)
{
    out->type = WEFT_DB_INTEGER;
    out->integer = value;
}

static inline void put_real(weft_db_value *out, double value)
{
    out->type = WEFT_DB_REAL;
    out->real = value;
}

static void read_float4(weft_str bytes, weft_db_value *out)
{
    uint32_t bits = weft__pg_u32(bytes.at);
    float value;
    memcpy(&value, &bits, sizeof value);
    put_real(out, (double)value);
}

static inline void read_float8(weft_str bytes, weft_db_value *out)
{
    uint64_t bits = weft__pg_u64(bytes.at);
    double value;
    memcpy(&value, &bits, sizeof value);
    put_real(out, value);
}

static inline void read_timestamp(weft_str bytes, weft_db_value *out)
{
    int64_t time = (int64_t)weft__pg_u64(bytes.at);
    out->type = WEFT_DB_TIMESTAMP;
    if (WEFT_UNLIKELY(!weft__pg_to_timestamp(time, &out->timestamp)))
        put_text(out, WEFT_DB_TEXT,
                 time == INT64_MAX   ? WEFT_STR("infinity")
                 : time == INT64_MIN ? WEFT_STR("-infinity")
                                     : WEFT_STR("a time outside the years 0 to 9999"));
}

static inline void read_date(weft_str bytes, weft_db_value *out)
{
    int32_t days = (int32_t)weft__pg_u32(bytes.at);
    out->type = WEFT_DB_DATE;
    if (WEFT_UNLIKELY(!weft__pg_to_date(days, &out->date)))
        put_text(out, WEFT_DB_TEXT,
                 days == INT32_MAX   ? WEFT_STR("infinity")
                 : days == INT32_MIN ? WEFT_STR("-infinity")
                                     : WEFT_STR("a date outside the years 0 to 9999"));
}

static void read_numeric(weft_str bytes, weft_arena *arena, weft_db_value *out)
{
    bool good = weft__pg_numeric_read(bytes, arena, &out->text);
    out->type = WEFT_DB_DECIMAL;
    if (!good)
        put_text(out, WEFT_DB_BLOB, bytes);
}

/* Version 1 of jsonb is the text behind one byte. */
static void read_jsonb(weft_str bytes, weft_db_value *out)
{
    if (bytes.len == 0 || bytes.at[0] != 1)
        put_text(out, WEFT_DB_BLOB, bytes);
    else
        put_text(out, WEFT_DB_JSON, weft_str_skip(bytes, 1));
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

static void read_array(weft_str bytes, weft_db_value *out)
{
    *out = (weft_db_value){.type = WEFT_DB_ARRAY};
    out->element = value_type(weft__pg_u32(bytes.at + 8));
    if (weft__pg_u32(bytes.at) != 0 && bytes.len >= ARRAY_HEAD + DIMENSION)
        out->items.len = weft__pg_u32(bytes.at + ARRAY_HEAD);
}

/* Arrays, and the database's own types: enums come as their text. */
static void read_other(uint32_t type, weft_str bytes, weft_db_value *out)
{
    bool own = type >= WEFT__PG_USER_TYPES;
    if ((own || weft__pg_element(type) != 0) && is_array(bytes))
        read_array(bytes, out);
    else if (!own || (bytes.len != 0 && memchr(bytes.at, '\0', bytes.len)))
        put_text(out, WEFT_DB_BLOB, bytes);
    else
        put_text(out, WEFT_DB_TEXT, bytes);
}

static inline void read_uuid(weft_str bytes, weft_db_value *out)
{
    out->type = WEFT_DB_UUID;
    memcpy(out->uuid.at, bytes.at, sizeof out->uuid.at);
}

/* The types of a fixed size; false: it is none of them, or has another size. */
static inline bool read_fixed(uint32_t type, weft_str bytes, weft_db_value *out)
{
#define CASE(number, size, statement) \
    case (number):                    \
        if (bytes.len != (size))      \
            return false;             \
        statement;                    \
        return true
    switch (type) {
        CASE(WEFT__PG_INT4, 4, put_integer(out, (int32_t)weft__pg_u32(bytes.at)));
        CASE(WEFT__PG_INT8, 8, put_integer(out, (int64_t)weft__pg_u64(bytes.at)));
        CASE(WEFT__PG_INT2, 2, put_integer(out, (int16_t)weft__pg_u16(bytes.at)));
        CASE(WEFT__PG_OID, 4, put_integer(out, weft__pg_u32(bytes.at)));
        CASE(WEFT__PG_BOOL, 1, (out->type = WEFT_DB_BOOL, out->boolean = bytes.at[0] != 0));
        CASE(WEFT__PG_FLOAT4, 4, read_float4(bytes, out));
        CASE(WEFT__PG_FLOAT8, 8, read_float8(bytes, out));
        CASE(WEFT__PG_TIMESTAMP, 8, read_timestamp(bytes, out));
        CASE(WEFT__PG_TIMESTAMPTZ, 8, read_timestamp(bytes, out));
        CASE(WEFT__PG_DATE, 4, read_date(bytes, out));
        CASE(WEFT__PG_UUID, 16, read_uuid(bytes, out));
    default: return false;
    }
#undef CASE
}

void weft__pg_read(uint32_t type, weft_str bytes, weft_arena *arena, weft_db_value *out)
{
    if (read_fixed(type, bytes, out))
        return;
    switch (type) {
    case WEFT__PG_TEXT:
    case WEFT__PG_VARCHAR:
    case WEFT__PG_BPCHAR:
    case WEFT__PG_NAME:
    case WEFT__PG_CHAR:
    case WEFT__PG_XML:
    case WEFT__PG_VOID:
    case WEFT__PG_UNKNOWN: put_text(out, WEFT_DB_TEXT, bytes); break;
    case WEFT__PG_NUMERIC: read_numeric(bytes, arena, out); break;
    case WEFT__PG_JSON: put_text(out, WEFT_DB_JSON, bytes); break;
    case WEFT__PG_JSONB: read_jsonb(bytes, out); break;
    case WEFT__PG_BYTEA: put_text(out, WEFT_DB_BLOB, bytes); break;
    default: read_other(type, bytes, out); break;
    }
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
    weft__pg_read(type, (weft_str){rest->at, (size_t)len}, arena, item);
    *rest = weft_str_skip(*rest, (size_t)len);
    return true;
}

weft_db_result weft__pg_read_items(weft_str bytes, weft_arena *arena, weft_db_value *array)
{
    if (!is_array(bytes) || weft__pg_u32(bytes.at) > 1)
        return WEFT_DB_VALUE;
    read_array(bytes, array);
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
