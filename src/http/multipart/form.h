/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/form.h: a form while it is read.
 */
#ifndef WEFT_HTTP_MULTIPART_FORM_H
#define WEFT_HTTP_MULTIPART_FORM_H

#include "http/multipart/parser.h"

#include <weft/multipart.h>

enum { WEFT__MULTIPART_BUFFER = 16384 }; /* bytes read at once */

struct weft_multipart {
    weft_request *request;
    weft_multipart_limits limits; /* none is 0 */
    weft__multipart parser;
    weft_http_status status; /* OK, or why the walk is over */
    char *in;                /* what was read: from `at` to `end` is not yet parsed */
    size_t at, end;
    weft_str data;  /* what the parser gave last */
    weft_str name;  /* of the part */
    bool in_part;   /* its content has not ended */
    uint64_t size;  /* of its content so far */
    size_t parts;   /* so far */
    size_t held;    /* bytes in memory */
    char *gathered; /* room for WEFT_UPLOAD_MEMORY bytes on their way to a file; NULL before */
};

/* As weft_part_read. */
weft_http_status weft__multipart_read(weft_multipart *form, weft_str *piece) WEFT_NODISCARD;

#endif
