/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/head.c: what the head of a part says. Only Content-Disposition and Content-Type
 * mean anything here; other fields are checked and passed over (RFC 7578 section 4.8).
 */
#include "http/message.h"
#include "http/multipart/parser.h"

static bool value_valid(weft_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* In place: the head is nobody else's. */
static weft_str unescape(weft_str s)
{
    char *to = (char *)(uintptr_t)s.at;
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool escapes = s.at[i] == '\\' && i + 1 < s.len &&
                       (s.at[i + 1] == '"' || s.at[i + 1] == '\\');
        i += escapes;
        to[len++] = s.at[i];
    }
    return (weft_str){s.at, len};
}

/* The last part of what may be a path, at most WEFT_FILENAME_MAX bytes of it from the end, where
 * its extension is. */
static weft_str file_name(weft_str path)
{
    weft_str name = path;
    for (size_t i = 0; i < path.len; i++)
        if (path.at[i] == '/' || path.at[i] == '\\')
            name = weft_str_skip(path, i + 1);
    if (name.len > WEFT_FILENAME_MAX)
        name = weft_str_skip(name, name.len - WEFT_FILENAME_MAX);
    while (name.len != 0 && ((unsigned char)name.at[0] & 0xc0) == 0x80) /* amid a character */
        name = weft_str_skip(name, 1);
    bool is_none = path.len != 0 && (name.len == 0 || weft_str_equal(name, WEFT_STR(".")) ||
                                     weft_str_equal(name, WEFT_STR("..")));
    return is_none ? WEFT_STR("unnamed") : name;
}

/* ---- fields ---------------------------------------------------------------------------------- */

static const char *read_parameter(const weft__parameter *parameter, weft__part_head *out)
{
    bool name = weft_str_equal_nocase(parameter->name, WEFT_STR("name"));
    bool file = weft_str_equal_nocase(parameter->name, WEFT_STR("filename"));
    if (weft_str_equal_nocase(parameter->name, WEFT_STR("filename*")))
        return "a part has filename*, which has no place in a form (RFC 7578 section 4.2)";
    if (!name && !file)
        return NULL;
    if ((name ? out->name : out->filename).at != NULL)
        return name ? "a part has two names" : "a part has two filenames";
    weft_str value = parameter->quoted ? unescape(parameter->value) : parameter->value;
    if (!weft_utf8_valid(value))
        return "the name of a part is not valid UTF-8";
    if (name)
        out->name = value;
    else
        out->filename = file_name(value);
    return NULL;
}

static const char *read_disposition(weft_str value, weft__part_head *out)
{
    weft_str rest = value;
    if (out->name.at != NULL)
        return "a part has two Content-Dispositions";
    weft_str type = weft__trim(weft__cut(&rest, ';'));
    if (!weft_str_equal_nocase(type, WEFT_STR("form-data")))
        return "the Content-Disposition of a part is not form-data";
    rest = weft_str_skip(value, (size_t)(type.at + type.len - value.at));
    for (;;) {
        weft__parameter parameter;
        switch (weft__parameter_next(&rest, &parameter)) {
        case WEFT__PARAMETER_END: return out->name.at != NULL ? NULL : "a part has no name";
        case WEFT__PARAMETER_BAD: return "the Content-Disposition of a part is malformed";
        case WEFT__PARAMETER_GIVEN: break;
        }
        const char *reason = read_parameter(&parameter, out);
        if (reason != NULL)
            return reason;
    }
}

static const char *read_line(weft_str line, weft__part_head *out)
{
    weft_str value = line, name = weft__cut(&value, ':');
    if (!weft__http_token(name) || value.at == NULL)
        return "a line of a part's head is no field";
    if (!value_valid(value))
        return "a field of a part has a control character";
    value = weft__trim(value);
    if (weft_str_equal_nocase(name, WEFT_STR("content-disposition")))
        return read_disposition(value, out);
    if (!weft_str_equal_nocase(name, WEFT_STR("content-type")))
        return NULL;
    if (out->content_type.at != NULL)
        return "a part has two Content-Types";
    out->content_type = value;
    return NULL;
}

const char *weft__part_head_read(char *head, size_t len, weft__part_head *out)
{
    weft_str rest = {head, len - 2}; /* without the empty line */
    *out = (weft__part_head){.name = {NULL, 0}};
    while (rest.len != 0) {
        weft_str line = weft__cut(&rest, '\n');
        line.len--;
        const char *reason = read_line(line, out);
        if (reason != NULL)
            return reason;
    }
    return out->name.at != NULL ? NULL : "a part has no Content-Disposition";
}
