/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/tree.h: from a path to the endpoint that answers it.
 *
 * A radix tree over shapes (router/pattern.h). A node matches its text, then goes on by the next
 * byte: through a table indexed by that byte, over a capture, or into a wildcard. Text wins over
 * capture over wildcard, and of two captures the one with more text around it, the text before it
 * first; a node that offers more than one leaves a choice behind, to which a dead end returns. A
 * capture takes a segment up to its end, so whichever way led to a node, it is reached at one place
 * of the path and no node is entered twice: the work is bounded by the nodes of the tree.
 */
#ifndef WEFT_ROUTER_TREE_H
#define WEFT_ROUTER_TREE_H

#include "http/message.h"

typedef struct weft__endpoint weft__endpoint;
typedef struct weft__node weft__node;

/* Immutable once built. */
typedef struct weft__tree {
    const weft__node *nodes; /* the first is the root */
    const uint32_t *table;   /* the branches of all nodes: numbers of nodes, 0 for none */
    const struct weft__suffix *suffixes; /* of all nodes, each node's in a row */
} weft__tree;

typedef struct weft__shape {
    weft_str text;
    const weft__endpoint *endpoint;
} weft__shape;

/* Orders by bytes, a prefix before what it begins. */
int weft__shape_compare(weft_str a, weft_str b);

/* Builds from shapes in ascending order without equals; everything lives in `arena`, which also
 * holds the shapes' text. WEFT_NO_MEMORY, or WEFT_LIMIT, which has been
 * logged: a path could have more than WEFT_CHOICES_MAX choices. */
weft_error weft__tree_build(weft__tree *tree, const weft__shape *shapes, size_t count,
                            weft_arena *arena) WEFT_NODISCARD;

/* Where a path led, for others that begin as it does, while its bytes stay where they are; all
 * zeroes at first. All paths with the same text lead there: the path as a whole; or what stands
 * before its only capture, which takes the rest, one segment. */
struct weft__path_kept {
    const weft__endpoint *endpoint; /* NULL: nothing is kept */
    weft_str text;
    bool captures;
};

/* The endpoint for `path`, its captures as sent in params[..].raw and their number in *count; NULL
 * when there is none. What it may keep for other paths, it keeps in *kept, unless that is NULL. */
const weft__endpoint *weft__tree_find(const weft__tree *tree, weft_str path,
                                      weft__param params[WEFT__PARAMS_MAX], size_t *count,
                                      weft__path_kept *kept);

/* The same without the tree, for a path with the text that is kept: through the same bytes it comes
 * by the same nodes, without a choice, and then to the capture, which nothing follows. NULL: it has
 * to be found. */
const weft__endpoint *weft__tree_again(const weft__path_kept *kept, weft_str path,
                                       weft__param params[WEFT__PARAMS_MAX], size_t *count);

#endif
