/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/write.c: see write.h. Long texts are not copied: libpq does that once, into what it
 * sends.
 */
#include "db/postgres/write.h"

#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "db/postgres/numeric.h"
#include "db/postgres/time.h"
#include "db/postgres/type.h"
#include "db/postgres/write_array.h"

enum { TEXT = 0, BINARY = 1, SCALAR = 64 /* bytes of the text of a number, time or UUID */ };

/* ---- binary ---------------------------------------------------------------------------------- */

static weft__pg_form write_integer(uint32_t type, int64_t value, char *to, size_t *len)
{
    switch (type) {
    case WEFT__PG_INT2:
        weft__pg_put16(to, (uint16_t)value);
        *len = 2;
        return value == (int16_t)value ? WEFT__PG_WRITTEN : WEFT__PG_TOO_LARGE;
    case WEFT__PG_INT4:
        weft__pg_put32(to, (uint32_t)value);
        *len = 4;
        return value == (int32_t)value ? WEFT__PG_WRITTEN : WEFT__PG_TOO_LARGE;
    case WEFT__PG_OID:
        weft__pg_put32(to, (uint32_t)value);
        *len = 4;
        return value == (uint32_t)value ? WEFT__PG_WRITTEN : WEFT__PG_TOO_LARGE;
    case WEFT__PG_INT8:
        weft__pg_put64(to, (uint64_t)value);
        *len = 8;
        return WEFT__PG_WRITTEN;
    case WEFT__PG_BOOL:
        to[0] = value != 0;
        *len = 1;
        return value == 0 || value == 1 ? WEFT__PG_WRITTEN : WEFT__PG_TOO_LARGE;
    default: return WEFT__PG_NO_BINARY;
    }
}

static weft__pg_form write_real(uint32_t type, double value, char *to, size_t *len)
{
    uint64_t bits;
    if (type == WEFT__PG_FLOAT8) {
        memcpy(&bits, &value, sizeof bits);
        weft__pg_put64(to, bits);
        *len = 8;
        return WEFT__PG_WRITTEN;
    }
    if (type != WEFT__PG_FLOAT4)
        return WEFT__PG_NO_BINARY;
    if (isfinite(value) && fabs(value) > (double)FLT_MAX)
        return WEFT__PG_TOO_LARGE;
    float narrow = (float)value;
    uint32_t half;
    memcpy(&half, &narrow, sizeof half);
    weft__pg_put32(to, half);
    *len = 4;
    return WEFT__PG_WRITTEN;
}

static weft__pg_form write_time(uint32_t type, weft_timestamp time, char *to, size_t *len)
{
    if (type != WEFT__PG_TIMESTAMPTZ && type != WEFT__PG_TIMESTAMP)
        return WEFT__PG_NO_BINARY;
    weft__pg_put64(to, (uint64_t)weft__pg_from_timestamp(time));
    *len = 8;
    return WEFT__PG_WRITTEN;
}

static weft__pg_form write_date(uint32_t type, weft_date date, char *to, size_t *len)
{
    if (type != WEFT__PG_DATE)
        return write_time(type, weft_date_start(date), to, len);
    weft__pg_put32(to, (uint32_t)weft__pg_from_date(date));
    *len = 4;
    return WEFT__PG_WRITTEN;
}

weft__pg_form weft__pg_write_scalar(uint32_t type, const weft_db_value *value, char *to,
                                    size_t *len)
{
    switch (value->type) {
    case WEFT_DB_INTEGER:
        if (type == WEFT__PG_FLOAT8 && value->integer == (int64_t)(double)value->integer)
            return write_real(type, (double)value->integer, to, len);
        return write_integer(type, value->integer, to, len);
    case WEFT_DB_BOOL: return write_integer(type, value->boolean, to, len);
    case WEFT_DB_REAL: return write_real(type, value->real, to, len);
    case WEFT_DB_TIMESTAMP: return write_time(type, value->timestamp, to, len);
    case WEFT_DB_DATE: return write_date(type, value->date, to, len);
    case WEFT_DB_UUID:
        if (type != WEFT__PG_UUID)
            return WEFT__PG_NO_BINARY;
        memcpy(to, value->uuid.at, sizeof value->uuid.at);
        *len = sizeof value->uuid.at;
        return WEFT__PG_WRITTEN;
    default: return WEFT__PG_NO_BINARY;
    }
}

