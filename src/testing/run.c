/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/run.c: runs tests and prints TAP (testanything.org).
 */
#include "testing/expect.h"
#include <stdio.h>
#include <weft/test.h>

int weft_test_run(const weft_test_case *cases, size_t count, void (*before)(void),
                  void (*after)(void))
{
    unsigned failed = 0;
    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        unsigned failures = weft__test_failures();
        if (before != NULL)
            before();
        cases[i].run();
        if (after != NULL)
            after();
        bool good = weft__test_failures() == failures;
        failed += !good;
        printf("%sok %zu - %s\n", good ? "" : "not ", i + 1, cases[i].name);
        fflush(stdout);
    }
    return failed == 0 ? 0 : 1;
}
