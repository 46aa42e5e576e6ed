/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Where a statement starts, and which ones control transactions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "db/sqlite/text.h"

static void spaces_and_comments_are_skipped(void **state)
{
    (void)state;
    const char *cases[][2] = {
        {"", ""},
        {"SELECT", "SELECT"},
        {" \t\r\n\f;; SELECT", "SELECT"},
        {"-- a\nSELECT", "SELECT"},
        {"--", ""},
        {"-- no end", ""},
        {"/* a */SELECT", "SELECT"},
        {"/* -- */ -- /*\n SELECT", "SELECT"},
        {"/* no end", ""},
        {"/**/", ""},
        {"/*/ not the end */x", "x"},
        {"- 1", "- 1"},
        {"/ 1", "/ 1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(weft__sql_start(cases[i][0]), cases[i][1]);
}

static void control_statements_are_known(void **state)
{
    (void)state;
    const char *yes[] = {"BEGIN",          "begin immediate", ";END",
                         "COMMIT;",        "Rollback TO x",   "SAVEPOINT a",
                         "/**/RELEASE\ta", "ATTACH 'x' AS y", "DETACH y"};
    const char *no[] = {"",
                        "SELECT 1",
                        "BEGINNING",
                        "ENDE",
                        "INSERT INTO commit VALUES (1)",
                        "EN D",
                        "PRAGMA user_version",
                        "EXPLAIN COMMIT"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(weft__sql_is_control(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(weft__sql_is_control(no[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces_and_comments_are_skipped),
        cmocka_unit_test(control_statements_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