bool weft__pg_is_as_sent(uint32_t type, const weft_db_value *value)
{
    switch (type) {
    case WEFT__PG_BYTEA: return value->type == WEFT_DB_BLOB || value->type == WEFT_DB_TEXT;
    case WEFT__PG_UUID: return value->type == WEFT_DB_BLOB && value->text.len == 16;
    case WEFT__PG_TEXT:
    case WEFT__PG_VARCHAR:
    case WEFT__PG_BPCHAR:
    case WEFT__PG_NAME:
    case WEFT__PG_JSON:
    case WEFT__PG_UNKNOWN:
        return value->type == WEFT_DB_TEXT || value->type == WEFT_DB_JSON ||
               value->type == WEFT_DB_BLOB || value->type == WEFT_DB_DECIMAL;
    default: return false;
    }
}

/* ---- text ------------------------------------------------------------------------------------ */

size_t weft__pg_text_size(const weft_db_value *value)
{
    switch (value->type) {
    case WEFT_DB_TEXT:
    case WEFT_DB_JSON:
    case WEFT_DB_DECIMAL: return value->text.len + 1;
    case WEFT_DB_BLOB: return 2 * value->text.len + 3;
    default: return SCALAR;
    }
}

static size_t real_text(double value, char *to)
{
    if (isnan(value))
        return (size_t)snprintf(to, SCALAR, "NaN");
    if (isinf(value))
        return (size_t)snprintf(to, SCALAR, "%s", value < 0 ? "-Infinity" : "Infinity");
    return (size_t)snprintf(to, SCALAR, "%.17g", value);
}

static size_t hexadecimal(weft_str bytes, char *to)
{
    static const char digits[] = "0123456789abcdef";
    char *at = to;
    *at++ = '\\';
    *at++ = 'x';
    for (size_t i = 0; i < bytes.len; i++) {
        *at++ = digits[(unsigned char)bytes.at[i] >> 4];
        *at++ = digits[bytes.at[i] & 15];
    }
    return (size_t)(at - to);
}

