/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/fuzz/fuzz.h: what the targets share. libFuzzer gives each input in an allocation of exactly
 * its size, so that AddressSanitizer sees one byte too many; a property that does not hold aborts,
 * and libFuzzer keeps the input.
 */
#ifndef WEFT_TESTS_FUZZ_H
#define WEFT_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <weft/arena.h>

#define CHECK(property)                                                              \
    do {                                                                             \
        if (!(property)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #property); \
            abort();                                                                 \
        }                                                                            \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline weft_str input_of(const uint8_t *data, size_t size)
{
    return (weft_str){(const char *)data, size};
}

/* Takes what stands before the first `c` off *rest; all of it when there is none. */
static inline weft_str input_until(weft_str *rest, char c)
{
    const char *found = rest->len != 0 ? memchr(rest->at, c, rest->len) : NULL;
    weft_str before = {rest->at, found != NULL ? (size_t)(found - rest->at) : rest->len};
    *rest = weft_str_skip(*rest, before.len + (found != NULL));
    return before;
}

#endif
