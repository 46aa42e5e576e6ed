/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statements of accept/lists.c, run on SQLite: arrays and documents come back as they were,
 * lists find what is in them, each choice of filters finds its rows.
 */
#include "lists.weft.h"

#include "database.h"

static role both[] = {ROLE_GUEST, ROLE_ADMIN};

static void documents_come_back(void **state)
{
    (void)state;
    str tags[] = {STR("a"), STR("\"b\""), STR("")};
    int16_t scores[] = {-1, 32767};
    place home = {.city = STR("Turin"), .street = SOME(str, STR("Via Po"))};
    int64_t id;
    member row;
    assert_int_equal(add_member(db, weft_arena_current(), (ARRAY(str)){tags, 3},
                                &(ARRAY(int16_t)){scores, 2}, (ARRAY(role)){both, 2}, &home,
                                (json_raw){STR("{\"x\": [1]}")}, &id),
                     HTTP_OK);
    assert_int_equal(find_member(db, id, &row), HTTP_OK);
    assert_int_equal(row.tags.len, 3);
    assert_text(row.tags.at[1], "\"b\"");
    assert_true(row.scores.len == 2 && row.scores.at[0] == -1 && row.scores.at[1] == 32767);
    assert_true(row.roles.len == 2 && row.roles.at[1] == ROLE_ADMIN);
    assert_text(row.home.city, "Turin");
    assert_text(row.home.street.value__, "Via Po");
    assert_true(row.others.len == 0 && !row.office.present);
    assert_text(row.extra.text, "{\"x\": [1]}");
}

static void what_is_no_document_is_refused(void **state)
{
    (void)state;
    static const weft_statement spoil = {.name = "spoil",
                                         .sql = "UPDATE members SET home = '{\"city\": 1}'"};
    member row;
    assert_int_equal(weft_db_run(db, &spoil, NULL, NULL), WEFT_DB_OK);
    assert_int_equal(find_member(db, 1, &row), HTTP_INTERNAL_SERVER_ERROR);
    assert_non_null(strstr(weft_db_last_failure()->message.at, "JSON of another shape"));
}

static void cursors_close(void **state)
{
    (void)state;
    CURSOR(member) rows;
    member one;
    assert_int_equal(each_member(db, &rows), WEFT_DB_OK);
    assert_false(cursor_next(&rows, &one)); /* its home is spoilt */
    assert_int_equal(cursor_close(&rows), WEFT_DB_VALUE);
}

static void add_users(void)
{
    static const weft_statement add = {
        .name = "add",
        .sql = "INSERT INTO users (name, email, age, role, score) VALUES ('Ada', 'a', 30, 'admin', 5),"
               "('Bob', 'b', 20, 'guest', 1), ('Eve', 'e', NULL, 'guest', 9)"};
    assert_int_equal(weft_db_run(db, &add, NULL, NULL), WEFT_DB_OK);
}

static void lists_find_what_is_in_them(void **state)
{
    (void)state;
    add_users();
    ARRAY(str) names;
    int64_t ids[] = {3, 1, 99};
    assert_int_equal(name_users(db, (ARRAY(int64_t)){ids, 3}, (ARRAY(role)){0}, &names), HTTP_OK);
    assert_int_equal(names.len, 2);
    role admins[] = {ROLE_ADMIN};
    assert_int_equal(name_users(db, (ARRAY(int64_t)){ids, 3}, (ARRAY(role)){admins, 1}, &names),
                     HTTP_OK);
    assert_int_equal(names.len, 1);
    assert_text(names.at[0], "Eve");
    assert_int_equal(name_users(db, (ARRAY(int64_t)){0}, (ARRAY(role)){0}, &names), HTTP_OK);
    assert_int_equal(names.len, 0);
}

static size_t found(OPTIONAL(str) from, OPTIONAL(int32_t) young, OPTIONAL(int32_t) old,
                    OPTIONAL(double) score)
{
    ARRAY(str) names;
    assert_int_equal(search(db, from, young, old, (ARRAY(role)){both, 2}, score, 10, &names),
                     HTTP_OK);
    return names.len;
}

static void each_choice_has_its_rows(void **state)
{
    (void)state;
    OPTIONAL(str) from = SOME(str, STR("B"));
    OPTIONAL(int32_t) young = SOME(int32_t, 18), old = SOME(int32_t, 25), no = NONE(int32_t);
    assert_int_equal(found(NONE(str), no, no, NONE(double)), 3);
    assert_int_equal(found(from, no, no, NONE(double)), 2);
    assert_int_equal(found(NONE(str), young, old, NONE(double)), 1);
    assert_int_equal(found(NONE(str), young, no, NONE(double)), 3); /* both bounds or none */
    assert_int_equal(found(NONE(str), no, no, SOME(double, 4)), 2);
    assert_int_equal(found(from, young, old, SOME(double, 4)), 0);
}

static void counts_of_other_types(void **state)
{
    (void)state;
    long long count = -1;
    assert_int_equal(remove_old(db, 19, &count), HTTP_OK);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_come_back),       cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(cursors_close),             cmocka_unit_test(lists_find_what_is_in_them),
        cmocka_unit_test(each_choice_has_its_rows), cmocka_unit_test(counts_of_other_types),
    };
    return cmocka_run_group_tests_name("lists", tests, open_database, close_database);
}
