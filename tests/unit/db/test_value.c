/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Values of every type as SQLite keeps them: what a parameter becomes, and what a row gives back;
 * arrays as JSON; statements that were checked for one engine.
 */
#include "fixture.h"

#include <weft/cursor.h>

#include <math.h>

#include "db/sqlite/array.h"

/* ---- parameters ------------------------------------------------------------------------------ */

typedef struct stored {
    weft_str type, text;
} stored;

static weft_db_result decode_stored(const weft_row *row, weft_arena *arena, void *into)
{
    stored *s = into;
    WEFT_TRY(weft_row_str(row, 0, arena, &s->type));
    return weft_row_str(row, 1, arena, &s->text);
}

/* What SQLite says of the parameter: its type and its text. */
static void is_stored(fixture *f, weft_db_value value, const char *type, const char *text)
{
    stored s;
    assert_int_equal(
        weft_db_one(f->db,
                    STATEMENT_("SELECT typeof($1), coalesce(cast($1 AS TEXT), '')", 2, true, NIL),
                    &value, &f->arena, decode_stored, &s),
        WEFT_DB_OK);
    assert_str(s.type, type);
    assert_str(s.text, text);
}

static void every_type_has_its_form(void **state)
{
    fixture *f = *state;
    const weft_uuid uuid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    is_stored(f, NIL, "null", "");
    is_stored(f, INT(-5), "integer", "-5");
    is_stored(f, (weft_db_value){.type = WEFT_DB_BOOL, .boolean = true}, "integer", "1");
    is_stored(f, (weft_db_value){.type = WEFT_DB_BOOL}, "integer", "0");
    is_stored(f, REAL(0.5), "real", "0.5");
    is_stored(f, TEXT(""), "text", "");
    is_stored(f, (weft_db_value){.type = WEFT_DB_DECIMAL, .text = WEFT_STR("1.50")}, "text",
              "1.50");
    is_stored(f, (weft_db_value){.type = WEFT_DB_JSON, .text = WEFT_STR("{\"a\":1}")}, "text",
              "{\"a\":1}");
    is_stored(f, (weft_db_value){.type = WEFT_DB_BLOB, .text = WEFT_STR("xy")}, "blob", "xy");
    is_stored(f, (weft_db_value){.type = WEFT_DB_TIMESTAMP, .timestamp = {0, 5000}}, "text",
              "1970-01-01T00:00:00.000005000Z");
    is_stored(f, (weft_db_value){.type = WEFT_DB_DATE, .date = {2026, 1, 31}}, "text",
              "2026-01-31");
    is_stored(f, (weft_db_value){.type = WEFT_DB_UUID, .uuid = uuid}, "text",
              "01020304-0506-0708-090a-0b0c0d0e0f10");
    is_stored(f, (weft_db_value){.type = WEFT_DB_DATE}, "null", ""); /* no day of the calendar */
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static weft_db_value array_of(const weft_db_value *items, size_t len)
{
    return (weft_db_value){.type = WEFT_DB_ARRAY, .items = {items, len}};
}

static void arrays_are_json(void **state)
{
    fixture *f = *state;
    const weft_db_value items[] = {INT(1),
                                   NIL,
                                   REAL(0.25),
                                   TEXT("a\"b\n\xc3\xa4"),
                                   {.type = WEFT_DB_BOOL, .boolean = true},
                                   {.type = WEFT_DB_DATE, .date = {2026, 1, 31}}};
    is_stored(f, array_of(items, 6), "text",
              "[1,null,0.25,\"a\\\"b\\n\xc3\xa4\",true,\"2026-01-31\"]");
    is_stored(f, array_of(NULL, 0), "text", "[]");

    const weft_db_value ids[] = {INT(3), INT(5), INT(7)};
    const weft_db_value list = array_of(ids, 3);
    int64_t sum = 0;
    assert_int_equal(weft_db_one(f->db,
                                 STATEMENT_("SELECT sum(value) FROM json_each($1)", 1, true, NIL),
                                 &list, &f->arena, decode_i64, &sum),
                     WEFT_DB_OK);
    assert_int_equal(sum, 15);
}

static void not_every_array_has_a_text(void **state)
{
    (void)state;
    weft_arena arena;
    weft_str text;
    weft_arena_init(&arena, 0);
    const weft_db_value inner = array_of(NULL, 0), nan = REAL(NAN),
                        bytes = {.type = WEFT_DB_BLOB, .text = WEFT_STR("x")};
    const weft_db_value *const wrong[] = {&inner, &nan, &bytes};
    for (size_t i = 0; i < 3; i++) {
        const weft_db_value array = array_of(wrong[i], 1);
        assert_false(weft__sqlite_array_write(&array, &arena, &text));
    }
    weft_arena_reset(&arena);
}

static void reading_takes_json_arrays_of_scalars(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long len; /* -1: it is none */
    } cases[] = {
        {"[]", 0},
        {" [ ] ", 0},
        {"[1]", 1},
        {"[1,2 , 3]", 3},
        {"[null,true]", 2},
        {"[\"\"]", 1},
        {"[\"a,b\",\"]\"]", 2},
        {"[1.5e3,-0.5]", 2},
        {"", -1},
        {"[", -1},
        {"[1", -1},
        {"[1,]", -1},
        {"[,1]", -1},
        {"[1 2]", -1},
        {"[1]x", -1},
        {"1", -1},
        {"{}", -1},
        {"[[1]]", -1},
        {"[{}]", -1},
        {"[01]", -1},
        {"[nul]", -1},
        {"[\"a]", -1},
        {"[\"\\x\"]", -1},
        {"[\"\\u12\"]", -1},
        {"[\"\\ud800\"]", -1},
        {"[\"\\udc00\"]", -1},
        {"[\"a\nb\"]", -1},
        {"[--1]", -1},
    };
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* On the heap, so that a sanitizer sees what is read beyond it. */
        size_t len = strlen(cases[i].text);
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, cases[i].text, len);
        weft_db_value array;
        weft_error error = weft__sqlite_array_read((weft_str){copy, len}, &arena, &array);
        free(copy);
        if (error != (cases[i].len < 0 ? WEFT_INVALID : WEFT_OK))
            fail_msg("%s: %s", cases[i].text, weft_error_text(error));
        if (error == WEFT_OK)
            assert_int_equal(array.items.len, cases[i].len);
    }
    weft_arena_reset(&arena);
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    weft_arena arena;
    weft_db_value array;
    weft_arena_init(&arena, 0);
    assert_int_equal(
        weft__sqlite_array_read(
            WEFT_STR("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20AC\\ud83d\\ude00\"]"), &arena,
            &array),
        WEFT_OK);
    assert_str(array.items.at[0].text, "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    weft_arena_reset(&arena);
}

