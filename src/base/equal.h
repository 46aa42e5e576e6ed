/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/equal.h: compares texts that are mostly so short that calling memcmp costs more than the
 * comparison: by words, the last of which overlap.
 */
#ifndef WEFT_BASE_EQUAL_H
#define WEFT_BASE_EQUAL_H

#include <weft/base.h>

enum { WEFT__EQUAL_SHORT = 64 }; /* bytes; beyond them memcmp is quicker */

/* Of a constant size: no call. */
static inline bool weft__equal_words(const char *a, const char *b, size_t size)
{
    return memcmp(a, b, size) == 0;
}

static inline __attribute__((always_inline)) bool weft__equal(const char *a, const char *b,
                                                              size_t len)
{
    if (len == 0)
        return true;
    if (len < 4) /* the first, the last, and the one between them */
        return a[0] == b[0] && a[len - 1] == b[len - 1] && a[len / 2] == b[len / 2];
    if (len < 8)
        return weft__equal_words(a, b, 4) && weft__equal_words(a + len - 4, b + len - 4, 4);
    if (len <= 16)
        return weft__equal_words(a, b, 8) && weft__equal_words(a + len - 8, b + len - 8, 8);
    if (WEFT_UNLIKELY(len > WEFT__EQUAL_SHORT))
        return memcmp(a, b, len) == 0;
    for (size_t at = 0; at + 16 < len; at += 16) {
        if (!weft__equal_words(a + at, b + at, 16))
            return false;
    }
    return weft__equal_words(a + len - 16, b + len - 16, 16);
}

#endif
