/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/row_value.c: columns into times, dates, UUIDs, decimals and bytes.
 */
#include <limits.h>
#include <stdio.h>

#include "db/engine.h"

WEFT_COLD static weft_db_result wrong_form(const weft_row *row, unsigned column, const char *wanted)
{
    char why[64];
    snprintf(why, sizeof why, "holds text that is no %s", wanted);
    return weft_row_refuse(row, column, why);
}

/* The column's value, whose text lives while the row does; of that type, or a text. */
static weft_db_result take(const weft_row *row, unsigned column, weft_db_type type,
                           const char *wanted, weft_db_value *value)
{
    *value = row->engine->value(row, column);
    if (value->type == type)
        return WEFT_DB_OK;
    if (value->type != WEFT_DB_TEXT && value->type != WEFT_DB_BLOB)
        return weft__row_wrong_type(row, column, value->type, wanted);
    return value->text.at == NULL && value->text.len != 0 ? WEFT_DB_NO_MEMORY : WEFT_DB_OK;
}

/* "2026-01-31 12:00:00" as RFC 3339 has it; the text itself when it is not of that form. */
static weft_str with_zone(weft_str text, char *to)
{
    if (text.len < 19 || text.len >= WEFT_TIMESTAMP_SIZE || text.at[10] != ' ')
        return text;
    memcpy(to, text.at, text.len);
    to[10] = 'T';
    to[text.len] = 'Z';
    return (weft_str){to, text.len + 1};
}

weft_db_result weft_row_timestamp(const weft_row *row, unsigned column, weft_timestamp *out)
{
    char room[WEFT_TIMESTAMP_SIZE];
    weft_db_value value;
    WEFT_TRY(take(row, column, WEFT_DB_TIMESTAMP, "a timestamp", &value));
    if (value.type == WEFT_DB_TIMESTAMP) {
        *out = value.timestamp;
        return WEFT_DB_OK;
    }
    bool good = weft_timestamp_from_text(with_zone(value.text, room), out);
    return good ? WEFT_DB_OK : wrong_form(row, column, "timestamp");
}

weft_db_result weft_row_date(const weft_row *row, unsigned column, weft_date *out)
{
    weft_db_value value;
    WEFT_TRY(take(row, column, WEFT_DB_DATE, "a date", &value));
    if (value.type == WEFT_DB_DATE) {
        *out = value.date;
        return WEFT_DB_OK;
    }
    return weft_date_from_text(value.text, out) ? WEFT_DB_OK : wrong_form(row, column, "date");
}

weft_db_result weft_row_uuid(const weft_row *row, unsigned column, weft_uuid *out)
{
    weft_db_value value;
    WEFT_TRY(take(row, column, WEFT_DB_UUID, "a UUID", &value));
    if (value.type == WEFT_DB_UUID) {
        *out = value.uuid;
        return WEFT_DB_OK;
    }
    if (value.text.len == sizeof out->at) {
        memcpy(out->at, value.text.at, value.text.len);
        return WEFT_DB_OK;
    }
    return weft_uuid_from_text(value.text, out) ? WEFT_DB_OK : wrong_form(row, column, "UUID");
}

weft_db_result weft_row_decimal(const weft_row *row, unsigned column, weft_arena *arena,
                                weft_decimal *out)
{
    weft_db_value value = row->engine->value(row, column);
    weft_str text;
    if (value.type == WEFT_DB_INTEGER) {
        out->text = weft_arena_printf(arena, "%lld", (long long)value.integer);
        return out->text.at != NULL ? WEFT_DB_OK : WEFT_DB_NO_MEMORY;
    }
    if (value.type == WEFT_DB_REAL)
        return weft__row_wrong_type(row, column, value.type, "a decimal");
    WEFT_TRY(weft_row_str(row, column, arena, &text));
    return weft_decimal_from_text(text, out) ? WEFT_DB_OK
                                             : wrong_form(row, column, "decimal number");
}

weft_db_result weft_row_bytes(const weft_row *row, unsigned column, weft_arena *arena,
                              weft_bytes *out)
{
    weft_str text;
    WEFT_TRY(weft_row_str(row, column, arena, &text));
    *out = (weft_bytes){(const uint8_t *)text.at, text.len};
    return WEFT_DB_OK;
}

/* ---- items of an array ----------------------------------------------------------------------- */

typedef struct items {
    weft_row row; /* of the items: `at` is this very struct */
    const weft_row *holder;
    unsigned column;
    weft_db_value array;
} items;

static weft_db_value item_value(const weft_row *row, unsigned column)
{
    const items *of = row->at;
    return of->array.items.at[column];
}

/* An item has the name of its column. */
static const char *item_name(const weft_row *row, unsigned column)
{
    (void)column;
    const items *of = row->at;
    return of->holder->engine->column_name(of->holder, of->column);
}

static weft_db_result no_items(const weft_row *row, unsigned column, weft_arena *arena,
                               weft_db_value *array)
{
    (void)arena, (void)array;
    return weft_row_refuse(row, column, "holds an array of arrays, its field an array of scalars");
}

static const weft__engine of_items = {
    .value = item_value, .items = no_items, .column_name = item_name};

weft_db_result weft_row_items(const weft_row *row, unsigned column, weft_arena *arena,
                              const weft_row **out, unsigned *count)
{
    weft_db_value value = row->engine->value(row, column);
    if (value.type != WEFT_DB_ARRAY && value.type != WEFT_DB_TEXT && value.type != WEFT_DB_JSON)
        return weft__row_wrong_type(row, column, value.type, "an array");
    items *of = WEFT_NEW(arena, items);
    if (of == NULL)
        return WEFT_DB_NO_MEMORY;
    *of = (items){.row = {&of_items, of, row->call}, .holder = row, .column = column};
    WEFT_TRY(row->engine->items(row, column, arena, &of->array));
    if (of->array.items.len > UINT_MAX)
        return weft_row_refuse(row, column, "holds more items than an array takes");
    *out = &of->row;
    *count = (unsigned)of->array.items.len;
    return WEFT_DB_OK;
}

size_t weft_db_timestamp(weft_timestamp time, char *to)
{
    static const char zeroes[] = ".000000000Z";
    size_t len = weft_timestamp_to_text(time, to);
    if (len == 0)
        return 0;
    len -= 1;                 /* the Z */
    size_t digits = len - 19; /* with the point */
    memcpy(to + len, zeroes + digits, sizeof zeroes - 1 - digits);
    return WEFT_TIMESTAMP_SIZE;
}
