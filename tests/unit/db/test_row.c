/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns into C values: what fits, and how what does not is named.
 */
#include "fixture.h"

typedef struct wanted {
    enum { I64, U64, DOUBLE, BOOL, STR, TIMESTAMP, DATE, UUID, DECIMAL, BYTES, IS_NULL } kind;
    int64_t min, max;
    int64_t integer;
    uint64_t natural;
    double real;
    bool truth;
    weft_str text;
    weft_timestamp time;
    weft_date date;
    weft_uuid uuid;
    weft_decimal decimal;
    weft_bytes bytes;
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
    case TIMESTAMP: return weft_row_timestamp(row, 0, &w->time);
    case DATE: return weft_row_date(row, 0, &w->date);
    case UUID: return weft_row_uuid(row, 0, &w->uuid);
    case DECIMAL: return weft_row_decimal(row, 0, arena, &w->decimal);
    case BYTES: return weft_row_bytes(row, 0, arena, &w->bytes);
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

static void timestamps_of_both_forms(void **state)
{
    wanted w = {.kind = TIMESTAMP};
    assert_int_equal(GET(&w, "'2026-01-31T12:00:00+01:00'"), WEFT_DB_OK);
    assert_true(w.time.seconds == 1769857200);
    assert_int_equal(GET(&w, "datetime('2026-01-31 11:00:00')"), WEFT_DB_OK);
    assert_true(w.time.seconds == 1769857200);
    assert_int_equal(GET(&w, "'2026-01-31 11:00:00.25'"), WEFT_DB_OK);
    assert_int_equal(w.time.nanoseconds, 250000000);
    assert_int_equal(GET(&w, "'2026-01-31'"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds text that is no timestamp");
    assert_int_equal(GET(&w, "'2026-01-31 11:00:00Z'"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "'2026-01-31 11:00:00.00000000000000000000000000000'"), WEFT_DB_VALUE);
    assert_int_equal(GET(&w, "1769857200"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds an integer, its field a timestamp");
    assert_int_equal(GET(&w, "NULL"), WEFT_DB_VALUE);
    assert_string_equal(last_message(),
                        "column \"c\" is NULL, which its field cannot hold; make the "
                        "field OPTIONAL or the column NOT NULL");
}

static void timestamps_sort_as_texts(void **state)
{
    (void)state;
    char text[WEFT_TIMESTAMP_SIZE];
    static const struct {
        int32_t nanoseconds;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000000000Z"},
                 {1, "1970-01-01T00:00:00.000000001Z"},
                 {500000000, "1970-01-01T00:00:00.500000000Z"},
                 {500001000, "1970-01-01T00:00:00.500001000Z"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_timestamp time = {.nanoseconds = cases[i].nanoseconds};
        assert_int_equal(weft_db_timestamp(time, text), WEFT_TIMESTAMP_SIZE);
        assert_memory_equal(text, cases[i].text, WEFT_TIMESTAMP_SIZE);
    }
    assert_int_equal(weft_db_timestamp((weft_timestamp){.seconds = INT64_MAX}, text), 0);
}

static void dates_and_uuids(void **state)
{
    wanted w = {.kind = DATE};
    assert_int_equal(GET(&w, "date('2024-02-29')"), WEFT_DB_OK);
    assert_int_equal(w.date.day, 29);
    assert_int_equal(GET(&w, "'2023-02-29'"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds text that is no date");
    w.kind = UUID;
    assert_int_equal(GET(&w, "'01935A7F-6c1e-7b2a-8f00-0123456789ab'"), WEFT_DB_OK);
    assert_int_equal(w.uuid.at[15], 0xab);
    assert_int_equal(GET(&w, "x'000102030405060708090a0b0c0d0e0f'"), WEFT_DB_OK);
    assert_int_equal(w.uuid.at[15], 0x0f);
    assert_int_equal(GET(&w, "'x'"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds text that is no UUID");
}

static void decimals_keep_their_digits(void **state)
{
    wanted w = {.kind = DECIMAL};
    assert_int_equal(GET(&w, "'12.50'"), WEFT_DB_OK);
    assert_str(w.decimal.text, "12.50");
    assert_int_equal(GET(&w, "-7"), WEFT_DB_OK);
    assert_str(w.decimal.text, "-7");
    assert_int_equal(GET(&w, "12.5"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds a real number, its field a decimal");
    assert_int_equal(GET(&w, "'12,5'"), WEFT_DB_VALUE);
    assert_string_equal(last_message(), "column \"c\" holds text that is no decimal number");
}

static void bytes_are_blobs(void **state)
{
    wanted w = {.kind = BYTES};
    assert_int_equal(GET(&w, "x'00ff'"), WEFT_DB_OK);
    assert_int_equal(w.bytes.len, 2);
    assert_memory_equal(w.bytes.at, "\x00\xff", 2);
    assert_int_equal(GET(&w, "1"), WEFT_DB_VALUE);
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
        CASE(integers_in_range),          CASE(naturals_in_range),
        CASE(doubles_are_exact),          CASE(bools_are_zero_or_one),
        CASE(texts_and_blobs_are_bytes),  CASE(null_is_told),
        CASE(results_have_texts),         CASE(timestamps_of_both_forms),
        CASE(timestamps_sort_as_texts),   CASE(dates_and_uuids),
        CASE(decimals_keep_their_digits), CASE(bytes_are_blobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
