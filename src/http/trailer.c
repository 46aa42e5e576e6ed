/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/trailer.c: fields that come behind a body (RFC 9110 section 6.5).
 */
#include "http/message.h"

bool weft__trailer_allowed(weft_str name)
{
    /* Those that say what to do with the message or whom to trust (section 6.5.1). */
    static const weft_str refused[] = {
        {"content-length", 14},
        {"transfer-encoding", 17},
        {"host", 4},
        {"authorization", 13},
        {"proxy-authorization", 19},
        {"cookie", 6},
        {"content-type", 12},
        {"content-encoding", 16},
        {"content-range", 13},
        {"connection", 10},
        {"trailer", 7},
        {"te", 2},
        {"expect", 6},
        {"upgrade", 7},
        {"cache-control", 13},
        {"max-forwards", 12},
        {"range", 5},
        {"set-cookie", 10},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (weft_str_equal_nocase(name, refused[i]))
            return false;
    return true;
}

bool weft__trailer_valid(weft_str name, weft_str value)
{
    return weft__http_token(name) && weft__http_value(value) && weft__trailer_allowed(name);
}

weft_str weft__lines_find(weft_str lines, weft_str name)
{
    while (lines.len != 0) {
        weft_str value = weft__cut(&lines, '\r');
        weft_str found = weft__cut(&value, ':');
        if (value.at != NULL && weft_str_equal_nocase(found, name))
            return weft__trim(value);
    }
    return (weft_str){NULL, 0};
}
