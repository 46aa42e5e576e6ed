/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/entry.h: a row while its table is compiled, and the target that it becomes.
 */
#ifndef WEFT_ROUTER_ENTRY_H
#define WEFT_ROUTER_ENTRY_H

#include "router/pattern.h"
#include "router/table.h"

/* A row while it is compiled. A fallback has the shape of its prefix. */
typedef struct weft__entry {
    const weft__row *row;
    weft__pattern pattern;
} weft__entry;

weft_error weft__target_fill(weft__target *target, const weft__entry *entry, weft_arena *arena)
    WEFT_NODISCARD;
weft_error weft__target_make(const weft__entry *entry, weft_arena *arena, const weft__target **out)
    WEFT_NODISCARD;

/* Logs that `row` answers what `other` answers already. */
void weft__report_conflict(const weft__row *row, const weft__row *other, weft_arena *work);

#endif
