/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/onion.h: the layers around an answer.
 */
#ifndef WEFT_ROUTER_ONION_H
#define WEFT_ROUTER_ONION_H

#include "router/table.h"

/* What the request comes to once every layer let it through. */
typedef struct weft__answer {
    const weft__target *target; /* NULL: status and detail are the answer */
    weft_http_status status;
    const char *detail;
    weft_str allow, location; /* fields; empty: not sent */
} weft__answer;

/* Runs the layers, which a NULL name ends, from the outside in, then the answer. */
void weft__onion_run(const weft_layer *layers, const weft__answer *outcome, weft_request *request,
                     weft_response *response);

#endif
