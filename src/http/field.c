/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/field.c: finds a field by its name, and takes values apart.
 */
#include "http/message.h"

weft_str weft__field_find(const weft__field *fields, size_t count, weft_str name)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len == name.len && weft_str_equal_nocase(fields[i].name, name))
            return fields[i].value;
    return (weft_str){NULL, 0};
}

bool weft__lists(weft_str list, weft_str element)
{
    while (list.len != 0)
        if (weft_str_equal_nocase(weft__trim(weft__cut(&list, ',')), element))
            return true;
    return false;
}

weft_str weft__cut(weft_str *rest, char c)
{
    const char *found = rest->len ? memchr(rest->at, c, rest->len) : NULL;
    weft_str before = {rest->at, found ? (size_t)(found - rest->at) : rest->len};
    *rest = found ? weft_str_skip(*rest, before.len + 1) : (weft_str){NULL, 0};
    return before;
}
