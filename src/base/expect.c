/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/expect.c: the end of a program that cannot start.
 */
#include <stdio.h>
#include <stdlib.h>
#include <weft/base.h>

void *weft__expect(const void *pointer, const char *message, const char *file, int line)
{
    if (pointer == NULL) {
        (void)fprintf(stderr, "%s:%d: %s\n", file, line, message);
        exit(EXIT_FAILURE);
    }
    return (void *)(uintptr_t)pointer;
}
