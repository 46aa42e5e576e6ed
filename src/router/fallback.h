/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/fallback.h: what answers the requests that no row matches.
 */
#ifndef WEFT_ROUTER_FALLBACK_H
#define WEFT_ROUTER_FALLBACK_H

#include "router/entry.h"

/* Whether no two fallbacks of one kind have one prefix; logs those that have. */
bool weft__fallbacks_check(const weft__entry *entries, size_t count, weft_arena *work);

/* The METHOD_FALLBACK of the longest prefix that the shape lies below, or NULL. */
const weft__entry *weft__fallback_for_methods(const weft__entry *entries, size_t count,
                                              weft_str shape);

/* Fills the table's fallbacks. */
weft_error weft__fallbacks_compile(const weft__entry *entries, size_t count, weft_arena *work,
                                   weft_arena *arena, weft__table *out) WEFT_NODISCARD;

#endif
