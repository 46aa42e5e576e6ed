/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/h1.h: HTTP/1.0 and 1.1 on the wire (RFC 9112), as pure functions over bytes: no I/O here.
 * Strict: what is malformed or ambiguous is refused, never repaired; the refusal names its reason.
 */
#ifndef WEFT_HTTP_H1_H
#define WEFT_HTTP_H1_H

#include "http/message.h"

/* Limits of one message; zero means the default. Each is checked as the bytes come, so that no more
 * than the limit need ever be buffered. */
typedef struct weft__h1_limits {
    uint32_t request_line; /* bytes without CR LF; over it 414 */
    uint32_t head;         /* bytes of everything up to and with the empty line; over it 431 */
    uint32_t fields;       /* number of fields; over it 431 */
    uint32_t extension;    /* bytes of extensions of one chunk; over it 400 */
    uint32_t overhead;     /* bytes of a chunked body that are not data, see below; over it 400 */
    uint32_t trailers;     /* bytes of the trailer section; over it 431 */
} weft__h1_limits;

#define WEFT__H1_REQUEST_LINE_MAX 8192
#define WEFT__H1_HEAD_MAX         16384
#define WEFT__H1_FIELDS_MAX       100
#define WEFT__H1_EMPTY_LINES_MAX  2 /* passed over before a request line (RFC 9112 section 2.2) */

typedef enum weft__h1_outcome { WEFT__H1_DONE, WEFT__H1_PARTIAL, WEFT__H1_BAD } weft__h1_outcome;

/* Why bytes were refused. */
typedef struct weft__h1_fault {
    weft_http_status status; /* 400, 414, 417, 431, 501 or 505; 500 out of memory */
    const char *reason;      /* a clause for people, static: "a field line without a colon" */
} weft__h1_fault;

/* The fields of the head before, while its bytes and the request that they were parsed into stay
 * where they are. The next head of a client mostly has the same, byte for byte: then a comparison
 * takes the place of parsing them. For heads with the same limits. */
struct weft__h1_kept {
    const char *text;      /* from the first field to the empty line */
    size_t len;            /* of it; 0: nothing is kept */
    uint8_t minor_version; /* this and what follows: as the request has it */
    bool keep_alive, expects_continue;
    weft__framing framing;
    uint64_t content_length;
    weft_str host;
    size_t field_count; /* they stand in the request itself */
};

/* Parses one request head at `bytes`. `request` comes from weft__request_init; a Host equal to its
 * `host_known` is not checked once more, and becomes that view; with `kept`, which this call keeps
 * up to date, the fields may be views of the head before. DONE: it is filled
 * (its views point into `bytes`; many fields are listed in request->arena) and *used is the length
 * of the head. PARTIAL: more bytes are needed; call again with the same request and all bytes from
 * the start, wherever they then are. BAD: *fault says why; what is there can never become valid,
 * and the request holds what was understood before the fault (for a log line). How the bytes were
 * cut never changes the outcome. A head that comes byte by byte is scanned anew each time, which
 * `head` bounds. */
weft__h1_outcome weft__h1_parse(const char *bytes, size_t len, const weft__h1_limits *limits,
                                weft_request *request, size_t *used, weft__h1_fault *fault);

/* ---- chunked bodies (RFC 9112 section 7.1) --------------------------------------------------- */

/* Overhead is every byte that is not data. A body may have WEFT__H1_CHUNK_OVERHEAD_MAX bytes of it
 * beyond what chunks of WEFT__H1_CHUNK_FAIR bytes would need. */
#define WEFT__H1_CHUNK_OVERHEAD_MAX  16384
#define WEFT__H1_CHUNK_FAIR          16
#define WEFT__H1_CHUNK_EXTENSION_MAX 256  /* bytes of extensions of one chunk */
#define WEFT__H1_CHUNK_DIGITS_MAX    16   /* hex digits of a chunk size, leading zeros included */
#define WEFT__H1_TRAILERS_MAX        8192 /* bytes of the trailer section */
#define WEFT__H1_TRAILER_NAME_MAX    24   /* bytes of a trailer's name that are kept to check it */

/* All zeroes is the start. */
typedef struct weft__h1_chunked {
    const weft__h1_limits *limits; /* NULL: the defaults; else the last three are not zero */
    uint64_t left;                 /* data bytes left of the present chunk */
    uint64_t data;                 /* data bytes so far */
    uint64_t overhead;             /* other bytes so far */
    uint32_t line;                 /* bytes of the present extensions, or of the trailer section */
    uint8_t state;
    uint8_t digits;   /* of the present size */
    uint8_t name_len; /* of the present trailer's name; one over the array's size: longer */
    char name[WEFT__H1_TRAILER_NAME_MAX];
    weft_buffer *trailers; /* NULL, or where the trailer section is kept, without LF */
} weft__h1_chunked;

/* Takes bytes of the wire, in pieces of any size. Sets *used to the bytes consumed and *data to the
 * view of the decoded data among them (at most one run per call; may be empty). DONE after the last
 * CR LF of the trailer section, whose fields are checked, and kept if wanted; PARTIAL: call
 * again with what follows (*used may be less than len); BAD: *fault. */
weft__h1_outcome weft__h1_chunked_take(weft__h1_chunked *chunked, const char *bytes, size_t len,
                                       size_t *used, weft_str *data, weft__h1_fault *fault);

bool weft__h1_chunked_ended(const weft__h1_chunked *chunked); /* DONE has been answered */

/* ---- responses ------------------------------------------------------------------------------- */

/* Appends status line, Date, Server-written fields and the response's own fields, and the empty
 * line; then the body unless the request was HEAD or the status has none. `date` is the 29-byte
 * IMF-fixdate. Content-Length is written where a body is allowed, or
 * how it is framed without. `close` says whether
 * "Connection: close" is sent; for HTTP/1.0 keep-alive it is said explicitly. */
void weft__h1_write(weft_buffer *to, const weft_request *request, const weft_response *response,
                    const char date[29], bool close);

/* The same without the body, and whether a body follows: for large ones, sent without a copy. */
void weft__h1_write_head(weft_buffer *to, const weft_request *request,
                         const weft_response *response, const char date[29], bool close);
bool weft__h1_body_follows(const weft_request *request, const weft_response *response);

/* Formats seconds since the epoch as IMF-fixdate (RFC 9110 section 5.6.7), 29 bytes, no NUL. */
void weft__http_date(int64_t seconds, char to[29]);

/* Reads that, or one of the two obsolete forms (RFC 850, asctime). False: it is none of them. */
bool weft__http_date_parse(weft_str text, int64_t *seconds) WEFT_NODISCARD;

#endif
