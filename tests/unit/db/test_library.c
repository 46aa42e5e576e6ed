/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Loading client libraries: what is there, and what is said when something is not.
 */
#include "fixture.h"

#include "db/library.h"

typedef struct functions {
    double (*floor)(double);
    double (*sqrt)(double);
    double (*more)(double);
} functions;

static double same(double number)
{
    return number;
}

#define MISSING "the numbers' library is missing: install it"

static void functions_are_found(void **state)
{
    (void)state;
    functions found = {0};
    char why[200] = "nothing";
    weft__library library = {.file = "libm.so.6",
                             .missing = MISSING,
                             .names = "floor\0sqrt\0",
                             .optional = "ceil",
                             .functions = &found};
    assert_true(weft__library_load(&library, why, sizeof why));
    assert_true(weft__library_load(&library, why, sizeof why));
    assert_string_equal(why, "nothing");
    assert_true(found.floor(2.5) < 2.25 && found.more(2.5) > 2.75);
    assert_true(found.sqrt(16) > 3.75 && found.sqrt(16) < 4.25);
}

static void an_optional_one_may_be_missing(void **state)
{
    (void)state;
    functions found = {.more = same};
    char why[200];
    weft__library library = {.file = "libm.so.6",
                             .missing = MISSING,
                             .names = "floor\0sqrt\0",
                             .optional = "no_such_function",
                             .functions = &found};
    assert_true(weft__library_load(&library, why, sizeof why));
    assert_null(found.more);
}

static void a_missing_function_is_named(void **state)
{
    (void)state;
    functions found;
    char why[200];
    weft__library library = {.file = "libm.so.6",
                             .missing = MISSING,
                             .names = "floor\0no_such_function\0",
                             .functions = &found};
    assert_false(weft__library_load(&library, why, sizeof why));
    assert_memory_equal(why, MISSING ": ", strlen(MISSING ": "));
    assert_non_null(strstr(why, "no_such_function"));
    library.names = "floor\0sqrt\0"; /* as if a newer one had been installed */
    assert_true(weft__library_load(&library, why, sizeof why));
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    functions found;
    char why[200];
    weft__library library = {.file = "libnosuchlibrary.so.0",
                             .missing = MISSING,
                             .names = "floor\0",
                             .functions = &found};
    assert_false(weft__library_load(&library, why, sizeof why));
    assert_memory_equal(why, MISSING ": ", strlen(MISSING ": "));
    assert_non_null(strstr(why, "libnosuchlibrary.so.0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(an_optional_one_may_be_missing),
        cmocka_unit_test(a_missing_function_is_named),
        cmocka_unit_test(a_missing_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
