/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/layer.h: the layers that come with Weft. Each is an initialiser of a weft_layer, for
 * WEFT_LAYERS(..), and constant, so that tables outside functions may hold it.
 */
#ifndef WEFT_LAYER_H
#define WEFT_LAYER_H

#include <weft/multipart.h>
#include <weft/router.h>

/* One access-log line per request when its response is ready, or when its body has ended if that is
 * a file's or a producer's: method, path, route, status, bytes, duration, peer, request id;
 * "body=cut off" of one that did not end as it should, "client=gone" when that is why the handler
 * was cancelled. Level info; error for 5xx. Outermost is right. Requests that are refused before
 * routing are logged alike. */
#define weft_trace() WEFT__LAYER("trace", weft__trace, .watches = true)

/* Narrows the deadline of everything inside to `duration` nanoseconds from now. When it passes,
 * waits inside fail, and whatever they then return is replaced by 503 Service Unavailable. */
#define weft_timeout(duration) WEFT__LAYER("timeout", weft__timeout, .number = (duration))

/* Bodies of the requests inside may have so many bytes, whole or in pieces, in place of the
 * server's body_limit and stream_limit; the innermost such layer counts. Over it 413. */
#define weft_body_limit(bytes) WEFT__LAYER("body_limit", weft__body_limit, .number = (bytes))

/* Compresses bodies of at least WEFT_COMPRESS_MIN bytes with gzip when the client accepts it (RFC
 * 9110 section 12.5.3, q-values honoured), sets Vary. Leaves alone: what has a Content-Encoding or
 * Content-Range, and types that are compressed already (image/ but svg, video/, audio/, zip ...).
 * What a producer writes is compressed on its way, and flushed when it flushes. */
#define WEFT_COMPRESS_MIN 1024 /* bytes */
#define weft_compress()   WEFT__LAYER("compress", weft__compress, .number = 0)

/* Gives out the files in and below `folder` to GET and HEAD of the paths below `prefix` ("/assets",
 * or "/"). A route of the tables comes before a file; a file before the fallbacks; without either
 * the answer is the router's. A folder is answered with its index.html, by 307 when the slash at
 * its end is missing. Any other method of a path that has a file is 405.
 *
 * Nothing outside the folder is given out, whatever the path or a link in it says; nor what is no
 * regular file; nor names that begin with a dot, but ".well-known". A prefix is "/" or does not end
 * with a slash. The router does not start when the folder cannot be opened; a relative one is
 * looked up for each request, so it may be a link that is replaced. A router's layer, not one of
 * a row. */
#define weft_static_files(prefix, folder)                                              \
    WEFT__LAYER("static_files", weft__static_files, .check = weft__static_files_check, \
                .settings = &(const weft__static_files_settings){(prefix), (folder)})
typedef struct weft__static_files_settings {
    const char *prefix, *folder;
} weft__static_files_settings;
weft_error weft__static_files_check(const weft_layer *self);

/* Answers a GET or HEAD with one file below `folder`, and returns the status for the handler to
 * return. `path` may come from outside: what the layer above would not give out is 404.
 *
 * ETag, Last-Modified, preconditions (304, 412) and one range (206, 416) are RFC 9110's. Beside
 * a file of text "<name>.br" or "<name>.gz" is sent, if it is not older and the client takes it.
 * The content type goes by the extension; what the handler says with weft_response_header_set
 * comes on top. Files up to WEFT_FILE_READ_MAX bytes are read into memory, larger ones go from
 * the page cache to the socket. Suspends. */
#define WEFT_FILE_READ_MAX (64u << 10)
weft_http_status weft_response_file(weft_request *request, weft_response *response,
                                    const char *folder, weft_str path);

/* What forms with files may have inside, for structs that derive multipart and for
 * weft_multipart_open without limits of its own: weft_upload_limits(.part = 5u << 20). */
#define weft_upload_limits(...)                       \
    WEFT__LAYER("upload_limits", weft__upload_limits, \
                .settings = &(const weft_multipart_limits){__VA_ARGS__})

/* A layer from a function of the user's: a weft_layer_fn. */
#define WEFT_LAYER_FROM(f) WEFT__LAYER(#f, weft__from, .function = (f))

#define WEFT__LAYER(n, r, ...)               \
    {                                        \
        .name = (n), .run = (r), __VA_ARGS__ \
    }
weft_layer_run_fn weft__trace, weft__timeout, weft__body_limit, weft__compress, weft__from,
    weft__static_files, weft__upload_limits;

#endif
