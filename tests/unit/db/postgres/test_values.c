/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Values of every type, read from their binary form and sent in it, against the server's own texts.
 */
#include "server.h"

#include <math.h>

#include "db/engine.h"
#include "db/postgres/type.h"

static weft_database *db;

/* ---- statements made here -------------------------------------------------------------------- */

/* Lives as long as the program, as statements do. */
static const weft_statement *make_statement(const char *sql, unsigned columns,
                                            const uint32_t *types, unsigned parameters)
{
    struct made {
        weft_statement statement;
        weft_statement_postgres postgres;
        uint32_t types[4];
        struct made *next;
    } *made = calloc(1, sizeof *made);
    static struct made *all; /* for the leak detector */
    assert_non_null(made);
    made->next = all;
    all = made;
    if (parameters != 0)
        memcpy(made->types, types, parameters * sizeof *types);
    made->postgres = (weft_statement_postgres){strdup(sql), made->types, NULL};
    made->statement = (weft_statement){.name = "made",
                                       .sql = made->postgres.sql,
                                       .columns = columns,
                                       .parameters = parameters,
                                       .read_only = true,
                                       .postgres = &made->postgres};
    return &made->statement;
}

typedef struct answer {
    weft_db_value value; /* the first column */
    weft_db_value items; /* when it is an array */
    weft_str text;       /* the second */
} answer;

static weft_db_result decode_answer(const weft_row *row, weft_arena *arena, void *into)
{
    answer *a = into;
    a->value = row->engine->value(row, 0);
    if ((a->value.type == WEFT_DB_TEXT || a->value.type == WEFT_DB_BLOB ||
         a->value.type == WEFT_DB_JSON) &&
        !weft_arena_copy(arena, a->value.text, &a->value.text))
        return WEFT_DB_NO_MEMORY;
    if (a->value.type == WEFT_DB_ARRAY)
        WEFT_TRY(row->engine->items(row, 0, arena, &a->items));
    for (size_t i = 0; i < a->items.items.len; i++) {
        weft_db_value *item = (weft_db_value *)(uintptr_t)&a->items.items.at[i];
        if ((item->type == WEFT_DB_TEXT || item->type == WEFT_DB_BLOB ||
             item->type == WEFT_DB_JSON) &&
            !weft_arena_copy(arena, item->text, &item->text))
            return WEFT_DB_NO_MEMORY;
    }
    return weft_row_null(row, 1) ? WEFT_DB_OK : weft_row_str(row, 1, arena, &a->text);
}

static answer ask(const char *sql)
{
    answer a = {0};
    weft_db_result result = weft_db_one(db, make_statement(sql, 2, NULL, 0), NULL,
                                        weft_arena_current(), decode_answer, &a);
    if (result != WEFT_DB_OK)
        fail_msg("%s: %s", sql, last_message());
    return a;
}

/* What the server makes of a value of ours, as text. */
static weft_str send(const char *type, uint32_t number, weft_db_value value)
{
    char sql[256];
    weft_str text = {0};
    snprintf(sql, sizeof sql, "SELECT ($1::%s)::text", type);
    weft_db_result result = weft_db_one(db, make_statement(sql, 1, &number, 1), &value,
                                        weft_arena_current(), decode_str, &text);
    if (result != WEFT_DB_OK)
        fail_msg("%s: %s", sql, last_message());
    return text;
}

static void same(weft_str a, weft_str b, const char *what)
{
    if (!weft_str_equal(a, b))
        fail_msg("%s: %.*s is not %.*s", what, WEFT_STR_ARGS(a), WEFT_STR_ARGS(b));
}

/* ---- our own texts --------------------------------------------------------------------------- */

static weft_str own_text(const weft_db_value *value)
{
    char text[64];
    weft_arena *arena = weft_arena_current();
    switch (value->type) {
    case WEFT_DB_NULL: return WEFT_STR("NULL");
    case WEFT_DB_INTEGER: return weft_arena_printf(arena, "%lld", (long long)value->integer);
    case WEFT_DB_REAL: return weft_arena_printf(arena, "%.17g", value->real);
    case WEFT_DB_BOOL: return value->boolean ? WEFT_STR("true") : WEFT_STR("false");
    case WEFT_DB_TEXT:
    case WEFT_DB_JSON:
    case WEFT_DB_DECIMAL:
    case WEFT_DB_BLOB: return value->text;
    case WEFT_DB_TIMESTAMP:
        return weft_arena_printf(arena, "%.*s", (int)weft_timestamp_to_text(value->timestamp, text),
                                 text);
    case WEFT_DB_DATE:
        return weft_arena_printf(arena, "%.*s", (int)weft_date_to_text(value->date, text), text);
    case WEFT_DB_UUID:
        return weft_arena_printf(arena, "%.*s", (int)weft_uuid_to_text(value->uuid, text), text);
    case WEFT_DB_ARRAY: break;
    }
    return WEFT_STR("?");
}

