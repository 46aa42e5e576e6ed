/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/file.c: finds a file and answers with it. Everything that may wait for a disk is one job of
 * the blocking pool: opening, looking at it, evaluating the request's conditions, reading it when
 * it is small. A large file stays open, and serve sends it.
 */
#include "layer/file.h"
#include "http/h1/h1.h"
#include "layer/beneath.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/layer.h>
#include <weft/log.h>
#include <weft/runtime.h>

enum { SUFFIX_MAX = 3, DATE = 29, RANGE_TEXT = 80 };

static const char index_name[] = "index.html";

/* ---- looking -------------------------------------------------------------------------------- */

typedef struct opened {
    int fd; /* -1: errno says why */
    struct stat stat;
} opened;

/* A regular file; EISDIR for a directory, ENOENT for what is neither. */
static opened open_file(int folder, const char *path)
{
    opened file = {.fd = weft__beneath_open(folder, path)};
    if (file.fd < 0)
        return file;
    int error = fstat(file.fd, &file.stat) != 0 ? errno
                : S_ISREG(file.stat.st_mode)    ? 0
                : S_ISDIR(file.stat.st_mode)    ? EISDIR
                                                : ENOENT;
    if (error != 0) {
        close(file.fd);
        file.fd = -1;
        errno = error;
    }
    return file;
}

static int64_t changed(const struct stat *stat)
{
    return stat->st_mtim.tv_sec * WEFT_SECOND + stat->st_mtim.tv_nsec;
}

/* Puts the coded file in the place of the plain one, if there is one that is not older. */
static bool take_coded(weft__file_search *search, int folder, opened *file, const char *suffix,
                       const char *coding, int weight)
{
    const weft__accept *accept = &search->accept;
    if (weight == 0 || (accept->identity_listed && weight < accept->identity))
        return false;
    memcpy(search->path + search->path_len, suffix, strlen(suffix) + 1);
    opened coded = open_file(folder, search->path);
    search->path[search->path_len] = '\0';
    if (coded.fd < 0)
        return false;
    bool fresh = changed(&coded.stat) >= changed(&file->stat);
    close(fresh ? file->fd : coded.fd);
    if (fresh) {
        *file = coded;
        search->coding = coding;
    }
    return fresh;
}

static void prefer_coded(weft__file_search *search, int folder, opened *file)
{
    const weft__accept *accept = &search->accept;
    bool gzip_first = accept->gzip > accept->brotli;
    if (gzip_first && take_coded(search, folder, file, ".gz", "gzip", accept->gzip))
        return;
    if (take_coded(search, folder, file, ".br", "br", accept->brotli) || gzip_first)
        return;
    take_coded(search, folder, file, ".gz", "gzip", accept->gzip);
}

/* A file that was changed just now may change again without its time telling: its tag is weak. */
static void describe(weft__version *version, const struct stat *stat)
{
    bool settled = weft_clock_realtime() - changed(stat) >= WEFT_SECOND;
    snprintf(version->etag, sizeof version->etag, "%s\"%llx-%llx-%llx\"", settled ? "" : "W/",
             (unsigned long long)changed(stat), (unsigned long long)stat->st_size,
             (unsigned long long)stat->st_ino);
    version->modified = stat->st_mtim.tv_sec;
    version->size = (uint64_t)stat->st_size;
}

/* False when the file has become shorter, or memory or disk fail. */
static bool read_part(weft__file_search *search, int fd)
{
    size_t len = (size_t)search->part.length, have = 0;
    search->bytes = weft_arena_alloc(search->request->arena, len, 1);
    while (search->bytes != NULL && have < len) {
        ssize_t got = pread(fd, search->bytes + have, len - have,
                            (off_t)(search->part.offset + have));
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        have += got > 0 ? (size_t)got : 0;
    }
    return search->bytes != NULL;
}

static void examine(weft__file_search *search, int fd, const struct stat *stat)
{
    search->found = WEFT__FILE_THERE;
    if (search->ask == WEFT__ASK_EXISTENCE) {
        close(fd);
        return;
    }
    describe(&search->version, stat);
    search->status = weft__condition(search->request, &search->version, &search->part);
    bool body = search->status == WEFT_HTTP_OK || search->status == WEFT_HTTP_PARTIAL_CONTENT;
    if (body && search->part.length > WEFT_FILE_READ_MAX) {
        search->fd = fd;
        return;
    }
    if (body && !read_part(search, fd)) {
        search->found = WEFT__FILE_FAULT;
        search->error = EIO;
    }
    close(fd);
}

/* Errors that are answers about the path; the others are about the system. */
static weft__finding finding_of(int error)
{
    bool absent = error == ENOENT || error == ENOTDIR || error == EISDIR || error == EXDEV ||
                  error == ELOOP || error == ENAMETOOLONG || error == EACCES || error == EPERM ||
                  error == ENXIO || error == ENODEV || error == EINVAL;
    return absent ? WEFT__FILE_NONE : WEFT__FILE_FAULT;
}

static bool has_index(weft__file_search *search, int folder)
{
    char *end = search->path + search->path_len;
    end[0] = '/';
    memcpy(end + 1, index_name, strlen(index_name) + 1);
    opened file = open_file(folder, search->path);
    *end = '\0';
    if (file.fd >= 0)
        close(file.fd);
    return file.fd >= 0;
}

static void look_in(weft__file_search *search, int folder)
{
    opened file = open_file(folder, search->path);
    if (file.fd < 0) {
        search->error = errno;
        search->found = finding_of(errno);
        if (search->error == EISDIR && has_index(search, folder))
            search->found = WEFT__FILE_DIRECTORY;
        return;
    }
    search->media = weft__media_of((weft_str){search->path, search->path_len});
    if (search->media->compressible)
        prefer_coded(search, folder, &file);
    examine(search, file.fd, &file.stat);
}

