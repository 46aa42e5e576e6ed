/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/gzip.h: compression of a whole body at once, and of one in pieces.
 */
#ifndef WEFT_LAYER_GZIP_H
#define WEFT_LAYER_GZIP_H

#include <weft/base.h>

/* Writes `from` as gzip into at most `room` bytes at `to`; returns how many, or 0 when it does not
 * fit or memory is exhausted. Suspends for long texts, which go to the blocking pool so that they
 * hold up no worker; short ones use a compressor that the worker keeps. */
size_t weft__gzip(weft_str from, char *to, size_t room);

/* ---- in pieces ------------------------------------------------------------------------------- */

struct z_stream_s *weft__gzip_open(void); /* NULL: out of memory */
void weft__gzip_close(struct z_stream_s *stream);

/* What is compressed next; it stays there until it has been. */
void weft__gzip_feed(struct z_stream_s *stream, const char *from, size_t len);

enum {
    WEFT__GZIP_ON,    /* more is to come */
    WEFT__GZIP_FLUSH, /* the same, but what there is can be read when all has been taken */
    WEFT__GZIP_END,
};

/* Writes at most `room` bytes at `to` and returns how many; *more says that this was not all. */
size_t weft__gzip_take(struct z_stream_s *stream, char *to, size_t room, int how, bool *more);

#define WEFT__GZIP_INLINE_MAX (64u << 10) /* bytes compressed on the worker itself */

#endif
