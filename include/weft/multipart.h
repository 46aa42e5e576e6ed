/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/multipart.h: forms with files, multipart/form-data (RFC 7578), part by part while they
 * arrive:
 *     weft_multipart *form;
 *     weft_part part;
 *     WEFT_TRY(weft_multipart_open(&form, request, NULL));
 *     while (weft_multipart_next(form, &part) == WEFT_HTTP_OK)
 *         ... weft_part_text, weft_part_upload, weft_part_save, weft_part_read, or none ...
 *     return weft_multipart_close(form);
 * The first failure ends the walk, every later call answers it again, closing too, and the client
 * is told the reason: so a status need be looked at only where something depends on it. All that is
 * handed out lives until the response is sent.
 */
#ifndef WEFT_MULTIPART_H
#define WEFT_MULTIPART_H

#include <weft/file.h>
#include <weft/http.h>

/* ---- limits ---------------------------------------------------------------------------------- */

#define WEFT_MULTIPART_PARTS  128
#define WEFT_MULTIPART_HEAD   4096        /* bytes */
#define WEFT_MULTIPART_MEMORY (1u << 20)  /* bytes */
#define WEFT_MULTIPART_PART   (16u << 20) /* bytes */
#define WEFT_MULTIPART_TOTAL  (32u << 20) /* bytes */
#define WEFT_UPLOAD_MEMORY    (64u << 10) /* bytes of a file that is kept in memory */

/* What a form may have; 0 means the number above. More is 413. */
typedef struct weft_multipart_limits {
    size_t parts;       /* how many */
    size_t head;        /* bytes of the head of a part */
    size_t memory;      /* bytes of all parts that are kept in memory together */
    uint64_t part;      /* bytes of a part */
    uint64_t total;     /* bytes of the body; in place of the server's limit */
    const char *folder; /* for files without a name; NULL: $TMPDIR, else /var/tmp, since /tmp is
                           memory on many systems */
} weft_multipart_limits;

/* ---- parts ----------------------------------------------------------------------------------- */

/* A request's body as parts; lives in the request's arena. Owned: opened, then closed once. */
typedef struct WEFT_OWNED("form") weft_multipart weft_multipart;

typedef struct weft_part {
    weft_str name; /* of the field */
    /* {NULL, 0}: it is no file. Empty: a file was not chosen. Else the last part of what the client
     * calls it, fit to be a name in a folder: no slash, backslash or control character, not "." or
     * "..", at most WEFT_FILENAME_MAX bytes of UTF-8. */
    weft_str filename;
    weft_str content_type; /* as the client says; empty: it does not say */
    weft_multipart *form;
} weft_part;

/* `limits` NULL: those of the layer weft_upload_limits, else the defaults. WEFT_HTTP_OK;
 * UNSUPPORTED_MEDIA_TYPE when the request is of another type, BAD_REQUEST without a valid boundary,
 * INTERNAL_SERVER_ERROR out of memory. Reads nothing yet. */
weft_http_status weft_multipart_open(weft_multipart **form, weft_request *request,
                                     const weft_multipart_limits *limits) WEFT_TRY_OPENS(*form)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* The next part, past what was not read of the one before. WEFT_HTTP_OK; NO_CONTENT: there is none;
 * BAD_REQUEST for what is malformed, CONTENT_TOO_LARGE beyond a limit, and what weft_request_read
 * answers. Suspends. */
weft_http_status weft_multipart_next(weft_multipart *form, weft_part *part) WEFT_USES(form)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* WEFT_HTTP_OK, or why the walk ended before the end of the form. The form is gone. */
weft_http_status weft_multipart_close(weft_multipart *form) WEFT_CLOSES(form)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* Each takes what is left of the part that came last. They suspend, and answer as next does. */

/* Some more bytes, which stay where they are until the form is asked for anything else; none at the
 * end of the part. */
weft_http_status weft_part_read(weft_part *part, weft_str *piece) WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* All of it. Text that is not UTF-8 is BAD_REQUEST. */
weft_http_status weft_part_text(weft_part *part, weft_str *text) WEFT_NODISCARD WEFT_NONNULL(1, 2);
weft_http_status weft_part_bytes(weft_part *part, weft_bytes *bytes)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* ---- files ----------------------------------------------------------------------------------- */

/* A file that came with a form. */
typedef struct weft_upload {
    weft_str name;         /* as weft_part.filename */
    weft_str content_type; /* what the client says; nobody has looked */
    uint64_t size;         /* bytes */
    const char *at;        /* the bytes, when they are in memory; else NULL, and ... */
    weft_file *file;       /* ... a file without a name, which is gone after the response */
} weft_upload;

/* Takes the part as a file: in memory up to WEFT_UPLOAD_MEMORY bytes and as long as the form's
 * limit allows, else on disk. Beside the answers above: SERVICE_UNAVAILABLE when the disk is full
 * or busy, INTERNAL_SERVER_ERROR when it cannot be written to; both are logged. */
weft_http_status weft_part_upload(weft_part *part, weft_upload *upload)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Writes the part to a new file at `path`, and says how large it is (unless NULL). When that fails
 * there is no file. As weft_part_upload; CONFLICT when there is a file already. */
weft_http_status weft_part_save(weft_part *part, const char *path, uint64_t *size)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Reads `len` bytes from `offset` on; fewer, and *got says how many, only at the end. Suspends. */
weft_error weft_upload_read_at(const weft_upload *upload, void *to, size_t len, uint64_t offset,
                               size_t *got) WEFT_NODISCARD WEFT_NONNULL(1, 5)
    WEFT_FILLS(2, to, 3, len);

/* Copies it to a new file at `path`; when that fails there is none. WEFT_EXISTS when there was one,
 * else as weft/file.h says. Suspends. */
weft_error weft_upload_save(const weft_upload *upload, const char *path)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Uploads as members of records that derive multipart. */
WEFT_ARRAY_OF(weft_upload);
WEFT_OPTIONAL_OF(weft_upload);

#endif
