/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/classes.c: the table of byte classes, and tokens.
 */
#include "http/classes.h"
#include "http/message.h"

enum { T = WEFT__TOKEN, N = WEFT__NAME, X = WEFT__HEX, I = WEFT__ITSELF };

const uint8_t weft__http_classes[256] = {
    ['0' ... '9'] = T | N | X | I,
    ['a' ... 'f'] = T | N | X | I,
    ['A' ... 'F'] = T | N | X | I,
    ['g' ... 'z'] = T | N | I,
    ['G' ... 'Z'] = T | N | I,

    ['-'] = T | N | I,
    ['.'] = T | N | I,
    ['_'] = T | N | I,
    ['~'] = T | N | I,
    ['!'] = T | N | I,
    ['$'] = T | N | I,
    ['&'] = T | N | I,
    ['\''] = T | N | I,
    ['*'] = T | N | I,
    ['+'] = T | N,
    ['#'] = T | I,
    ['%'] = T,
    ['^'] = T | I,
    ['`'] = T | I,
    ['|'] = T | I,
    ['('] = N | I,
    [')'] = N | I,
    [','] = N | I,
    [';'] = N | I,
    ['='] = N | I,

    [0x01 ... ' '] = I,
    ['"'] = I,
    ['/'] = I,
    [':'] = I,
    ['<'] = I,
    ['>'] = I,
    ['?'] = I,
    ['@'] = I,
    ['['] = I,
    ['\\'] = I,
    [']'] = I,
    ['{'] = I,
    ['}'] = I,
    [0x7f] = I,
};

bool weft__http_token(weft_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!weft__http_is(s.at[i], WEFT__TOKEN))
            return false;
    return s.len != 0;
}
