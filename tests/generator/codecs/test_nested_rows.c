/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statements of accept/nested_rows.c, run on SQLite: rows collected into arrays.
 */
#include "nested_rows.weft.h"

#include "database.h"

static const weft_statement users = {
    .name = "users",
    .sql = "INSERT INTO users (id, name, email) VALUES (1, 'Ada', 'a'), (2, 'Bob', 'b'), (3, 'Bob', 'c')"};
static const weft_statement notes = {
    .name = "notes",
    .sql = "INSERT INTO notes (user_id, text) VALUES (3, 'x'), (1, 'y'), (3, 'z')"};

static void none_of_none(void **state)
{
    (void)state;
    ARRAY(writer) rows;
    assert_int_equal(list_writers(db, &rows), HTTP_OK);
    assert_int_equal(rows.len, 0);
}

static void each_has_its_own(void **state)
{
    (void)state;
    assert_int_equal(weft_db_run(db, &users, NULL, NULL), WEFT_DB_OK);
    assert_int_equal(weft_db_run(db, &notes, NULL, NULL), WEFT_DB_OK);
    ARRAY(writer) rows;
    assert_int_equal(list_writers(db, &rows), HTTP_OK);
    assert_int_equal(rows.len, 3);
    assert_int_equal(rows.at[0].notes.len, 1);
    assert_int_equal(rows.at[1].notes.len, 0);
    assert_int_equal(rows.at[2].notes.len, 2);
    assert_text(rows.at[0].notes.at[0].text, "y");
    assert_text(rows.at[2].notes.at[1].text, "z");
}

static void texts_tell_them_apart(void **state)
{
    (void)state;
    ARRAY(crowd) rows;
    assert_int_equal(crowds(db, weft_arena_current(), &rows), WEFT_DB_OK);
    assert_int_equal(rows.len, 2);
    assert_true(rows.at[1].people.len == 2 && rows.at[1].people.at[1].id == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_of_none),
        cmocka_unit_test(each_has_its_own),
        cmocka_unit_test(texts_tell_them_apart),
    };
    return cmocka_run_group_tests_name("nested rows", tests, open_database, close_database);
}
