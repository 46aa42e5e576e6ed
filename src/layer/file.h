/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/file.h: one file of a folder as the answer to a request.
 */
#ifndef WEFT_LAYER_FILE_H
#define WEFT_LAYER_FILE_H

#include "layer/accept.h"
#include "layer/condition.h"
#include "layer/media.h"

typedef enum weft__finding {
    WEFT__FILE_NONE,      /* nothing that may be given out */
    WEFT__FILE_DIRECTORY, /* a directory with an index, asked for without the slash */
    WEFT__FILE_THERE,
    WEFT__FILE_FAULT, /* the system failed; logged */
} weft__finding;

typedef enum weft__ask {
    WEFT__ASK_FILE,
    WEFT__ASK_EXISTENCE, /* whether it is there is all that is asked: nothing is to be answered */
} weft__ask;

/* A file looked for. Filled on a thread of the blocking pool while the fiber waits. */
typedef struct weft__file_search {
    const weft_request *request;
    const char *folder;
    char *path; /* relative, NUL-terminated, with room for a suffix */
    size_t path_len;
    weft__ask ask;
    weft__accept accept;

    weft__finding found;
    int error; /* of WEFT__FILE_FAULT: errno */
    const weft__media *media;
    const char *coding; /* of a precompressed file, else NULL */
    weft__version version;
    weft_http_status status;
    weft__part part; /* of 200 and 206: */
    char *bytes;     /* the part, when it was read, else NULL */
    int fd;          /* else the file */
} weft__file_search;

/* Looks in `folder` for `path`, which is relative; when it is empty or ends with a slash, for the
 * index there. Suspends. What WEFT__ASK_FILE found is to be answered. */
void weft__file_find(weft__file_search *search, weft_request *request, const char *folder,
                     weft_str path, weft__ask ask);

/* The status to return, with everything set that goes with it. */
weft_http_status weft__file_answer(weft__file_search *search, weft_request *request,
                                   weft_response *response);

#endif
