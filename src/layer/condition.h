/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/condition.h: conditional requests and ranges (RFC 9110 sections 13 and 14), as pure
 * functions.
 */
#ifndef WEFT_LAYER_CONDITION_H
#define WEFT_LAYER_CONDITION_H

#include <weft/http.h>

#define WEFT__ETAG_SIZE 64 /* bytes of an entity tag of weft__version at most */

/* What would be sent. */
typedef struct weft__version {
    char etag[WEFT__ETAG_SIZE]; /* quoted; W/ in front when it is weak; NUL-terminated */
    int64_t modified;           /* seconds since 1970 */
    uint64_t size;
} weft__version;

typedef struct weft__part {
    uint64_t offset, length;
} weft__part;

/* What a GET or HEAD is to be answered with: 200 (*part is all of it), 206 (*part), 304, 412, or
 * 416. */
weft_http_status weft__condition(const weft_request *request, const weft__version *version,
                                 weft__part *part);

#endif
