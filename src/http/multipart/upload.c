/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/multipart/upload.c: parts as files. Bytes are gathered until there are enough for a visit to
 * the blocking pool; what ends before stays in memory.
 */
#include "http/multipart/form.h"

#include <stdlib.h>
#include <unistd.h>
#include <weft/body.h>
#include <weft/log.h>
#include <weft/runtime.h>

/* ---- failures -------------------------------------------------------------------------------- */

/* The client learns that it is not its fault; the log learns the rest. */
static weft_http_status file_failed(weft_multipart *form, weft_error error)
{
    if (error == WEFT_EXISTS)
        return form->status = weft_rejectf(form->request, WEFT_HTTP_CONFLICT,
                                           "there is a file of that name already");
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("part", form->name),
        WEFT_FIELD_STR("cause", weft_str_from(weft_error_text(error))),
    };
    weft_log_event(WEFT_LOG_ERROR, "http", WEFT_STR("an upload could not be written"), fields, 2);
    bool passing = error == WEFT_NO_SPACE || error == WEFT_TOO_MANY_FILES || error == WEFT_BUSY ||
                   error == WEFT_TIMED_OUT || error == WEFT_CANCELLED;
    return form->status = passing ? WEFT_HTTP_SERVICE_UNAVAILABLE : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static void remove_file(void *path)
{
    unlink(path);
}

static void forget(weft_file *file, const char *path) WEFT_CLOSES(file);

/* The pool takes no work of a cancelled fiber. */
static void forget(weft_file *file, const char *path)
{
    void *arg = (void *)(uintptr_t)path;
    weft_file_close(file);
    if (weft_blocking_run(remove_file, arg) != WEFT_OK)
        remove_file(arg);
}

/* ---- gathering ------------------------------------------------------------------------------- */

typedef struct stream {
    weft_multipart *form;
    weft_str rest; /* of the piece that was read last */
    size_t len;    /* of what is gathered */
    bool ended;    /* the part */
} stream;

static weft_http_status gather(stream *s)
{
    weft_multipart *form = s->form;
    if (form->gathered == NULL)
        form->gathered = weft_arena_alloc(weft_request_arena(form->request), WEFT_UPLOAD_MEMORY, 1);
    if (form->gathered == NULL)
        return form->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    for (s->len = 0; s->len < WEFT_UPLOAD_MEMORY && !s->ended;) {
        if (s->rest.len == 0)
            WEFT_TRY(weft__multipart_read(form, &s->rest));
        size_t room = WEFT_UPLOAD_MEMORY - s->len;
        size_t len = s->rest.len < room ? s->rest.len : room;
        s->ended = len == 0;
        if (len != 0)
            memcpy(form->gathered + s->len, s->rest.at, len);
        s->rest = weft_str_skip(s->rest, len);
        s->len += len;
    }
    return WEFT_HTTP_OK;
}

static weft_http_status pour(stream *s, weft_file *file, uint64_t *size) WEFT_USES(file);

/* Writes what is gathered, and all that follows. */
static weft_http_status pour(stream *s, weft_file *file, uint64_t *size)
{
    for (*size = 0;;) {
        weft_error error = weft_file_write_at(file, s->form->gathered, s->len, *size);
        if (error != WEFT_OK)
            return file_failed(s->form, error);
        *size += s->len;
        if (s->ended)
            return WEFT_HTTP_OK;
        WEFT_TRY(gather(s));
    }
}

/* ---- to a file of the program's -------------------------------------------------------------- */

weft_http_status weft_part_save(weft_part *part, const char *path, uint64_t *size)
{
    stream s = {.form = part->form};
    weft_file *file;
    uint64_t written;
    WEFT_TRY(gather(&s));
    weft_error error = weft_file_open(&file, path,
                                      WEFT_FILE_WRITE | WEFT_FILE_CREATE | WEFT_FILE_EXCLUSIVE);
    if (error != WEFT_OK)
        return file_failed(s.form, error);
    weft_http_status status = pour(&s, file, size != NULL ? size : &written);
    if (status != WEFT_HTTP_OK)
        forget(file, path);
    else
        weft_file_close(file);
    return status;
}

