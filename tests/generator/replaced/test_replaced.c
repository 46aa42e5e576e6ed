/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A test puts a function in the place of a statement and needs no database for what depends on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "queries.h"

db_result find_name(database *db, int32_t id, str *name)
{
    (void)db;
    *name = STR("somebody");
    return id == 1 ? WEFT_DB_OK : WEFT_DB_NONE;
}

static void the_replacement_is_called(void **state)
{
    (void)state;
    assert_int_equal(length_of_name(NULL, 1), 8);
    assert_int_equal(length_of_name(NULL, 2), -1);
}

/* Its neighbour still is the statement, and has a database of its own here. */
static void others_stay(void **state)
{
    (void)state;
    database *db = database_open("sqlite::memory:");
    assert_non_null(db);
    str email;
    assert_int_equal(find_email(db, 1, &email), WEFT_DB_FAILED); /* there is no table */
    assert_string_equal(weft_db_last_failure()->statement, "find_email");
    database_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_replacement_is_called),
        cmocka_unit_test(others_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
