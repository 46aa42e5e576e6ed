/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/copy.h: copies what is mostly so short, fields and small bodies, that calling memcpy costs
 * more than the copy.
 */
#ifndef WEFT_HTTP_COPY_H
#define WEFT_HTTP_COPY_H

#include <weft/base.h>

/* Copies the text to `to` and returns where it ends there. */
static inline __attribute__((always_inline)) char *weft__copy_text(char *to, weft_str s)
{
    if (WEFT_LIKELY(s.len >= 8 && s.len <= 16)) { /* in two pieces, which may overlap */
        memcpy(to, s.at, 8);
        memcpy(to + s.len - 8, s.at + s.len - 8, 8);
    } else if (WEFT_LIKELY(s.len >= 4 && s.len < 8)) {
        memcpy(to, s.at, 4);
        memcpy(to + s.len - 4, s.at + s.len - 4, 4);
    } else if (WEFT_LIKELY(s.len > 16 && s.len <= 32)) {
        memcpy(to, s.at, 16);
        memcpy(to + s.len - 16, s.at + s.len - 16, 16);
    } else if (s.len > 32 && s.len <= 64) {
        memcpy(to, s.at, 32);
        memcpy(to + s.len - 32, s.at + s.len - 32, 32);
    } else if (s.len != 0) {
        memcpy(to, s.at, s.len);
    }
    return to + s.len;
}

#endif
