/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/layer.h: the layers that come with Weft. Each is a value for WEFT_LAYERS(..).
 */
#ifndef WEFT_LAYER_H
#define WEFT_LAYER_H

#include <weft/router.h>

/* One access-log line per request when its response is ready: method, path, route, status, bytes,
 * duration, peer, request id. Level info; error for 5xx. Outermost is right. Requests that are
 * refused before routing are logged alike. */
weft_layer weft_trace(void);

/* Narrows the deadline of everything inside to `duration` nanoseconds from now. When it passes,
 * waits inside fail, and whatever they then return is replaced by 503 Service Unavailable. */
weft_layer weft_timeout(int64_t duration);

/* Compresses bodies of at least WEFT_COMPRESS_MIN bytes with gzip when the client accepts it (RFC
 * 9110 section 12.5.3, q-values honoured), sets Vary. Leaves alone: what has a Content-Encoding or
 * Content-Range, and types that are compressed already (image/ but svg, video/, audio/, zip ...).
 */
#define WEFT_COMPRESS_MIN 1024 /* bytes */
weft_layer weft_compress(void);

/* A layer from a function of the user's. */
weft_layer weft__layer_from(const char *name, weft_layer_fn *function);
#define WEFT_LAYER_FROM(function) weft__layer_from(#function, (function))

#endif