static weft_db_result decode_sum(const weft_row *row, weft_arena *arena, void *into)
{
    const weft_row *items;
    unsigned count;
    int64_t *sum = into;
    WEFT_TRY(weft_row_items(row, 0, arena, &items, &count));
    *sum = 0;
    for (unsigned i = 0; i < count; i++) {
        int64_t one = 0;
        if (!weft_row_null(items, i))
            WEFT_TRY(weft_row_i64(items, i, 0, 100, &one));
        *sum += one;
    }
    return WEFT_DB_OK;
}

static weft_db_result sum_of(fixture *f, const char *text, int64_t *sum)
{
    const weft_db_value value = TEXT(text);
    return weft_db_one(f->db, STATEMENT_("SELECT $1 AS numbers", 1, true, NIL), &value, &f->arena,
                       decode_sum, sum);
}

static void columns_hold_arrays(void **state)
{
    fixture *f = *state;
    int64_t sum = -1;
    assert_int_equal(sum_of(f, "[1, null, 41]", &sum), WEFT_DB_OK);
    assert_int_equal(sum, 42);
    assert_int_equal(sum_of(f, "[]", &sum), WEFT_DB_OK);
    assert_int_equal(sum, 0);
    assert_int_equal(sum_of(f, "[1, 101]", &sum), WEFT_DB_VALUE);
    assert_non_null(strstr(last_message(), "column \"numbers\" holds 101"));
    assert_int_equal(sum_of(f, "[1, \"2\"]", &sum), WEFT_DB_VALUE);
    assert_int_equal(sum_of(f, "[1, [2]]", &sum), WEFT_DB_VALUE);
    assert_string_equal(last_message(),
                        "column \"numbers\" holds text that is no JSON array of scalars");
    assert_int_equal(weft_db_one(f->db, STATEMENT_("SELECT 5 AS five", 1, true), NULL, &f->arena,
                                 decode_sum, &sum),
                     WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"five\" holds an integer, its field an array");
}

/* ---- statements of one engine ---------------------------------------------------------------- */

static void a_statement_runs_as_it_was_checked(void **state)
{
    fixture *f = *state;
    static const weft_statement_sqlite here = {.sql = "SELECT 1"};
    static const weft_statement_postgres there = {.sql = "SELECT now()"};
    static const weft_statement both = {.name = "both",
                                        .sql = "as it is written",
                                        .columns = 1,
                                        .read_only = true,
                                        .sqlite = &here,
                                        .postgres = &there};
    static const weft_statement other = {
        .name = "other", .sql = "SELECT 1", .columns = 1, .read_only = true, .postgres = &there};
    int64_t value = 0;
    assert_int_equal(weft_db_one(f->db, &both, NULL, &f->arena, decode_i64, &value), WEFT_DB_OK);
    assert_int_equal(value, 1);
    assert_int_equal(weft_db_one(f->db, &other, NULL, &f->arena, decode_i64, &value),
                     WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "the statement was not checked for SQLite when the program was built; "
                        "build it with the SQLite migrations");
}

static void lists_have_an_end(void **state)
{
    fixture *f = *state;
    const weft_statement *count = STATEMENT_("SELECT count(*) FROM json_each($1)", 1, true, NIL);
    weft_db_value *items = calloc(WEFT_DB_LIST_MAX + 1, sizeof *items);
    assert_non_null(items);
    for (int i = 0; i <= WEFT_DB_LIST_MAX; i++)
        items[i] = INT(i);
    weft_db_value list = {
        .type = WEFT_DB_ARRAY, .element = WEFT_DB_INTEGER, .items = {items, WEFT_DB_LIST_MAX}};
    int64_t found = 0;
    assert_int_equal(weft_db_one(f->db, count, &list, weft_arena_current(), decode_i64, &found),
                     WEFT_DB_OK);
    assert_int_equal(found, WEFT_DB_LIST_MAX);
    list.items.len++;
    assert_int_equal(weft_db_run(f->db, count, &list, NULL), WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "the list in $1 has 1000001 items, and more than 1000000 are not taken at "
                        "once: give it in parts, or COPY (weft/copy.h)");
    weft_cursor *rows;
    assert_int_equal(weft_db_open(f->db, count, &list, decode_i64, &rows), WEFT_DB_FAILED);
    assert_null(rows);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_type_has_its_form),
        CASE(arrays_are_json),
        cmocka_unit_test(not_every_array_has_a_text),
        cmocka_unit_test(reading_takes_json_arrays_of_scalars),
        cmocka_unit_test(strings_are_unescaped),
        CASE(columns_hold_arrays),
        CASE(a_statement_runs_as_it_was_checked),
        CASE(lists_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
