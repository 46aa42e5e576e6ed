/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/parameter.c: the parameters of a field's value, and the boundary among them.
 */
#include "http/message.h"
#include "http/multipart/parser.h"

static size_t token_len(weft_str s)
{
    size_t len = 0;
    while (len < s.len && weft__http_token((weft_str){s.at + len, 1}))
        len++;
    return len;
}

static void skip_space(weft_str *s)
{
    while (s->len != 0 && (s->at[0] == ' ' || s->at[0] == '\t'))
        *s = weft_str_skip(*s, 1);
}

/* What stands between quotes. A backslash escapes a quote or another backslash only: in a file's
 * name of old it is one of the path's. */
static bool take_quoted(weft_str *rest, weft_str *out)
{
    for (size_t i = 1; i < rest->len; i++) {
        char c = rest->at[i];
        if (c == '"') {
            *out = (weft_str){rest->at + 1, i - 1};
            *rest = weft_str_skip(*rest, i + 1);
            return true;
        }
        bool escapes = c == '\\' && i + 1 < rest->len &&
                       (rest->at[i + 1] == '"' || rest->at[i + 1] == '\\');
        i += escapes;
    }
    return false;
}

static bool take_token(weft_str *rest, weft_str *out)
{
    *out = (weft_str){rest->at, token_len(*rest)};
    *rest = weft_str_skip(*rest, out->len);
    return out->len != 0;
}

weft__parameter_result weft__parameter_next(weft_str *rest, weft__parameter *out)
{
    for (;;) {
        skip_space(rest);
        if (rest->len == 0)
            return WEFT__PARAMETER_END;
        if (rest->at[0] != ';')
            return WEFT__PARAMETER_BAD;
        *rest = weft_str_skip(*rest, 1);
        skip_space(rest);
        if (rest->len != 0 && rest->at[0] != ';')
            break;
    }
    if (!take_token(rest, &out->name) || rest->len < 2 || rest->at[0] != '=')
        return WEFT__PARAMETER_BAD;
    *rest = weft_str_skip(*rest, 1);
    out->quoted = rest->at[0] == '"';
    bool taken = out->quoted ? take_quoted(rest, &out->value) : take_token(rest, &out->value);
    return taken ? WEFT__PARAMETER_GIVEN : WEFT__PARAMETER_BAD;
}

const char *weft__boundary_find(weft_str parameters, weft_str *boundary)
{
    weft__parameter parameter;
    *boundary = (weft_str){NULL, 0};
    for (;;) {
        switch (weft__parameter_next(&parameters, &parameter)) {
        case WEFT__PARAMETER_END:
            return boundary->at != NULL ? NULL : "the Content-Type has no boundary";
        case WEFT__PARAMETER_BAD:
            return "the parameters of the Content-Type are malformed; a boundary with other "
                   "characters than those of a token stands in quotes";
        case WEFT__PARAMETER_GIVEN: break;
        }
        if (!weft_str_equal_nocase(parameter.name, WEFT_STR("boundary")))
            continue;
        if (boundary->at != NULL)
            return "the Content-Type has two boundaries";
        *boundary = parameter.value;
    }
}
