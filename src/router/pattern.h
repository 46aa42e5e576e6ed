/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/pattern.h: one route's pattern, checked and taken apart.
 */
#ifndef WEFT_ROUTER_PATTERN_H
#define WEFT_ROUTER_PATTERN_H

#include "router/rows.h"

/* In a shape a capture is one byte, or, when text follows it in its segment, that text between two
 * bytes. None may stand in a pattern's own text. */
#define WEFT__SHAPE_CAPTURE  '\1'
#define WEFT__SHAPE_WILDCARD '\2'
#define WEFT__SHAPE_SUFFIXED '\3'

/* A pattern without the names of its captures: two patterns answer the same paths exactly when
 * their shapes are equal. "/users/{id}" has the shape "/users/\1" and the name "id",
 * "/{name}.jpg" has "/\3.jpg\3" and "name". */
typedef struct weft__pattern {
    weft_str shape;
    weft_str names[WEFT__PARAMS_MAX];
    size_t name_count;
} weft__pattern;

/* Takes row->path apart; the shape lives in `arena`, the names in the row's path. False when it is
 * malformed or memory is exhausted, which has been logged. */
bool weft__pattern_parse(const weft__row *row, weft_arena *arena, weft__pattern *out)
    WEFT_NODISCARD;

#endif
