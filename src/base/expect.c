/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/expect.c: the end of a program that cannot start, of a handler that cannot go on, and of
 * code that reaches beyond its memory.
 */
#include "base/context.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <weft/base.h>

void *weft__expect(const void *pointer, const char *message, const char *file, int line)
{
    if (pointer == NULL) {
        (void)fprintf(stderr, "%s:%d: %s\n", file, line, message);
        if (weft__context_current()->request != NULL)
            abort(); /* which a server survives */
        exit(EXIT_FAILURE);
    }
    return (void *)(uintptr_t)pointer;
}

void weft__out_of_bounds(size_t index, size_t len, const char *list, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: index %zd of %s, which has %zu\n", file, line, (ssize_t)index,
                  list, len);
    __builtin_trap();
}
