/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/file.c: files, through the blocking pool. A call fills a `struct work` on the fiber's stack,
 * which waits there until a thread of the pool has done it.
 */
#include "net/file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/runtime.h>

#define FIRST_READ 4096 /* bytes for a file that does not say its size, as those of /proc */

struct work {
    int fd;
    int flags;
    const char *path;
    char *at;
    size_t len, done;
    uint64_t offset; /* or the size */
    weft_arena *arena;
    weft_error error; /* how it went */
};

static weft_error perform(void (*fn)(void *work), struct work *work)
{
    WEFT_TRY(weft_blocking_run(fn, work));
    return work->error;
}

static weft_error last_error(void)
{
    return weft_error_from_errno(errno);
}

/* ---- opening and closing -------------------------------------------------------------------- */

/* Not blocking: a pipe that lies at the path must not hold the thread until it has another end. */
static int open_at(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static void do_open(void *arg)
{
    struct work *work = arg;
    work->fd = open_at(work->path, work->flags);
    work->error = work->fd < 0 ? last_error() : WEFT_OK;
}

/* Its name lives for a moment: O_TMPFILE, which needs none, is not known to every file system. */
static int make_unnamed(const char *folder)
{
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/.weft-XXXXXX", folder);
    if (len < 0 || (size_t)len >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static void do_make_unnamed(void *arg)
{
    struct work *work = arg;
    work->fd = make_unnamed(work->path);
    work->error = work->fd < 0 ? last_error() : WEFT_OK;
}

static int open_flags(unsigned how)
{
    static const struct {
        unsigned how;
        int flag;
    } flags[] = {
        {WEFT_FILE_CREATE, O_CREAT},
        {WEFT_FILE_EXCLUSIVE, O_EXCL},
        {WEFT_FILE_TRUNCATE, O_TRUNC},
    };
    bool reads = how & WEFT_FILE_READ, writes = how & WEFT_FILE_WRITE;
    int result = reads && writes ? O_RDWR : writes ? O_WRONLY : O_RDONLY;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (how & flags[i].how)
            result |= flags[i].flag;
    return result;
}

weft_error weft_file_open(weft_file **file, const char *path, unsigned how)
{
    bool unnamed = how & WEFT_FILE_UNNAMED;
    if (!(how & (unnamed ? WEFT_FILE_WRITE : WEFT_FILE_READ | WEFT_FILE_WRITE)))
        return WEFT_INVALID;
    weft_file *opened = malloc(sizeof *opened);
    if (!opened)
        return WEFT_NO_MEMORY;
    struct work work = {.path = path, .flags = open_flags(how)};
    weft_error error = perform(unnamed ? do_make_unnamed : do_open, &work);
    if (error) {
        free(opened);
        return error;
    }
    opened->fd = work.fd;
    *file = opened;
    return WEFT_OK;
}

static void do_close(void *arg)
{
    struct work *work = arg;
    close(work->fd);
}

/* The pool takes no work of a cancelled fiber; then the descriptor is closed here. */
void weft_file_close(weft_file *file)
{
    WEFT_GIVES(file);
    if (!file)
        return;
    struct work work = {.fd = file->fd};
    if (perform(do_close, &work) != WEFT_OK)
        close(file->fd);
    free(file);
}

/* ---- reading and writing -------------------------------------------------------------------- */

static void do_read(void *arg)
{
    struct work *work = arg;
    while (work->done < work->len) {
        ssize_t got = pread(work->fd, work->at + work->done, work->len - work->done,
                            (off_t)(work->offset + work->done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            work->error = last_error();
        if (got <= 0)
            return;
        work->done += (size_t)got;
    }
}

weft_error weft_file_read_at(weft_file *file, void *to, size_t len, uint64_t offset, size_t *got)
{
    struct work work = {.fd = file->fd, .at = to, .len = len, .offset = offset};
    weft_error error = perform(do_read, &work);
    *got = work.done;
    return error;
}

static void do_write(void *arg)
{
    struct work *work = arg;
    while (work->done < work->len) {
        ssize_t written = pwrite(work->fd, work->at + work->done, work->len - work->done,
                                 (off_t)(work->offset + work->done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            work->error = last_error();
            return;
        }
        work->done += (size_t)written;
    }
}

weft_error weft_file_write_at(weft_file *file, const void *from, size_t len, uint64_t offset)
{
    struct work work = {
        .fd = file->fd, .at = (char *)(uintptr_t)from, .len = len, .offset = offset};
    return perform(do_write, &work);
}

static void do_sync(void *arg)
{
    struct work *work = arg;
    work->error = fsync(work->fd) < 0 ? last_error() : WEFT_OK;
}

weft_error weft_file_sync(weft_file *file)
{
    struct work work = {.fd = file->fd};
    return perform(do_sync, &work);
}

/* ---- size ----------------------------------------------------------------------------------- */

static void do_size(void *arg)
{
    struct work *work = arg;
    struct stat facts;
    if (fstat(work->fd, &facts) < 0)
        work->error = last_error();
    else
        work->offset = (uint64_t)facts.st_size;
}

weft_error weft_file_size(weft_file *file, uint64_t *size)
{
    struct work work = {.fd = file->fd};
    WEFT_TRY(perform(do_size, &work));
    *size = work.offset;
    return WEFT_OK;
}

static void do_resize(void *arg)
{
    struct work *work = arg;
    int result;
    do
        result = ftruncate(work->fd, (off_t)work->offset);
    while (result < 0 && errno == EINTR);
    work->error = result < 0 ? last_error() : WEFT_OK;
}

weft_error weft_file_resize(weft_file *file, uint64_t size)
{
    struct work work = {.fd = file->fd, .offset = size};
    return perform(do_resize, &work);
}

/* ---- whole files ---------------------------------------------------------------------------- */

/* Makes room for `len` bytes and one, of which the first `done` are kept. */
static weft_error make_room(struct work *work, size_t len)
{
    char *room = weft_arena_alloc(work->arena, len + 1, 1);
    if (!room)
        return WEFT_NO_MEMORY;
    if (work->done > 0)
        memcpy(room, work->at, work->done);
    work->at = room;
    work->len = len;
    return WEFT_OK;
}

/* Reads to the end, also when the file grows meanwhile, but no more than `limit` bytes. */
static weft_error read_to_end(struct work *work, size_t limit)
{
    for (;;) {
        /* One byte more than there should be, to see the end. */
        ssize_t got = read(work->fd, work->at + work->done, work->len + 1 - work->done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return last_error();
        work->done += (size_t)got;
        if (work->done > limit)
            return WEFT_LIMIT;
        if (got == 0)
            break;
        if (work->done > work->len)
            WEFT_TRY(make_room(work, work->len > limit / 2 ? limit : work->len * 2));
    }
    work->at[work->done] = '\0';
    return WEFT_OK;
}

static weft_error read_opened(struct work *work, size_t limit)
{
    struct stat facts;
    if (fstat(work->fd, &facts) < 0)
        return last_error();
    size_t size = (size_t)facts.st_size;
    if (size > limit)
        return WEFT_LIMIT;
    if (size == 0)
        size = limit < FIRST_READ ? limit : FIRST_READ;
    WEFT_TRY(make_room(work, size));
    return read_to_end(work, limit);
}

static void do_read_all(void *arg)
{
    struct work *work = arg;
    size_t limit = work->len;
    work->len = 0;
    work->fd = open_at(work->path, O_RDONLY);
    if (work->fd < 0) {
        work->error = last_error();
        return;
    }
    work->error = read_opened(work, limit);
    close(work->fd);
}

weft_error weft_file_read_all(const char *path, size_t limit, weft_arena *arena, weft_str *out)
{
    struct work work = {
        .path = path, .len = limit < SSIZE_MAX ? limit : SSIZE_MAX - 1, .arena = arena};
    WEFT_TRY(perform(do_read_all, &work));
    *out = (weft_str){work.at, work.done};
    return WEFT_OK;
}
