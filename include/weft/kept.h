/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/kept.h: text that the application keeps. A weft_str that a handler is given is memory of its
 * request: it is gone when the response is sent. What stays is copied, and the copy has a type of
 * its own, so that compilers refuse to store the one as the other:
 *
 *     typedef struct board { weft_kept_str motto; } board;
 *
 *     board->motto = in->motto;                         // does not compile
 *     WEFT_TRY(weft_kept_set(&board->motto, in->motto));    // copies
 *     out->motto = weft_kept_view(board->motto);         // a view, as long as nobody keeps another
 *
 * A kept text belongs to the struct that it stands in, is all zeroes when it is fresh, and is freed
 * with weft_kept_finish. Like any other memory that several fibers change, it needs a lock.
 */
#ifndef WEFT_KEPT_H
#define WEFT_KEPT_H

#include <weft/base.h>

/* The fields are the library's. */
typedef struct weft_kept_str {
    char *kept_at;
    size_t kept_len;
} weft_kept_str;

/* Copies `text`, which may be a view of what is kept so far, and frees that. WEFT_NO_MEMORY: it
 * keeps what it kept. */
weft_error weft_kept_set(weft_kept_str *kept, weft_str text) WEFT_NODISCARD WEFT_NONNULL(1);

/* A view of it, until another text is kept there or it is finished. To use it for longer, as in an
 * answer after the lock was given back, copy it into the request's arena. */
static inline weft_str weft_kept_view(weft_kept_str kept)
{
    return (weft_str){kept.kept_at, kept.kept_len};
}

/* Frees it; it is empty, and may be used again. */
void weft_kept_finish(weft_kept_str *kept) WEFT_NONNULL(1);

#endif
