/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/media.h: what a file is, by the end of its name.
 */
#ifndef WEFT_LAYER_MEDIA_H
#define WEFT_LAYER_MEDIA_H

#include <weft/base.h>

typedef struct weft__media {
    const char *extension; /* without the dot, in lower case */
    const char *type;      /* the value of Content-Type */
    bool compressible;     /* a coded file beside it is worth looking for */
} weft__media;

/* Of the file at `path`; application/octet-stream when the extension says nothing. */
const weft__media *weft__media_of(weft_str path);

#endif
