/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/array.c: values that SQLite keeps as texts, and arrays of them. Flat, so reading needs
 * no stack, whatever the text.
 */
#include "db/sqlite/array.h"

#include <weft/buffer.h>
#include <weft/check.h>

#include <math.h>

_Static_assert(WEFT__SQLITE_TEXT_ROOM >= WEFT_TIMESTAMP_SIZE &&
                   WEFT__SQLITE_TEXT_ROOM >= WEFT_DATE_SIZE,
               "any of them fits");

weft_str weft__sqlite_text_of(const weft_db_value *value, char *room)
{
    switch (value->type) {
    case WEFT_DB_TIMESTAMP: return (weft_str){room, weft_db_timestamp(value->timestamp, room)};
    case WEFT_DB_DATE: return (weft_str){room, weft_date_to_text(value->date, room)};
    case WEFT_DB_UUID: return (weft_str){room, weft_uuid_to_text(value->uuid, room)};
    default: return value->text;
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool write_item(weft_buffer *to, const weft_db_value *item)
{
    char room[WEFT__SQLITE_TEXT_ROOM];
    weft_str text;
    switch (item->type) {
    case WEFT_DB_NULL: weft_buffer_append_str(to, WEFT_STR("null")); return true;
    case WEFT_DB_INTEGER: weft_buffer_printf(to, "%lld", (long long)item->integer); return true;
    case WEFT_DB_REAL:
        if (!isfinite(item->real))
            return false;
        weft_buffer_printf(to, "%.17g", item->real);
        return true;
    case WEFT_DB_BOOL:
        weft_buffer_append_str(to, item->boolean ? WEFT_STR("true") : WEFT_STR("false"));
        return true;
    case WEFT_DB_JSON: weft_buffer_append_str(to, item->text); return true;
    case WEFT_DB_TEXT:
    case WEFT_DB_DECIMAL:
    case WEFT_DB_TIMESTAMP:
    case WEFT_DB_DATE:
    case WEFT_DB_UUID:
        text = weft__sqlite_text_of(item, room);
        weft_buffer_append_quoted(to, text);
        return true;
    case WEFT_DB_BLOB:
    case WEFT_DB_ARRAY: break;
    }
    return false;
}

bool weft__sqlite_array_write(const weft_db_value *array, weft_arena *arena, weft_str *text)
{
    weft_buffer to;
    weft_buffer_init(&to, arena);
    bool good = true;
    weft_buffer_append(&to, "[", 1);
    for (size_t i = 0; good && i < array->items.len; i++) {
        if (i != 0)
            weft_buffer_append(&to, ",", 1);
        good = write_item(&to, &array->items.at[i]);
    }
    weft_buffer_append(&to, "]", 1);
    *text = (weft_str){to.at, to.len};
    return good && !to.failed;
}

/* ---- reading --------------------------------------------------------------------------------- */

typedef struct reader {
    const char *at, *end;
    weft_arena *arena;
} reader;

static void skip_space(reader *r)
{
    while (r->at < r->end && memchr(" \t\r\n", *r->at, 4) != NULL)
        r->at++;
}

static bool take(reader *r, const char *word)
{
    size_t len = strlen(word);
    bool found = (size_t)(r->end - r->at) >= len && memcmp(r->at, word, len) == 0;
    r->at += found ? len : 0;
    return found;
}

/* Four hexadecimal digits; -1: there are none. */
static int32_t take_unit(reader *r)
{
    int32_t unit = 0;
    if (r->end - r->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = *r->at++;
        char lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return unit;
}

/* What follows "\u", with the second half of a pair; -1: it is no character. */
static int32_t take_character(reader *r)
{
    int32_t first = take_unit(r);
    if (first < 0xd800 || first > 0xdfff)
        return first;
    if (first > 0xdbff || !take(r, "\\u"))
        return -1;
    int32_t second = take_unit(r);
    if (second < 0xdc00 || second > 0xdfff)
        return -1;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(lead[more] | c >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    return to;
}

static bool take_escape(reader *r, char **to)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return false;
    if (*r->at == 'u') {
        r->at++;
        int32_t c = take_character(r);
        if (c >= 0)
            *to = put_utf8(*to, (uint32_t)c);
        return c >= 0;
    }
    const char *name = memchr(names, *r->at++, sizeof names - 1);
    if (name != NULL)
        *(*to)++ = meant[name - names];
    return name != NULL;
}

/* The rest of a string whose quote was taken. A text is never longer than what it is written as. */
static weft_error read_string(reader *r, weft_str *out)
{
    const char *start = r->at;
    const char *end = start;
    while (end < r->end && *end != '"')
        end += *end == '\\' ? 2 : 1;
    if (end >= r->end)
        return WEFT_INVALID;
    char *text = weft_arena_alloc(r->arena, (size_t)(end - start) + 1, 1), *to = text;
    if (text == NULL)
        return WEFT_NO_MEMORY;
    while (r->at < end) {
        char c = *r->at++;
        if ((unsigned char)c < 0x20 || (c == '\\' && !take_escape(r, &to)))
            return WEFT_INVALID;
        if (c != '\\')
            *to++ = c;
    }
    r->at = end + 1;
    *out = (weft_str){text, (size_t)(to - text)};
    return WEFT_OK;
}

static weft_error read_number(reader *r, weft_db_value *out)
{
    const char *start = r->at;
    while (r->at < r->end && memchr("+-.0123456789Ee", *r->at, 15) != NULL)
        r->at++;
    weft_str text = {start, (size_t)(r->at - start)};
    out->type = WEFT_DB_INTEGER;
    if (weft_text_to_i64(text, INT64_MIN, INT64_MAX, &out->integer))
        return WEFT_OK;
    out->type = WEFT_DB_REAL;
    return weft_text_to_double(text, &out->real) ? WEFT_OK : WEFT_INVALID;
}

static weft_error read_item(reader *r, weft_db_value *out)
{
    *out = (weft_db_value){.type = WEFT_DB_NULL};
    if (take(r, "null"))
        return WEFT_OK;
    if (take(r, "\"")) {
        out->type = WEFT_DB_TEXT;
        return read_string(r, &out->text);
    }
    bool yes = take(r, "true");
    if (!yes && !take(r, "false"))
        return read_number(r, out);
    *out = (weft_db_value){.type = WEFT_DB_BOOL, .boolean = yes};
    return WEFT_OK;
}

/* At least as many as there are items: the commas. */
static size_t count_commas(weft_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == ',';
    return count;
}

weft_error weft__sqlite_array_read(weft_str text, weft_arena *arena, weft_db_value *array)
{
    reader r = {text.at, text.at + text.len, arena};
    weft_db_value *items = WEFT_NEW_ARRAY(arena, weft_db_value, count_commas(text) + 1);
    size_t len = 0;
    if (items == NULL)
        return WEFT_NO_MEMORY;
    skip_space(&r);
    if (!take(&r, "["))
        return WEFT_INVALID;
    skip_space(&r);
    for (bool more = !take(&r, "]"); more; len++) {
        skip_space(&r);
        weft_error error = read_item(&r, &items[len]);
        if (error != WEFT_OK)
            return error;
        skip_space(&r);
        more = take(&r, ",");
        if (!more && !take(&r, "]"))
            return WEFT_INVALID;
    }
    skip_space(&r);
    *array = (weft_db_value){.type = WEFT_DB_ARRAY, .items = {items, len}};
    return r.at == r.end ? WEFT_OK : WEFT_INVALID;
}

weft_db_result weft__sqlite_items(const weft_row *row, unsigned column, weft_arena *arena,
                                  weft_db_value *array)
{
    weft_db_value held = row->engine->value(row, column);
    if (held.text.at == NULL && held.text.len != 0)
        return WEFT_DB_NO_MEMORY;
    switch (weft__sqlite_array_read(held.text, arena, array)) {
    case WEFT_OK: return WEFT_DB_OK;
    case WEFT_NO_MEMORY: return WEFT_DB_NO_MEMORY;
    default: return weft_row_refuse(row, column, "holds text that is no JSON array of scalars");
    }
}