/* Reads a literal, and sends what was read back: both are the server's text. */
static void round_trip(const char *type, uint32_t number, weft_db_type is, const char *literal)
{
    char sql[4096];
    snprintf(sql, sizeof sql, "SELECT %s::%s, (%s::%s)::text", literal, type, literal, type);
    answer a = ask(sql);
    assert_int_equal(a.value.type, is);
    weft_str own = own_text(&a.value);
    if (is == WEFT_DB_TIMESTAMP) {
        weft_timestamp theirs;
        char rfc[64];
        snprintf(rfc, sizeof rfc, "%.*s", WEFT_STR_ARGS(a.text));
        rfc[10] = 'T';
        rfc[strcspn(rfc, "+")] = '\0';
        strcat(rfc, "Z");
        assert_true(weft_timestamp_from_text(weft_str_from(rfc), &theirs));
        assert_int_equal(weft_timestamp_compare(theirs, a.value.timestamp), 0);
    } else if (is == WEFT_DB_REAL) {
        double theirs = strtod(
            weft_arena_printf(weft_arena_current(), "%.*s", WEFT_STR_ARGS(a.text)).at, NULL);
        assert_true(isnan(theirs)               ? isnan(a.value.real)
                    : number == WEFT__PG_FLOAT4 ? (float)theirs == (float)a.value.real
                                                : theirs == a.value.real);
    } else if (is != WEFT_DB_BLOB) {
        same(own, a.text, literal);
    }
    same(send(type, number, a.value), a.text, literal); /* binary */
    same(send(type, 0, a.value), a.text, literal);      /* text */
}

#define EACH(type, number, is, ...)                                       \
    do {                                                                  \
        static const char *const literals[] = {__VA_ARGS__};              \
        for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) \
            round_trip((type), (number), (is), literals[i]);              \
    } while (0)

/* ---- the types ------------------------------------------------------------------------------- */

static void integers(void **state)
{
    (void)state;
    EACH("int2", WEFT__PG_INT2, WEFT_DB_INTEGER, "0", "1", "'-1'", "'-32768'", "32767");
    EACH("int4", WEFT__PG_INT4, WEFT_DB_INTEGER, "0", "'-1'", "'-2147483648'", "2147483647", "256");
    EACH("int8", WEFT__PG_INT8, WEFT_DB_INTEGER, "0", "'-1'", "'-9223372036854775808'",
         "9223372036854775807", "4294967296");
    EACH("oid", WEFT__PG_OID, WEFT_DB_INTEGER, "0", "4294967295");
    EACH("bool", WEFT__PG_BOOL, WEFT_DB_BOOL, "true", "false");
}

static void integers_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        uint32_t number;
        int64_t value;
    } cases[] = {
        {WEFT__PG_INT2, 32768},     {WEFT__PG_INT2, -32769}, {WEFT__PG_INT4, INT64_C(2147483648)},
        {WEFT__PG_INT4, INT64_MIN}, {WEFT__PG_OID, -1},      {WEFT__PG_OID, INT64_C(4294967296)},
        {WEFT__PG_BOOL, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t out;
        weft_db_value value = INT(cases[i].value);
        assert_int_equal(weft_db_one(db, make_statement("SELECT $1", 1, &cases[i].number, 1),
                                     &value, weft_arena_current(), decode_i64, &out),
                         WEFT_DB_VALUE);
        assert_string_equal(last_message(), "parameter $1 does not fit its type in the statement");
    }
}

static void reals(void **state)
{
    (void)state;
    EACH("float8", WEFT__PG_FLOAT8, WEFT_DB_REAL, "0", "'-0'", "1.5", "0.1", "1e308", "'5e-324'",
         "'NaN'", "'Infinity'", "'-Infinity'", "123456789.123456789");
    EACH("float4", WEFT__PG_FLOAT4, WEFT_DB_REAL, "0", "1.5", "0.1", "3.4e38", "'1e-45'", "'NaN'",
         "'-Infinity'");
}

