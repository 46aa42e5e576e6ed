/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/head.h: what the parts of the head parser share: the cursor, and how each part ends.
 */
#ifndef WEFT_HTTP_H1_HEAD_H
#define WEFT_HTTP_H1_HEAD_H

#include "http/h1/h1.h"

/* What the fields said so far. */
enum {
    WEFT__SAW_HOST = 1,
    WEFT__SAW_LENGTH = 2,
    WEFT__SAW_CODING = 4,
    WEFT__SAW_CLOSE = 8,
    WEFT__SAW_KEEP_ALIVE = 16,
    WEFT__SAW_EXPECT = 32,
};

typedef struct weft__h1_head {
    const char *start;     /* the first byte given */
    const char *at;        /* the next byte to look at */
    const char *end;       /* one past the last byte that is there and within the limit */
    weft_http_status over; /* what running into `end` means: 0 wait, else a limit's status */
    unsigned saw;
    weft_str authority; /* of an absolute-form target */
    weft_request *request;
    weft__h1_fault *fault;
} weft__h1_head;

/* BAD, with the reason. */
WEFT_COLD weft__h1_outcome weft__h1_refuse(weft__h1_head *head, weft_http_status status,
                                           const char *reason);

/* The bytes ran out: PARTIAL, or BAD when that is because of a limit. */
WEFT_COLD weft__h1_outcome weft__h1_short(weft__h1_head *head);

/* Consumes CR LF. */
static inline weft__h1_outcome weft__h1_line_end(weft__h1_head *head)
{
    const char *at = head->at;
    if (WEFT_LIKELY(head->end - at >= 2 && at[0] == '\r' && at[1] == '\n')) {
        head->at = at + 2;
        return WEFT__H1_DONE;
    }
    if (at == head->end || (at[0] == '\r' && at + 1 == head->end))
        return weft__h1_short(head);
    return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, "a line that does not end with CR LF");
}

/* Consumes the request line with its CR LF and fills method, target, path, query and version. */
weft__h1_outcome weft__h1_request_line(weft__h1_head *head);

/* Takes in one field if it is one that framing, routing or the connection depend on. */
weft__h1_outcome weft__h1_known_field(weft__h1_head *head, weft_str name, weft_str value);

/* True for uri-host [":" port] (RFC 9110 section 7.2), empty included. */
bool weft__h1_host_valid(weft_str host);

#endif
