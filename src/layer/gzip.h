/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/gzip.h: compression of a whole body at once.
 */
#ifndef WEFT_LAYER_GZIP_H
#define WEFT_LAYER_GZIP_H

#include <weft/base.h>

/* Writes `from` as gzip into at most `room` bytes at `to`; returns how many, or 0 when it does not
 * fit or memory is exhausted. Suspends for long texts, which go to the blocking pool so that they
 * hold up no worker; short ones use a compressor that the worker keeps. */
size_t weft__gzip(weft_str from, char *to, size_t room);

#define WEFT__GZIP_INLINE_MAX (64u << 10) /* bytes compressed on the worker itself */

#endif
