/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/classes.h: which bytes may stand where (RFC 9110 section 5.6.2, RFC 3986 section 3.2.2).
 */
#ifndef WEFT_HTTP_CLASSES_H
#define WEFT_HTTP_CLASSES_H

#include <weft/base.h>

enum {
    WEFT__TOKEN = 1, /* tchar: methods, field names */
    WEFT__NAME = 2,  /* unreserved and sub-delims: a registered name, without percent-encoding */
    WEFT__HEX = 4,
    WEFT__ITSELF = 8, /* ASCII that percent-decoding, of forms too, leaves as it is: not NUL */
};

extern const uint8_t weft__http_classes[256];

static inline bool weft__http_is(char c, unsigned classes)
{
    return (weft__http_classes[(uint8_t)c] & classes) != 0;
}

static inline bool weft__http_digit(char c)
{
    return (uint8_t)(c - '0') < 10;
}

/* The value of a byte of class WEFT__HEX. */
static inline unsigned weft__http_hex(char c)
{
    return weft__http_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

#endif
