/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The statements of accept/bulk.c, run on SQLite: a row for each struct of a list, all or none.
 */
#include "bulk.weft.h"

#include "database.h"

enum { MANY = 2000 };

static void a_row_for_each(void **state)
{
    (void)state;
    static new_user list[MANY];
    for (int i = 0; i < MANY; i++)
        list[i] = (new_user){
            .name = STR("A \"name\""),
            .mail = weft_arena_printf(weft_arena_current(), "User%d@x", i),
            .age = i % 2 ? SOME(int32_t, i) : NONE(int32_t),
        };
    int64_t count = 0;
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, MANY}, &count), HTTP_OK);
    assert_int_equal(count, MANY);
    assert_int_equal(add_users(db, (ARRAY(new_user)){0}, &count), HTTP_OK);
    assert_int_equal(count, 0);
}

static void all_or_none(void **state)
{
    (void)state;
    new_user list[] = {{.name = STR("new"), .mail = STR("new@x")},
                       {.name = STR("old"), .mail = STR("USER7@x")}};
    int64_t count = 0;
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, 2}, &count), HTTP_CONFLICT);
    list[1].mail = STR("other@x");
    assert_int_equal(add_users(db, (ARRAY(new_user)){list, 2}, &count), HTTP_OK);
    assert_int_equal(count, 2);
}

static void rows_come_back(void **state)
{
    (void)state;
    new_user list[] = {{.name = STR("x"), .mail = STR("user7@x")},
                       {.name = STR("y"), .mail = STR("fresh@x")}};
    ARRAY(int64_t) ids;
    assert_int_equal(put_users(db, STR("guest"), &(ARRAY(new_user)){list, 2}, &ids), WEFT_DB_OK);
    assert_true(ids.len == 2 && ids.at[0] == 8 && ids.at[1] > MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_for_each),
        cmocka_unit_test(all_or_none),
        cmocka_unit_test(rows_come_back),
    };
    return cmocka_run_group_tests_name("bulk", tests, open_database, close_database);
}
