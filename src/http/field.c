/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/field.c: finds a field by its name.
 */
#include "http/message.h"

weft_str weft__field_find(const weft__field *fields, size_t count, weft_str name)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len == name.len && weft_str_equal_nocase(fields[i].name, name))
            return fields[i].value;
    return (weft_str){NULL, 0};
}