static void look(void *arg)
{
    weft__file_search *search = arg;
    int folder = open(search->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        search->found = WEFT__FILE_FAULT;
        search->error = errno;
        return;
    }
    look_in(search, folder);
    close(folder);
}

void weft__file_find(weft__file_search *search, weft_request *request, const char *folder,
                     weft_str path, weft__ask ask)
{
    const size_t room = path.len + sizeof "/" + sizeof index_name + SUFFIX_MAX;
    *search = (weft__file_search){.request = request, .folder = folder, .ask = ask, .fd = -1};
    if (!weft__beneath_valid(path))
        return;
    search->accept = weft__accept_of(request);
    search->path = weft_arena_alloc(request->arena, room, 1);
    search->found = WEFT__FILE_FAULT;
    search->error = ENOMEM;
    if (search->path == NULL)
        return;
    bool index = path.len == 0 || path.at[path.len - 1] == '/';
    search->path_len = (size_t)snprintf(search->path, room, "%.*s%s", WEFT_STR_ARGS(path),
                                        index ? index_name : "");
    search->error = EBUSY;
    weft_error error = weft_blocking_run(look, search);
    if (error == WEFT_OK && search->found != WEFT__FILE_FAULT)
        return;
    weft_log(WEFT_LOG_ERROR, "files", "%s in %s cannot be read: %s", search->path, folder,
             error != WEFT_OK ? weft_error_text(error) : strerror(search->error));
}

/* ---- answering ------------------------------------------------------------------------------ */

static bool set(weft_response *response, const char *name, weft_str value)
{
    return weft_response_header_set(response, weft_str_from(name), value) == WEFT_OK;
}

/* What caches need, also to know that what they have is still true. */
static bool set_version(const weft__file_search *search, weft_response *response)
{
    char date[DATE];
    weft__http_date(search->version.modified, date);
    return set(response, "ETag", weft_str_from(search->version.etag)) &&
           set(response, "Last-Modified", (weft_str){date, sizeof date}) &&
           (!search->media->compressible || set(response, "Vary", WEFT_STR("accept-encoding")));
}

static bool set_range(const weft__file_search *search, weft_response *response)
{
    char text[RANGE_TEXT];
    unsigned long long size = search->version.size, first = search->part.offset;
    if (search->status == WEFT_HTTP_RANGE_NOT_SATISFIABLE)
        snprintf(text, sizeof text, "bytes */%llu", size);
    else
        snprintf(text, sizeof text, "bytes %llu-%llu/%llu", first, first + search->part.length - 1,
                 size);
    return set(response, "Content-Range", weft_str_from(text));
}

static bool set_body(weft__file_search *search, weft_response *response)
{
    weft_str type = weft_str_from(search->media->type);
    size_t len = (size_t)search->part.length;
    if (search->bytes == NULL) {
        int fd = search->fd;
        search->fd = -1;
        return weft__response_file_give(response, type, fd, search->part.offset,
                                        search->part.length) == WEFT_OK;
    }
    weft_response_body_clear(response);
    weft_buffer *body = weft_response_body(response, type);
    body->at = search->bytes;
    body->len = body->capacity = len;
    return true;
}

static weft_http_status send(weft__file_search *search, weft_response *response)
{
    bool good = set_body(search, response) && set_version(search, response) &&
                set(response, "Accept-Ranges", WEFT_STR("bytes")) &&
                set(response, "X-Content-Type-Options", WEFT_STR("nosniff")) &&
                (search->coding == NULL ||
                 set(response, "Content-Encoding", weft_str_from(search->coding))) &&
                (search->status != WEFT_HTTP_PARTIAL_CONTENT || set_range(search, response));
    return good ? search->status : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static weft_http_status fault(const weft__file_search *search, weft_request *request)
{
    bool passing = search->error == EMFILE || search->error == ENFILE || search->error == EBUSY ||
                   search->error == ENOMEM;
    if (!passing)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_rejectf(request, WEFT_HTTP_SERVICE_UNAVAILABLE, "no file can be read just now");
}

weft_http_status weft__file_answer(weft__file_search *search, weft_request *request,
                                   weft_response *response)
{
    if (search->found == WEFT__FILE_FAULT)
        return fault(search, request);
    if (search->found != WEFT__FILE_THERE)
        return WEFT_HTTP_NOT_FOUND;
    switch (search->status) {
    case WEFT_HTTP_OK:
    case WEFT_HTTP_PARTIAL_CONTENT: return send(search, response);
    case WEFT_HTTP_NOT_MODIFIED:
        return set_version(search, response) ? WEFT_HTTP_NOT_MODIFIED
                                             : WEFT_HTTP_INTERNAL_SERVER_ERROR;
    case WEFT_HTTP_RANGE_NOT_SATISFIABLE:
        if (!set_range(search, response))
            return WEFT_HTTP_INTERNAL_SERVER_ERROR;
        return weft_rejectf(request, WEFT_HTTP_RANGE_NOT_SATISFIABLE,
                            "one range within the file's %llu bytes can be had",
                            (unsigned long long)search->version.size);
    default:
        return weft_rejectf(request, WEFT_HTTP_PRECONDITION_FAILED,
                            "the file is another version than the one asked for");
    }
}

weft_http_status weft_response_file(weft_request *request, weft_response *response,
                                    const char *folder, weft_str path)
{
    weft__file_search search;
    if (path.len == 0 || path.at[path.len - 1] == '/')
        return WEFT_HTTP_NOT_FOUND;
    weft__file_find(&search, request, folder, path, WEFT__ASK_FILE);
    return weft__file_answer(&search, request, response);
}