/* ---- to the request's own memory or file ----------------------------------------------------- */

static void close_file(void *file)
{
    WEFT_TAKES(file);
    weft_file_close(file);
}

static const char *folder_of(const weft_multipart *form)
{
    const char *named = getenv("TMPDIR");
    return form->limits.folder != NULL       ? form->limits.folder
           : named != NULL && *named != '\0' ? named
                                             : "/var/tmp";
}

static weft_http_status to_disk(stream *s, weft_upload *upload)
{
    weft_multipart *form = s->form;
    weft_error error = weft_file_open(&upload->file, folder_of(form),
                                      WEFT_FILE_READ | WEFT_FILE_WRITE | WEFT_FILE_UNNAMED);
    if (error != WEFT_OK)
        return file_failed(form, error);
    if (weft_request_defer(form->request, close_file, upload->file) != WEFT_OK) {
        weft_file_close(upload->file);
        return form->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    }
    weft_http_status status = pour(s, upload->file, &upload->size);
    WEFT_GIVES(upload->file); /* to close_file */
    return status;
}

static weft_http_status to_memory(stream *s, weft_upload *upload)
{
    weft_str bytes = {s->form->gathered, s->len};
    if (!weft_arena_copy(weft_request_arena(s->form->request), bytes, &bytes))
        return s->form->status = WEFT_HTTP_INTERNAL_SERVER_ERROR;
    upload->at = bytes.at;
    upload->size = bytes.len;
    s->form->held += s->len;
    return WEFT_HTTP_OK;
}

weft_http_status weft_part_upload(weft_part *part, weft_upload *upload)
{
    stream s = {.form = part->form};
    *upload = (weft_upload){.name = part->filename, .content_type = part->content_type};
    WEFT_TRY(gather(&s));
    bool fits = s.ended && s.len <= s.form->limits.memory - s.form->held;
    return fits ? to_memory(&s, upload) : to_disk(&s, upload);
}

/* ---- afterwards ------------------------------------------------------------------------------ */

weft_error weft_upload_read_at(const weft_upload *upload, void *to, size_t len, uint64_t offset,
                               size_t *got)
{
    WEFT_LENT(upload->file); /* by the request */
    if (upload->file != NULL)
        return weft_file_read_at(upload->file, to, len, offset, got);
    uint64_t left = offset < upload->size ? upload->size - offset : 0;
    *got = left < len ? (size_t)left : len;
    if (*got != 0)
        memcpy(to, upload->at + offset, *got);
    return WEFT_OK;
}

static weft_error copy(const weft_upload *upload, weft_file *to) WEFT_USES(to);
static weft_error copy(const weft_upload *upload, weft_file *to)
{
    WEFT_LENT(upload->file); /* by the request */
    if (upload->file == NULL)
        return weft_file_write_at(to, upload->at, (size_t)upload->size, 0);
    char *piece = malloc(WEFT_UPLOAD_MEMORY);
    weft_error error = piece == NULL ? WEFT_NO_MEMORY : WEFT_OK;
    for (uint64_t at = 0; error == WEFT_OK && at < upload->size;) {
        size_t got;
        error = weft_file_read_at(upload->file, piece, WEFT_UPLOAD_MEMORY, at, &got);
        if (error == WEFT_OK)
            error = got == 0 ? WEFT_IO : weft_file_write_at(to, piece, got, at);
        at += got;
    }
    free(piece);
    return error;
}

weft_error weft_upload_save(const weft_upload *upload, const char *path)
{
    weft_file *file;
    WEFT_TRY(weft_file_open(&file, path, WEFT_FILE_WRITE | WEFT_FILE_CREATE | WEFT_FILE_EXCLUSIVE));
    weft_error error = copy(upload, file);
    if (error != WEFT_OK)
        forget(file, path);
    else
        weft_file_close(file);
    return error;
}
