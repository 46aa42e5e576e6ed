/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/violation.c: the list of what is wrong with an input.
 */
#include "base/format.h"
#include <weft/check.h>

#define FIRST_CAPACITY 8

/* Room for one more. The capacity is not stored: it is the power of two from FIRST_CAPACITY on that
 * holds `len`. */
static bool make_room(weft_violations *list)
{
    bool full = list->len == 0 ||
                (list->len >= FIRST_CAPACITY && (list->len & (list->len - 1)) == 0);
    if (!full)
        return true;
    size_t capacity = list->len == 0 ? FIRST_CAPACITY : list->len * 2;
    weft_violation *at = WEFT_NEW_ARRAY(list->arena, weft_violation, capacity);
    if (at == NULL)
        return false;
    if (list->len != 0)
        memcpy(at, list->at, list->len * sizeof *at);
    list->at = at;
    return true;
}

void weft_violations_add(weft_violations *list, const char *in, weft_str pointer, const char *code,
                         const char *detail, ...)
{
    list->total++;
    if (list->len == WEFT_VIOLATIONS_MAX || !make_room(list))
        return;
    va_list arguments;
    va_start(arguments, detail);
    weft_str text = weft__arena_vprintf(list->arena, detail, arguments);
    va_end(arguments);
    if (text.at != NULL)
        list->at[list->len++] = (weft_violation){in, pointer, code, text};
}
