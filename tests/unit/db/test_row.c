/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns into C values: what fits, and how what does not is named.
 */
#include "fixture.h"

typedef struct wanted {
    enum { I64, U64, DOUBLE, BOOL, STR, IS_NULL } kind;
    int64_t min, max;
    int64_t integer;
    uint64_t natural;
    double real;
    bool truth;
    weft_str text;
} wanted;

static weft_db_result decode(const weft_row *row, weft_arena *arena, void *into)
{
    wanted *w = into;
    switch (w->kind) {
    case I64: return weft_row_i64(row, 0, w->min, w->max, &w->integer);
    case U64: return weft_row_u64(row, 0, (uint64_t)w->max, &w->natural);
    case DOUBLE: return weft_row_double(row, 0, &w->real);
    case BOOL: return weft_row_bool(row, 0, &w->truth);
    case STR: return weft_row_str(row, 0, arena, &w->text);
    case IS_NULL: w->truth = weft_row_null(row, 0); return WEFT_DB_OK;
    }
    return WEFT_DB_FAILED;
}

#define GET(wanted_, text)                                                                  \
    weft_db_one(((fixture *)*state)->db, STATEMENT_("SELECT " text " AS c", 1, true), NULL, \
                weft_arena_current(), decode, (wanted_))

static void integers_in_range(void **state)
{
    wanted w = {.kind = I64, .min = -128, .max = 127};
    assert_int_equal(GET(&w, "-128"), WEFT_DB_OK);
    assert_int_equal(w.integer, -128);
    assert_int_equal(GET(&w, "127"), WEFT_DB_OK);
    assert_int_equal(GET(&w, "128"), WEFT_DB_VALUE);
    assert_string_equal(
        last_message(),
        "column \"c\" holds 128, which does not fit its field (its type is too small)");
    assert_int_equal(GET(&w, "-129"), WEFT_DB_VALUE);
    w.min = INT64_MIN, w.max = INT64_MAX;
    assert_int_equal(GET(&w, "-9223372036854775808"), WEFT_DB_OK);
    assert_true(w.integer == INT64_MIN);
    assert_int_equal(GET(&w, "9223372036854775807"), WEFT_DB_OK);
    assert_int_equal(GET(&w, "1.0"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds a real number, its field an integer");
    assert_int_equal(GET(&w, "'1'"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds text, its field an integer");
    assert_int_equal(GET(&w, "x'31'"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
    assert_string_equal(last_message(),
                        "column \"c\" is NULL, which its field cannot hold; make the "
                        "field OPTIONAL or the column NOT NULL");
    assert_int_equal(weft_db_last_failure()->result, WEFT_DB_VALUE);
}

static void naturals_in_range(void **state)
{
    wanted w = {.kind = U64, .max = 255};
    assert_int_equal(GET(&w, "255"), WEFT_DB_OK);
    assert_int_equal(w.natural, 255);
    assert_int_equal(GET(&w, "256"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "-1"), WEFT_DB_VALUE);
    assert_string_equal(last_message(),
                        "column \"c\" holds -1, which does not fit its field (it is unsigned)");
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
}

static void doubles_are_exact(void **state)
{
    wanted w = {.kind = DOUBLE};
    assert_int_equal(GET(&w, "0.1"), WEFT_DB_OK);
    assert_true(w.real == 0.1);
    assert_int_equal(GET(&w, "-3"), WEFT_DB_OK);
    assert_true(w.real == -3.0);
    assert_int_equal(GET(&w, "9007199254740992"), WEFT_DB_OK);
    assert_int_equal(GET(&w, "9007199254740993"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "'x'"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
}

static void bools_are_zero_or_one(void **state)
{
    wanted w = {.kind = BOOL, .truth = false};
    assert_int_equal(GET(&w, "1"), WEFT_DB_OK);
    assert_true(w.truth);
    assert_int_equal(GET(&w, "false"), WEFT_DB_OK);
    assert_false(w.truth);
    assert_int_equal(GET(&w, "2"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "'true'"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
}

static void texts_and_blobs_are_bytes(void **state)
{
    wanted w = {.kind = STR};
    assert_int_equal(GET(&w, "'text'"), WEFT_DB_OK);
    assert_str(w.text, "text");
    assert_int_equal(GET(&w, "''"), WEFT_DB_OK);
    assert_int_equal(w.text.len, 0);
    assert_int_equal(GET(&w, "x''"), WEFT_DB_OK);
    assert_int_equal(w.text.len, 0);
    assert_int_equal(GET(&w, "x'00ff'"), WEFT_DB_OK);
    assert_memory_equal(w.text.at, "\x00\xff", 2);
    assert_int_equal(GET(&w, "1"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
}

static void null_is_told(void **state)
{
    wanted w = {.kind = IS_NULL, .truth = false};
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_OK);
    assert_true(w.truth);
    assert_int_equal(GET(&w, "0"), WEFT_DB_OK);
    assert_false(w.truth);
}

static void results_have_texts(void **state)
{
    (void)state;
    assert_string_equal(weft_db_result_text(WEFT_DB_OK), "success");
    assert_string_equal(weft_db_result_text(WEFT_DB_UNIQUE), "a unique constraint is violated");
    assert_string_equal(weft_db_result_text((weft_db_result)7), "unknown result");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(integers_in_range),     CASE(naturals_in_range),         CASE(doubles_are_exact),
        CASE(bools_are_zero_or_one), CASE(texts_and_blobs_are_bytes), CASE(null_is_told),
        CASE(results_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
