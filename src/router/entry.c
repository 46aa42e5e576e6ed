/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/entry.c: what becomes of a row, whatever it is for.
 */
#include "router/entry.h"

void weft__report_conflict(const weft__row *row, const weft__row *other, weft_arena *work)
{
    weft__row_fault(row,
                    "conflicts with %s%s%.*s (%.*s), which answers the same requests: remove one "
                    "of them",
                    weft__row_word(other->route), other->path.len != 0 ? " " : "",
                    WEFT_STR_ARGS(other->path), WEFT_STR_ARGS(weft__row_place(other, work)));
}

weft_error weft__target_fill(weft__target *target, const weft__entry *entry, weft_arena *arena)
{
    size_t count = entry->pattern.name_count;
    weft_str *names = WEFT_NEW_ARRAY(arena, weft_str, count);
    if (names == NULL)
        return WEFT_NO_MEMORY;
    if (count != 0)
        memcpy(names, entry->pattern.names, count * sizeof *names);
    *target = (weft__target){.route = entry->row->route,
                             .layers = entry->row->layers,
                             .names = names,
                             .name_count = count};
    if (entry->row->route->kind == WEFT_ROW_ROUTE)
        target->pattern = entry->row->path;
    return WEFT_OK;
}

weft_error weft__target_make(const weft__entry *entry, weft_arena *arena, const weft__target **out)
{
    weft__target *target = WEFT_NEW(arena, weft__target);
    if (target == NULL)
        return WEFT_NO_MEMORY;
    *out = target;
    return weft__target_fill(target, entry, arena);
}
