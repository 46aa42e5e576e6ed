/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statements of accept/stored.c, run on SQLite: what is stored comes back as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stored.weft.h"

static database *db;

static const weft_statement create = {
    .name = "create",
    .sql = "CREATE TABLE events (id TEXT PRIMARY KEY NOT NULL, at TEXT NOT NULL, day TEXT, price "
           "TEXT NOT NULL, picture BLOB, seen DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP)",
};

static int open_database(void **state)
{
    (void)state;
    db = database_open("sqlite::memory:");
    return db != NULL && weft_db_run(db, &create, NULL, NULL) == WEFT_DB_OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    database_close(db);
    return 0;
}

static void what_is_stored_comes_back(void **state)
{
    (void)state;
    static const uint8_t picture[] = {0, 255, 0};
    uuid id = uuid_v7();
    event row;
    assert_int_equal(add_event(db, id, (timestamp){5, 500000000}, SOME(date, (date){2024, 2, 29}),
                               (decimal){STR("12.50")},
                               SOME(bytes, (bytes){picture, sizeof picture}), &row),
                     WEFT_DB_OK);
    assert_true(weft_uuid_equal(row.id, id));
    assert_true(row.at.seconds == 5 && row.at.nanoseconds == 500000000);
    assert_true(row.day.present && row.day.value__.day == 29);
    assert_true(weft_str_equal(row.price.text, STR("12.50")));
    assert_int_equal(row.picture.value__.len, 3);
    assert_memory_equal(row.picture.value__.at, picture, 3);
    assert_true(timestamp_compare(row.seen, (timestamp){1700000000, 0}) > 0);
}

/* Texts of times sort as times do, whatever their fractions. */
static void times_compare(void **state)
{
    (void)state;
    event row;
    for (int i = 3; i >= 0; i--)
        assert_int_equal(add_event(db, uuid_v4(), (timestamp){1000, i * 1000000}, NONE(date),
                                   (decimal){0}, NONE(bytes), &row),
                         WEFT_DB_OK);
    assert_false(row.day.present || row.picture.present);
    assert_true(weft_str_equal(row.price.text, STR("0")));
    ARRAY(event) rows;
    assert_int_equal(list_events(db, (timestamp){1000, 1}, &rows), WEFT_DB_OK);
    assert_int_equal(rows.len, 3);
    for (size_t i = 0; i < rows.len; i++)
        assert_int_equal(rows.at[i].at.nanoseconds, (i + 1) * 1000000);
}

static void one_value_of_a_column(void **state)
{
    (void)state;
    uuid id = uuid_v4();
    event row;
    OPTIONAL(date) day;
    assert_int_equal(find_day(db, id, &day), WEFT_DB_OK);
    assert_false(day.present);
    assert_int_equal(add_event(db, id, timestamp_now(), SOME(date, (date){2026, 1, 31}),
                               (decimal){0}, NONE(bytes), &row),
                     WEFT_DB_OK);
    assert_int_equal(find_day(db, id, &day), WEFT_DB_OK);
    assert_true(day.present && day.value__.year == 2026);
}

/* A timestamp without a text is NULL, which the column refuses. */
static void what_has_no_text(void **state)
{
    (void)state;
    event row;
    assert_int_equal(add_event(db, uuid_v4(), (timestamp){.seconds = INT64_MAX}, NONE(date),
                               (decimal){0}, NONE(bytes), &row),
                     WEFT_DB_NOT_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_comes_back),
        cmocka_unit_test(times_compare),
        cmocka_unit_test(one_value_of_a_column),
        cmocka_unit_test(what_has_no_text),
    };
    return cmocka_run_group_tests(tests, open_database, close_database);
}
