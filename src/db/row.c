/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/row.c: columns of a row into C values, with nothing lost on the way: what does not fit is a
 * failure that names the column.
 */
#include <inttypes.h>

#include "db/engine.h"

static const char *const type_names[] = {
    [WEFT_DB_NULL] = "NULL",
    [WEFT_DB_INTEGER] = "an integer",
    [WEFT_DB_REAL] = "a real number",
    [WEFT_DB_TEXT] = "text",
    [WEFT_DB_BLOB] = "a blob",
    [WEFT_DB_BOOL] = "a boolean",
    [WEFT_DB_TIMESTAMP] = "a timestamp",
    [WEFT_DB_DATE] = "a date",
    [WEFT_DB_UUID] = "a UUID",
    [WEFT_DB_DECIMAL] = "a decimal",
    [WEFT_DB_JSON] = "JSON",
    [WEFT_DB_ARRAY] = "an array",
};

static const char *name_of(const weft_row *row, unsigned column)
{
    const char *name = row->engine->column_name(row, column);
    return name ? name : "?";
}

weft_db_result weft__row_wrong_type(const weft_row *row, unsigned column, weft_db_type is,
                                    const char *wanted)
{
    if (is == WEFT_DB_NULL)
        weft__call_fail(row->call, WEFT_DB_VALUE, 0,
                        "column \"%s\" is NULL, which its field cannot hold; make the field "
                        "OPTIONAL or the column NOT NULL",
                        name_of(row, column));
    else
        weft__call_fail(row->call, WEFT_DB_VALUE, 0, "column \"%s\" holds %s, its field %s",
                        name_of(row, column), type_names[is], wanted);
    return WEFT_DB_VALUE;
}

weft_db_result weft_row_refuse(const weft_row *row, unsigned column, const char *why)
{
    weft__call_fail(row->call, WEFT_DB_VALUE, 0, "column \"%s\" %s", name_of(row, column), why);
    return WEFT_DB_VALUE;
}

WEFT_COLD static weft_db_result no_fit(const weft_row *row, unsigned column, int64_t value,
                                       const char *what)
{
    weft__call_fail(row->call, WEFT_DB_VALUE, 0,
                    "column \"%s\" holds %" PRId64 ", which does not fit its field (%s)",
                    name_of(row, column), value, what);
    return WEFT_DB_VALUE;
}

bool weft_row_null(const weft_row *row, unsigned column)
{
    return row->engine->value(row, column).type == WEFT_DB_NULL;
}

weft_db_result weft_row_i64(const weft_row *row, unsigned column, int64_t min, int64_t max,
                            int64_t *out)
{
    weft_db_value value = row->engine->value(row, column);
    if (WEFT_UNLIKELY(value.type != WEFT_DB_INTEGER))
        return weft__row_wrong_type(row, column, value.type, type_names[WEFT_DB_INTEGER]);
    if (WEFT_UNLIKELY(value.integer < min || value.integer > max))
        return no_fit(row, column, value.integer, "its type is too small");
    *out = value.integer;
    return WEFT_DB_OK;
}

weft_db_result weft_row_u64(const weft_row *row, unsigned column, uint64_t max, uint64_t *out)
{
    weft_db_value value = row->engine->value(row, column);
    if (WEFT_UNLIKELY(value.type != WEFT_DB_INTEGER))
        return weft__row_wrong_type(row, column, value.type, type_names[WEFT_DB_INTEGER]);
    if (WEFT_UNLIKELY(value.integer < 0))
        return no_fit(row, column, value.integer, "it is unsigned");
    if (WEFT_UNLIKELY((uint64_t)value.integer > max))
        return no_fit(row, column, value.integer, "its type is too small");
    *out = (uint64_t)value.integer;
    return WEFT_DB_OK;
}

weft_db_result weft_row_double(const weft_row *row, unsigned column, double *out)
{
    const int64_t exact = INT64_C(1) << 53; /* every integer up to here is a double */
    weft_db_value value = row->engine->value(row, column);
    if (value.type == WEFT_DB_REAL) {
        *out = value.real;
        return WEFT_DB_OK;
    }
    if (value.type != WEFT_DB_INTEGER)
        return weft__row_wrong_type(row, column, value.type, type_names[WEFT_DB_REAL]);
    if (value.integer < -exact || value.integer > exact)
        return no_fit(row, column, value.integer, "a double is exact up to 2^53");
    *out = (double)value.integer;
    return WEFT_DB_OK;
}

weft_db_result weft_row_bool(const weft_row *row, unsigned column, bool *out)
{
    weft_db_value value = row->engine->value(row, column);
    if (value.type == WEFT_DB_BOOL) {
        *out = value.boolean;
        return WEFT_DB_OK;
    }
    if (WEFT_UNLIKELY(value.type != WEFT_DB_INTEGER))
        return weft__row_wrong_type(row, column, value.type, type_names[WEFT_DB_BOOL]);
    if (WEFT_UNLIKELY(value.integer != 0 && value.integer != 1))
        return no_fit(row, column, value.integer, "a bool is 0 or 1");
    *out = value.integer != 0;
    return WEFT_DB_OK;
}

weft_db_result weft_row_str(const weft_row *row, unsigned column, weft_arena *arena, weft_str *out)
{
    weft_db_value value = row->engine->value(row, column);
    if (WEFT_UNLIKELY(value.type != WEFT_DB_TEXT && value.type != WEFT_DB_BLOB &&
                      value.type != WEFT_DB_JSON && value.type != WEFT_DB_DECIMAL))
        return weft__row_wrong_type(row, column, value.type, type_names[WEFT_DB_TEXT]);
    if ((value.text.at == NULL && value.text.len != 0) ||
        !weft_arena_copy(arena, value.text, out)) {
        weft__call_fail(row->call, WEFT_DB_NO_MEMORY, 0,
                        "no memory for the %zu bytes of column \"%s\"", value.text.len,
                        name_of(row, column));
        return WEFT_DB_NO_MEMORY;
    }
    return WEFT_DB_OK;
}