size_t weft__pg_write_text(const weft_db_value *value, char *to)
{
    switch (value->type) {
    case WEFT_DB_INTEGER: return (size_t)snprintf(to, SCALAR, "%" PRId64, value->integer);
    case WEFT_DB_BOOL: to[0] = value->boolean ? 't' : 'f'; return 1;
    case WEFT_DB_REAL: return real_text(value->real, to);
    case WEFT_DB_TIMESTAMP: return weft_timestamp_to_text(value->timestamp, to);
    case WEFT_DB_DATE: return weft_date_to_text(value->date, to);
    case WEFT_DB_UUID: return weft_uuid_to_text(value->uuid, to);
    case WEFT_DB_BLOB: return hexadecimal(value->text, to);
    case WEFT_DB_TEXT:
    case WEFT_DB_JSON:
    case WEFT_DB_DECIMAL:
        if (value->text.len != 0)
            memcpy(to, value->text.at, value->text.len);
        return value->text.len;
    case WEFT_DB_NULL:
    case WEFT_DB_ARRAY: break;
    }
    return 0;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static char *take(weft__pg_parameters *parameters, size_t size)
{
    if (size > sizeof parameters->room - parameters->used)
        return weft_arena_alloc(parameters->arena, size, 1);
    char *at = parameters->room + parameters->used;
    parameters->used += size;
    return at;
}

static bool place(weft__pg_parameters *parameters, unsigned i, const char *at, size_t len,
                  int format)
{
    if (at == NULL || len > INT_MAX)
        return false;
    parameters->values[i] = at;
    parameters->lengths[i] = (int)len;
    parameters->formats[i] = format;
    return true;
}

/* A text of its own, with an end that libpq finds. */
static bool place_text(weft__pg_parameters *parameters, unsigned i, const weft_db_value *value)
{
    char *at = take(parameters, weft__pg_text_size(value));
    if (at == NULL)
        return false;
    size_t len = weft__pg_write_text(value, at);
    at[len] = '\0';
    return place(parameters, i, at, len, TEXT);
}

/* The binary form of jsonb is a byte, its version, before the text. */
static bool place_jsonb(weft__pg_parameters *parameters, unsigned i, weft_str text)
{
    char *at = take(parameters, text.len + 1);
    if (at == NULL)
        return false;
    at[0] = 1;
    if (text.len != 0)
        memcpy(at + 1, text.at, text.len);
    return place(parameters, i, at, text.len + 1, BINARY);
}

static bool place_numeric(weft__pg_parameters *parameters, unsigned i, weft_decimal decimal)
{
    char *at = take(parameters, weft__pg_numeric_size(decimal.text.len));
    return at != NULL && place(parameters, i, at, weft__pg_numeric_write(decimal, at), BINARY);
}

static bool place_array(weft__pg_parameters *parameters, unsigned i, uint32_t type,
                        const weft_db_value *value)
{
    weft_buffer buffer;
    weft_buffer_init(&buffer, parameters->arena);
    bool binary = weft__pg_write_array(&buffer, weft__pg_element(type), value);
    if (!binary) {
        buffer.len = 0;
        weft__pg_write_array_text(&buffer, value);
    }
    return !buffer.failed && place(parameters, i, buffer.at, buffer.len, binary ? BINARY : TEXT);
}

static bool is_bytes(const weft_db_value *value)
{
    return value->type == WEFT_DB_TEXT || value->type == WEFT_DB_JSON ||
           value->type == WEFT_DB_DECIMAL;
}

static bool no_memory(weft__call *call)
{
    weft__call_fail(call, WEFT_DB_NO_MEMORY, 0, "no memory for the statement's parameters");
    return false;
}

WEFT_COLD static bool unfit(weft__call *call, unsigned i, const char *why)
{
    weft__call_fail(call, WEFT_DB_VALUE, 0, "parameter $%u %s", i + 1, why);
    return false;
}

static bool write_one(weft__pg_parameters *parameters, weft__call *call, unsigned i, uint32_t type)
{
    const weft_db_value *value = &call->parameters[i];
    if (value->type == WEFT_DB_NULL) {
        parameters->values[i] = NULL;
        parameters->lengths[i] = parameters->formats[i] = 0;
        return true;
    }
    if (weft__pg_is_as_sent(type, value))
        return place(parameters, i, value->text.at ? value->text.at : "", value->text.len,
                     BINARY) ||
               no_memory(call);

    size_t len;
    char *at = take(parameters, 16);
    if (at == NULL)
        return no_memory(call);
    weft__pg_form form = weft__pg_write_scalar(type, value, at, &len);
    if (WEFT_LIKELY(form == WEFT__PG_WRITTEN))
        return place(parameters, i, at, len, BINARY);
    if (form == WEFT__PG_TOO_LARGE)
        return unfit(call, i, "does not fit its type in the statement");

    if (is_bytes(value) && value->text.len != 0 && memchr(value->text.at, '\0', value->text.len))
        return unfit(call, i, "holds a byte of zero, which no text in PostgreSQL can");
    bool placed = value->type == WEFT_DB_ARRAY ? place_array(parameters, i, type, value)
                  : type == WEFT__PG_JSONB && is_bytes(value)
                      ? place_jsonb(parameters, i, value->text)
                  : type == WEFT__PG_NUMERIC && value->type == WEFT_DB_DECIMAL
                      ? place_numeric(parameters, i, (weft_decimal){value->text})
                      : place_text(parameters, i, value);
    return placed || no_memory(call);
}

static bool make_places(weft__pg_parameters *parameters, unsigned count)
{
    parameters->values = parameters->value;
    parameters->lengths = parameters->length;
    parameters->formats = parameters->format;
    if (count <= WEFT__PG_PARAMETERS)
        return true;
    parameters->values = WEFT_NEW_ARRAY(parameters->arena, const char *, count);
    parameters->lengths = WEFT_NEW_ARRAY(parameters->arena, int, count);
    parameters->formats = WEFT_NEW_ARRAY(parameters->arena, int, count);
    return parameters->values && parameters->lengths && parameters->formats;
}

bool weft__pg_write(weft__pg_parameters *parameters, weft__call *call, const uint32_t *types)
{
    unsigned count = call->statement->parameters;
    parameters->count = (int)count;
    parameters->used = 0;
    parameters->arena = call->failure_arena;
    if (!make_places(parameters, count))
        return no_memory(call);
    for (unsigned i = 0; i < count; i++)
        if (!write_one(parameters, call, i, types ? types[i] : 0))
            return false;
    return true;
}
