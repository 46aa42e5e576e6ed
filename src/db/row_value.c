/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/row_value.c: columns into times, dates, UUIDs, decimals and bytes.
 */
#include "db/engine.h"

WEFT_COLD static weft_db_result wrong_form(const weft_row *row, unsigned column, const char *wanted)
{
    const char *name = row->engine->column_name(row, column);
    weft__call_fail(row->call, WEFT_DB_VALUE, 0, "column \"%s\" holds text that is no %s",
                    name ? name : "?", wanted);
    return WEFT_DB_VALUE;
}

/* The text of a column while the row lives. */
static weft_db_result take_text(const weft_row *row, unsigned column, const char *wanted,
                                weft_str *out)
{
    weft_db_value value = row->engine->value(row, column);
    if (value.type != WEFT_DB_TEXT && value.type != WEFT_DB_BLOB)
        return weft__row_wrong_type(row, column, value.type, wanted);
    if (value.text.at == NULL && value.text.len != 0)
        return WEFT_DB_NO_MEMORY;
    *out = value.text;
    return WEFT_DB_OK;
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
    weft_str text;
    WEFT_TRY(take_text(row, column, "a timestamp", &text));
    bool good = weft_timestamp_from_text(with_zone(text, room), out);
    return good ? WEFT_DB_OK : wrong_form(row, column, "timestamp");
}

weft_db_result weft_row_date(const weft_row *row, unsigned column, weft_date *out)
{
    weft_str text;
    WEFT_TRY(take_text(row, column, "a date", &text));
    return weft_date_from_text(text, out) ? WEFT_DB_OK : wrong_form(row, column, "date");
}

weft_db_result weft_row_uuid(const weft_row *row, unsigned column, weft_uuid *out)
{
    weft_str text;
    WEFT_TRY(take_text(row, column, "a UUID", &text));
    if (text.len == sizeof out->at) {
        memcpy(out->at, text.at, text.len);
        return WEFT_DB_OK;
    }
    return weft_uuid_from_text(text, out) ? WEFT_DB_OK : wrong_form(row, column, "UUID");
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
