/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/classes.c: the table of byte classes, and tokens.
 */
#include "http/classes.h"
#include "http/message.h"

enum { T = WEFT__TOKEN, N = WEFT__NAME, X = WEFT__HEX };

const uint8_t weft__http_classes[256] = {
    ['0' ... '9'] = T | N | X,
    ['a' ... 'f'] = T | N | X,
    ['A' ... 'F'] = T | N | X,
    ['g' ... 'z'] = T | N,
    ['G' ... 'Z'] = T | N,

    ['-'] = T | N,
    ['.'] = T | N,
    ['_'] = T | N,
    ['~'] = T | N,
    ['!'] = T | N,
    ['$'] = T | N,
    ['&'] = T | N,
    ['\''] = T | N,
    ['*'] = T | N,
    ['+'] = T | N,
    ['#'] = T,
    ['%'] = T,
    ['^'] = T,
    ['`'] = T,
    ['|'] = T,
    ['('] = N,
    [')'] = N,
    [','] = N,
    [';'] = N,
    ['='] = N,
};

bool weft__http_token(weft_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!weft__http_is(s.at[i], WEFT__TOKEN))
            return false;
    return s.len != 0;
}