static void texts(void **state)
{
    (void)state;
    EACH("text", WEFT__PG_TEXT, WEFT_DB_TEXT, "''", "'a'", "'ünï \U0001F600'",
         "'quote '' \" \\ {},'", "'NULL'", "repeat('x', 100000)");
    EACH("varchar(5)", WEFT__PG_VARCHAR, WEFT_DB_TEXT, "''", "'abcde'");
    EACH("char(5)", WEFT__PG_BPCHAR, WEFT_DB_TEXT, "'abcde'");
    EACH("name", WEFT__PG_NAME, WEFT_DB_TEXT, "'users'");
    EACH("bytea", WEFT__PG_BYTEA, WEFT_DB_BLOB, "''", "'\\x00ff5c'", "'abc'");
    EACH("json", WEFT__PG_JSON, WEFT_DB_JSON, "'{\"a\": [1, 2.50, null]}'", "'1'", "'\"x\"'");
    EACH("jsonb", WEFT__PG_JSONB, WEFT_DB_JSON, "'{\"b\": 1, \"a\": [1, 2.50, null]}'", "'true'");
    EACH("xml", WEFT__PG_XML, WEFT_DB_TEXT, "'<a>b</a>'");
    EACH("uuid", WEFT__PG_UUID, WEFT_DB_UUID, "'01935a7f-6c1e-7b2a-8f00-0123456789ab'",
         "'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'");
}

static void numerics(void **state)
{
    (void)state;
    EACH("numeric", WEFT__PG_NUMERIC, WEFT_DB_DECIMAL, "0", "1", "'-1'", "10", "9999", "10000",
         "100000000", "'100000001'", "0.1", "0.10", "0.0001", "0.00001", "'-0.00010'", "1.50",
         "'12345678901234567890.12345678901234567890'", "1000000.000001", "0.00", "'100.00'",
         "99999999.99999999", "'-12345.6789'", "1e20", "'1e-20'", "10001.0001");
    for (int digits = 1; digits <= 40; digits++)
        for (int places = 0; places <= 9; places++) {
            char literal[128];
            snprintf(literal, sizeof literal, "'%.*s.%.*s'", digits,
                     "1203004000500006000007000000800000009000", places, "102003000");
            if (places == 0)
                snprintf(literal, sizeof literal, "'%.*s'", digits,
                         "1203004000500006000007000000800000009000");
            round_trip("numeric", WEFT__PG_NUMERIC, WEFT_DB_DECIMAL, literal);
        }
    same(ask("SELECT 'NaN'::numeric, NULL").value.text, WEFT_STR("NaN"), "NaN");
    same(ask("SELECT 'Infinity'::numeric, NULL").value.text, WEFT_STR("Infinity"), "Infinity");
    same(ask("SELECT '-Infinity'::numeric, NULL").value.text, WEFT_STR("-Infinity"), "-Infinity");
}

static void times(void **state)
{
    (void)state;
    EACH("timestamptz", WEFT__PG_TIMESTAMPTZ, WEFT_DB_TIMESTAMP, "'2000-01-01 00:00:00Z'",
         "'1999-12-31 23:59:59.999999Z'", "'2026-01-31 12:00:00.5+02'", "'1970-01-01 00:00:00Z'",
         "'0001-01-01 00:00:00Z'", "'9999-12-31 23:59:59.999999Z'",
         "'1600-02-29 01:02:03.000004Z'");
    EACH("timestamp", WEFT__PG_TIMESTAMP, WEFT_DB_TIMESTAMP, "'2000-01-01 00:00:00'",
         "'1899-12-31 23:59:59.999999'", "'2026-01-31 12:00:00'");
    EACH("date", WEFT__PG_DATE, WEFT_DB_DATE, "'2000-01-01'", "'1999-12-31'", "'1970-01-01'",
         "'0001-01-01'", "'9999-12-31'", "'2024-02-29'", "'1900-03-01'");
    assert_int_equal(ask("SELECT 'infinity'::timestamptz, NULL").value.type, WEFT_DB_TEXT);
    same(ask("SELECT 'infinity'::timestamptz, NULL").value.text, WEFT_STR("infinity"), "infinity");
    same(ask("SELECT '-infinity'::date, NULL").value.text, WEFT_STR("-infinity"), "infinity");
    same(ask("SELECT '10000-01-01'::date, NULL").value.text,
         WEFT_STR("a date outside the years 0 to 9999"), "late");
    same(ask("SELECT '10000-01-01'::timestamp, NULL").value.text,
         WEFT_STR("a time outside the years 0 to 9999"), "late");
    same(ask("SELECT '0044-03-15 BC'::timestamp, NULL").value.text,
         WEFT_STR("a time outside the years 0 to 9999"), "early");
}

