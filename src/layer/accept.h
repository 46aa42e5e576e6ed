/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/accept.h: what a client says about codings (RFC 9110 section 12.5.3).
 */
#ifndef WEFT_LAYER_ACCEPT_H
#define WEFT_LAYER_ACCEPT_H

#include <weft/http.h>

/* Weights in thousandths: 0 refused, 1000 the most wanted. */
typedef struct weft__accept {
    int gzip, brotli;
    int identity;         /* of the representation as it is */
    bool identity_listed; /* identity is there because the client said so, not by default */
} weft__accept;

/* Reads every Accept-Encoding field. Without one nothing but identity is counted on; an element
 * whose weight is malformed counts for nothing. */
weft__accept weft__accept_of(const weft_request *request);

#endif
