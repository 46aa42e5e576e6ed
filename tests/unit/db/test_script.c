/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Where statements end in a file for PostgreSQL.
 */
#include "db/postgres/script.h"

#include "fixture.h"

/* `text` has this many statements; what is empty after the last semicolon is none. */
static void check(const char *text, int wanted)
{
    int count = 0;
    const char *at = text;
    while (*at != '\0') {
        at = weft__pg_statement_end(at);
        count++;
    }
    if (count != wanted)
        fail_msg("%s: %d statements, not %d", text, count, wanted);
}

static void semicolons_end_statements(void **state)
{
    (void)state;
    check("", 0);
    check("SELECT 1", 1);
    check("SELECT 1;", 1);
    check("SELECT 1; SELECT 2", 2);
    check(";;", 2);
}

static void but_not_in_texts_and_names(void **state)
{
    (void)state;
    check("SELECT 'a;b'; SELECT 'it''s; x'", 2);
    check("SELECT 'a\\'; SELECT 1", 2); /* a backslash is a character */
    check("SELECT E'a\\'; b'; SELECT 1", 2);
    check("SELECT e'\\\\'; SELECT 1", 2);
    check("SELECT \"a;\"\"b\"; SELECT 1", 2);
    check("SELECT 'open; never", 1);
    check("SELECT E'open\\", 1);
}

static void nor_in_dollar_quotes(void **state)
{
    (void)state;
    check("DO $$ BEGIN; END; $$; SELECT 1", 2);
    check("DO $a$ x $$; $b$; $a$; SELECT 1", 2);
    check("SELECT $1; SELECT $2", 2);
    check("SELECT a$b; SELECT c$b", 2); /* a dollar within a name */
    check("DO $$ never ends;", 1);
    check("DO $", 1);
}

static void nor_in_comments(void **state)
{
    (void)state;
    check("-- a; b\nSELECT 1; -- c; d", 2);
    check("/* a; /* b; */ c; */ SELECT 1; SELECT 2", 2);
    check("/* never; ends", 1);
    check("SELECT 1 - -1; SELECT 2 / 1", 2);
}

static void nor_in_bodies_of_functions(void **state)
{
    (void)state;
    check("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3", 2);
    check("CREATE FUNCTION f() RETURNS int begin atomic SELECT CASE WHEN true THEN 1 END; END; "
          "SELECT 3",
          2);
    check("SELECT atomic FROM t; SELECT CASE WHEN a THEN b END; SELECT \"end\"", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(semicolons_end_statements),  cmocka_unit_test(but_not_in_texts_and_names),
        cmocka_unit_test(nor_in_dollar_quotes),       cmocka_unit_test(nor_in_comments),
        cmocka_unit_test(nor_in_bodies_of_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