/* Conversions that the parameter's type in the statement asks for. */
static void conversions(void **state)
{
    (void)state;
    const weft_timestamp time = {.seconds = 1769860800, .nanoseconds = 123456789};
    const weft_db_value at = {.type = WEFT_DB_TIMESTAMP, .timestamp = time};
    const weft_db_value day = {.type = WEFT_DB_DATE, .date = {2026, 1, 31}};
    const weft_db_value yes = {.type = WEFT_DB_BOOL, .boolean = true};
    same(send("timestamptz", WEFT__PG_TIMESTAMPTZ, at), WEFT_STR("2026-01-31 12:00:00.123456+00"),
         "cut to microseconds");
    same(send("date", WEFT__PG_DATE, at), WEFT_STR("2026-01-31"), "a time as a date");
    same(send("timestamp", WEFT__PG_TIMESTAMP, day), WEFT_STR("2026-01-31 00:00:00"), "a date");
    same(send("int4", WEFT__PG_INT4, yes), WEFT_STR("1"), "a bool as a number");
    same(send("text", WEFT__PG_TEXT, INT(-5)), WEFT_STR("-5"), "a number as text");
    same(send("numeric", WEFT__PG_NUMERIC, INT(-5)), WEFT_STR("-5"), "a number as numeric");
    same(send("float8", WEFT__PG_FLOAT8, INT(3)), WEFT_STR("3"), "a number as a real");
    same(send("int4", WEFT__PG_INT4, TEXT("17")), WEFT_STR("17"), "a text as a number");
    same(send("uuid", WEFT__PG_UUID, TEXT("01935A7F6C1E7B2A8F000123456789AB")),
         WEFT_STR("01935a7f-6c1e-7b2a-8f00-0123456789ab"), "a text as a uuid");
    same(send("bytea", WEFT__PG_BYTEA, TEXT("abc")), WEFT_STR("\\x616263"), "a text as bytes");
    same(send("interval", 1186, TEXT("90 minutes")), WEFT_STR("01:30:00"), "any type, by its text");
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static void array_round_trip(const char *type, uint32_t number, const char *literal)
{
    char sql[512];
    snprintf(sql, sizeof sql, "SELECT %s::%s[], (%s::%s[])::text", literal, type, literal, type);
    answer a = ask(sql);
    assert_int_equal(a.value.type, WEFT_DB_ARRAY);
    assert_int_equal(a.value.items.len, a.items.items.len);
    char array_type[64];
    snprintf(array_type, sizeof array_type, "%s[]", type);
    same(send(array_type, number, a.items), a.text, literal);
    same(send(array_type, 0, a.items), a.text, literal);
}

static void arrays(void **state)
{
    (void)state;
    array_round_trip("int4", 1007, "'{}'");
    array_round_trip("int4", 1007, "'{1,2,NULL,-4}'");
    array_round_trip("int8", 1016, "'{9223372036854775807}'");
    array_round_trip("int2", 1005, "'{1,-1}'");
    array_round_trip("bool", 1000, "'{t,f,NULL}'");
    array_round_trip("float8", 1022, "'{0.1,1e300}'");
    array_round_trip("float4", 1021, "'{0.5}'");
    array_round_trip("text", 1009,
                     "ARRAY['a', '', 'with \"quotes\"', 'back\\slash', '{,}', 'NULL', NULL]");
    array_round_trip("varchar", 1015, "'{a,b}'");
    array_round_trip("uuid", 2951, "'{01935a7f-6c1e-7b2a-8f00-0123456789ab,NULL}'");
    array_round_trip("date", 1182, "'{2000-01-01,NULL,1969-07-20}'");
    array_round_trip("timestamptz", 1185, "'{2000-01-01 00:00:00Z,2026-01-31 12:00:00.5Z}'");
    array_round_trip("numeric", 1231, "'{1.50,NULL,-100000000.00001}'");
    array_round_trip("bytea", 1001, "ARRAY['\\x00ff'::bytea, ''::bytea]");
    array_round_trip("jsonb", 3807, "ARRAY['{\"a\": 1}'::jsonb, 'null'::jsonb]");
    array_round_trip("json", 199, "ARRAY['{\"a\": 1}'::json]");
}

static weft_db_result decode_items(const weft_row *row, weft_arena *arena, void *into)
{
    return row->engine->items(row, 0, arena, into);
}

static void arrays_of_several_dimensions_are_refused(void **state)
{
    (void)state;
    weft_db_value array;
    const weft_statement *s = make_statement("SELECT '{{1,2},{3,4}}'::int4[] AS grid", 1, NULL, 0);
    assert_int_equal(weft_db_one(db, s, NULL, weft_arena_current(), decode_items, &array),
                     WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"grid\" holds an array of several dimensions, its "
                                        "field takes one");
}

/* ---- a database's own types ------------------------------------------------------------------ */

static void own_types(void **state)
{
    (void)state;
    do_sql(
        "DROP TYPE IF EXISTS mood CASCADE; CREATE TYPE mood AS ENUM ('sad', 'so so', 'happy');"
        "DROP DOMAIN IF EXISTS positive CASCADE; CREATE DOMAIN positive AS int4 CHECK (VALUE > 0)");
    EACH("mood", 0, WEFT_DB_TEXT, "'sad'", "'so so'");
    EACH("positive", 0, WEFT_DB_INTEGER, "17");
    answer a = ask("SELECT '{sad,happy}'::mood[], '{sad,happy}'");
    assert_int_equal(a.value.type, WEFT_DB_ARRAY);
    same(send("mood[]", 0, a.items), a.text, "an array of an enum");
    int64_t out;
    uint32_t unknown = 0;
    weft_db_value bad = TEXT("angry");
    assert_int_equal(weft_db_one(db, make_statement("SELECT $1::mood", 1, &unknown, 1), &bad,
                                 weft_arena_current(), decode_i64, &out),
                     WEFT_DB_FAILED);
    assert_string_equal(last_message(), "invalid input value for enum mood: \"angry\"");
}

static void unreadable_types_are_refused(void **state)
{
    (void)state;
    int64_t out;
    const weft_statement *s = make_statement("SELECT '1 hour'::interval AS span", 1, NULL, 0);
    assert_int_equal(weft_db_one(db, s, NULL, weft_arena_current(), decode_i64, &out),
                     WEFT_DB_VALUE);
    assert_string_equal(last_message(),
                        "column \"span\" has a type (number 1186) that Weft does not "
                        "read; write span::text in the statement");
}

static void nulls(void **state)
{
    (void)state;
    for (uint32_t type = 0; type < 4000; type++)
        if (type == 0 || weft__pg_readable(type))
            if (type != WEFT__PG_VOID && type != WEFT__PG_UNKNOWN)
                assert_int_equal(weft_db_run(db, make_statement("SELECT $1", 0, &type, 1),
                                             &(weft_db_value){0}, NULL),
                                 WEFT_DB_OK);
    assert_int_equal(ask("SELECT NULL::int4, NULL").value.type, WEFT_DB_NULL);
}

static void a_zero_byte_is_refused(void **state)
{
    (void)state;
    const weft_db_value zero = {.type = WEFT_DB_TEXT, .text = WEFT_STR("a\0b")};
    uint32_t number = 0;
    assert_int_equal(weft_db_run(db, make_statement("SELECT $1::text", 0, &number, 1), &zero, NULL),
                     WEFT_DB_VALUE);
    assert_string_equal(last_message(), "parameter $1 holds a byte of zero, which no text in "
                                        "PostgreSQL can");
    number = WEFT__PG_TEXT;
    assert_int_equal(weft_db_run(db, make_statement("SELECT $1::text", 0, &number, 1), &zero, NULL),
                     WEFT_DB_FAILED); /* the server's word */
}

static void many_parameters(void **state)
{
    (void)state;
    enum { MANY = 2000 };
    char *sql = malloc(MANY * 12);
    weft_db_value *values = calloc(MANY, sizeof *values);
    size_t len = (size_t)sprintf(sql, "SELECT 0");
    for (int i = 0; i < MANY; i++) {
        len += (size_t)sprintf(sql + len, "+$%d::int", i + 1);
        values[i] = INT(i);
    }
    static weft_statement many;
    weft_statement *s = &many;
    *s = (weft_statement){.name = "many", .sql = sql, .parameters = MANY, .columns = 1};
    int64_t sum = 0;
    assert_int_equal(weft_db_one(db, s, values, weft_arena_current(), decode_i64, &sum),
                     WEFT_DB_OK);
    assert_int_equal(sum, MANY * (MANY - 1) / 2);
    free(values);
}

static int start(void **state)
{
    (void)state;
    db = weft_database_open(server_url("options=-c%20timezone%3DUTC"));
    return db == NULL;
}

static int stop(void **state)
{
    (void)state;
    weft_database_close(db);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(integers_that_do_not_fit),
        cmocka_unit_test(reals),
        cmocka_unit_test(texts),
        cmocka_unit_test(numerics),
        cmocka_unit_test(times),
        cmocka_unit_test(conversions),
        cmocka_unit_test(arrays),
        cmocka_unit_test(arrays_of_several_dimensions_are_refused),
        cmocka_unit_test(own_types),
        cmocka_unit_test(unreadable_types_are_refused),
        cmocka_unit_test(nulls),
        cmocka_unit_test(a_zero_byte_is_refused),
        cmocka_unit_test(many_parameters),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
