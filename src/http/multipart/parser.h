/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/parser.h: multipart/form-data (RFC 7578, RFC 2046 section 5.1) as a pure function
 * over bytes, however they are cut.
 *
 * Stricter than RFC 2046 where that leaves room: nothing but empty lines may stand before the first
 * delimiter, no spaces behind one, and no line of a head is folded or ends in a bare LF. A line of
 * a part that only begins like the delimiter is content.
 */
#ifndef WEFT_HTTP_MULTIPART_PARSER_H
#define WEFT_HTTP_MULTIPART_PARSER_H

#include <weft/http.h>

enum { WEFT__BOUNDARY_MAX = 70 }; /* RFC 2046 section 5.1.1 */

typedef enum weft__multipart_event {
    WEFT__MULTIPART_PARTIAL, /* all bytes are used and nothing has happened */
    WEFT__MULTIPART_PART,    /* a part begins: its head is complete */
    WEFT__MULTIPART_DATA,    /* bytes of its content */
    WEFT__MULTIPART_ENDED,   /* its content is complete */
    WEFT__MULTIPART_BAD,
} weft__multipart_event;

typedef struct weft__multipart {
    enum {
        WEFT__MULTIPART_AT_START,   /* of a line before the first part, or in its delimiter */
        WEFT__MULTIPART_AT_LINE,    /* behind the CR of an empty line there */
        WEFT__MULTIPART_IN_HEAD,    /* of a part */
        WEFT__MULTIPART_IN_CONTENT, /* of a part, or in what may become a delimiter */
        WEFT__MULTIPART_AT_CLOSE,   /* behind the last delimiter */
        WEFT__MULTIPART_AT_LF,      /* behind its CR */
        WEFT__MULTIPART_DONE,       /* what follows is nobody's */
    } state;
    bool begun;         /* the first delimiter has been seen */
    char *head;         /* room for a part's head; the caller's */
    size_t head_size;   /* of the room */
    size_t head_len;    /* of the head so far */
    size_t line;        /* where its last line begins */
    size_t matched;     /* bytes of `delimiter` that the last bytes are ... */
    size_t assumed;     /* ... but for so many in front, which did not come */
    size_t len;         /* of the delimiter without its tail */
    const char *reason; /* what is wrong, after BAD */
    /* CR LF -- boundary, and room for the tail, which decides what it is: CR LF or --. */
    char delimiter[4 + WEFT__BOUNDARY_MAX + 2];
} weft__multipart;

/* False when it is no boundary. */
bool weft__multipart_begin(weft__multipart *parser, weft_str boundary, char *head,
                           size_t head_size);

/* Takes bytes until something happens: *used of `len` (which is not 0), and with DATA *data, a view
 * of them or of the parser. After BAD nothing more is taken. */
weft__multipart_event weft__multipart_take(weft__multipart *parser, const char *at, size_t len,
                                           size_t *used, weft_str *data);

/* Whether the form is complete when no more bytes come. */
bool weft__multipart_complete(const weft__multipart *parser);

/* ---- the head of a part ---------------------------------------------------------------------- */

typedef struct weft__part_head {
    weft_str name;     /* UTF-8 */
    weft_str filename; /* {NULL, 0}: none; else fit to be a name in a folder, or empty as sent */
    weft_str content_type; /* as sent, or empty */
} weft__part_head;

/* Reads a complete head in place: the results are views of it. NULL, or what is wrong. */
const char *weft__part_head_read(char *head, size_t len, weft__part_head *out);

/* ---- parameters (RFC 9110 section 5.6.6) ----------------------------------------------------- */

typedef struct weft__parameter {
    weft_str name;  /* case does not matter */
    weft_str value; /* without quotes, escapes as they are */
    bool quoted;
} weft__parameter;

typedef enum weft__parameter_result {
    WEFT__PARAMETER_GIVEN,
    WEFT__PARAMETER_END,
    WEFT__PARAMETER_BAD
} weft__parameter_result;

/* Takes the next `; name=value` off *rest. */
weft__parameter_result weft__parameter_next(weft_str *rest, weft__parameter *out);

/* The boundary of a Content-Type whose parameters these are. NULL, or what is wrong with it. */
const char *weft__boundary_find(weft_str parameters, weft_str *boundary);

#endif
