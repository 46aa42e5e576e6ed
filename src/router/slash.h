/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/slash.h: paths that differ from a route's by the "/" at their end.
 */
#ifndef WEFT_ROUTER_SLASH_H
#define WEFT_ROUTER_SLASH_H

#include "router/tree.h"
#include <weft/router.h>

/* For a path that nothing matches: looks for its twin, with a "/" more or less at the end. With
 * WEFT_SLASH_IGNORE *endpoint and *captures are set as by weft__tree_find, and the answer is empty.
 * With WEFT_SLASH_REDIRECT the answer is where to redirect to, or empty. */
weft_str weft__slash_find(const weft__tree *tree, weft_slash policy, weft_request *request,
                          const weft__endpoint **endpoint, size_t *captures);

#endif
