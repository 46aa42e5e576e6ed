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

/* A part of the parser takes the place where it begins and returns the place after it, or NULL
 * when the head ends there: then `outcome` says how. The place is passed by value, so that it stays
 * in a register. */
typedef struct weft__h1_head {
    const char *start;        /* the first byte given */
    const char *end;          /* one past the last byte that is there and within the limit */
    const char *last;         /* one past the last byte that is there */
    weft_http_status over;    /* the status when the limit cut `end` short of `last` */
    unsigned saw;             /* what the fields said so far */
    weft__h1_outcome outcome; /* PARTIAL or BAD */
    weft_str authority;       /* of an absolute-form target */
    weft_request *request;
    weft__h1_fault *fault;
} weft__h1_head;

/* Ends with BAD and the reason. NULL. */
WEFT_COLD const char *weft__h1_refuse(weft__h1_head *head, weft_http_status status,
                                      const char *reason);

/* The bytes ran out: ends with PARTIAL, or with BAD when that is because of a limit. NULL. */
WEFT_COLD const char *weft__h1_short(weft__h1_head *head);

/* CR LF. */
static inline const char *weft__h1_line_end(weft__h1_head *head, const char *at)
{
    if (WEFT_LIKELY(head->end - at >= 2 && at[0] == '\r' && at[1] == '\n'))
        return at + 2;
    if (at == head->end || (at[0] == '\r' && at + 1 == head->end))
        return weft__h1_short(head);
    return weft__h1_refuse(head, WEFT_HTTP_BAD_REQUEST, "a line that does not end with CR LF");
}

/* The request line with its CR LF: fills method, target, path, query and version. */
const char *weft__h1_request_line(weft__h1_head *head, const char *at);

/* True when a name of this length may be one that weft__h1_known_field knows. */
static inline bool weft__h1_maybe_known(weft_str name)
{
    const uint32_t lengths = 1u << 4 | 1u << 6 | 1u << 10 | 1u << 14 | 1u << 17;
    return name.len < 32 && (lengths >> name.len & 1) != 0;
}

/* Takes in one field if it is one that framing, routing or the connection depend on. False when the
 * head ends there. */
bool weft__h1_known_field(weft__h1_head *head, weft_str name, weft_str value);

/* True for uri-host [":" port] (RFC 9110 section 7.2), empty included. The bytes from `floor` up to
 * the host are readable. */
bool weft__h1_host_valid(const char *floor, weft_str host);

#endif
