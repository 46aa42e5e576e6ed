/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/urlencoded.h: percent-encoding, and application/x-www-form-urlencoded (WHATWG URL) as forms
 * and query strings use it. One difference from the WHATWG: what decodes to invalid UTF-8 is
 * refused, not repaired.
 */
#ifndef WEFT_URLENCODED_H
#define WEFT_URLENCODED_H

#include <weft/arena.h>

typedef enum weft_urlencoded_result {
    WEFT_URLENCODED_OK,
    WEFT_URLENCODED_END,     /* no pair left */
    WEFT_URLENCODED_INVALID, /* the bytes are not UTF-8: answer 400 */
    WEFT_URLENCODED_NO_MEMORY,
} weft_urlencoded_result;

/* Decodes %XX, and with `plus` also "+" as a space; a "%" that two hexadecimal digits do not follow
 * stays. *out is `s` itself when nothing is coded, else a copy in the arena. OK, INVALID,
 * NO_MEMORY; with INVALID *out holds the bytes all the same. */
weft_urlencoded_result weft_percent_decode(weft_str s, bool plus, weft_arena *arena, weft_str *out)
    WEFT_NODISCARD;

/* Takes the next pair off *rest and decodes it. A pair without "=" has an empty value; empty pairs
 * are skipped; names may repeat. After INVALID the walk may go on. */
weft_urlencoded_result weft_urlencoded_next(weft_str *rest, weft_arena *arena, weft_str *name,
                                            weft_str *value) WEFT_NODISCARD;

#endif
