/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/layer.h: the layers that come with Weft. Each is an initialiser of a weft_layer, for
 * WEFT_LAYERS(..), and constant, so that tables outside functions may hold it.
 */
#ifndef WEFT_LAYER_H
#define WEFT_LAYER_H

#include <weft/router.h>

/* One access-log line per request when its response is ready: method, path, route, status, bytes,
 * duration, peer, request id. Level info; error for 5xx. Outermost is right. Requests that are
 * refused before routing are logged alike. */
#define weft_trace() WEFT__LAYER("trace", weft__trace, .watches = true)

/* Narrows the deadline of everything inside to `duration` nanoseconds from now. When it passes,
 * waits inside fail, and whatever they then return is replaced by 503 Service Unavailable. */
#define weft_timeout(duration) WEFT__LAYER("timeout", weft__timeout, .number = (duration))

/* Compresses bodies of at least WEFT_COMPRESS_MIN bytes with gzip when the client accepts it (RFC
 * 9110 section 12.5.3, q-values honoured), sets Vary. Leaves alone: what has a Content-Encoding or
 * Content-Range, and types that are compressed already (image/ but svg, video/, audio/, zip ...).
 */
#define WEFT_COMPRESS_MIN 1024 /* bytes */
#define weft_compress()   WEFT__LAYER("compress", weft__compress, .number = 0)

/* A layer from a function of the user's: a weft_layer_fn. */
#define WEFT_LAYER_FROM(f) WEFT__LAYER(#f, weft__from, .function = (f))

#define WEFT__LAYER(n, r, ...)               \
    {                                        \
        .name = (n), .run = (r), __VA_ARGS__ \
    }
weft_layer_run_fn weft__trace, weft__timeout, weft__compress, weft__from;

#endif
