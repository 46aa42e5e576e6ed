/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * sync/kind.h: what a select has to know of a kind of case. An object's waker either serves a wait
 * of a case completely and sets its result, or leaves the result WEFT_BUSY: then the case is tried
 * again.
 */
#ifndef WEFT_SYNC_KIND_H
#define WEFT_SYNC_KIND_H

#include "sync/wait.h"

typedef struct weft__kind {
    weft_error (*attempt)(weft_case *c); /* does it if it can be done; otherwise WEFT_BUSY */
    bool (*ready)(const weft_case *c);   /* under the guard: attempt would not say WEFT_BUSY */
} weft__kind;

#endif
