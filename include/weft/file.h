/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/file.h: files for fibers. The kernel has no readiness for files, so every call that may
 * touch a disk runs on a thread of the blocking pool while the fiber is suspended; on plain threads
 * it runs in place. A file is bound to no worker: any fiber may use it, several at once too, for
 * every call says where in the file it means.
 *
 * Beside what is said for each, the calls return what weft_blocking_run returns when the pool had
 * no place for them, and WEFT_PERMISSION, WEFT_NO_SPACE, WEFT_IO.
 */
#ifndef WEFT_FILE_H
#define WEFT_FILE_H

#include <weft/arena.h>
#include <weft/base.h>

typedef struct WEFT_OWNED("file") weft_file weft_file;

enum {
    WEFT_FILE_READ = 1,
    WEFT_FILE_WRITE = 2,
    WEFT_FILE_CREATE = 4,    /* when it does not exist, with mode 0666 less the umask */
    WEFT_FILE_EXCLUSIVE = 8, /* with CREATE: WEFT_EXISTS when it does */
    WEFT_FILE_TRUNCATE = 16, /* to nothing */
    WEFT_FILE_UNNAMED = 32,  /* a new one without a name, gone when it is closed; the path is that
                                of the folder whose disk it takes */
};

/* `how`: the bits above. WEFT_NOT_FOUND, WEFT_EXISTS, WEFT_TOO_MANY_FILES; WEFT_INVALID when `how`
 * asks for neither reading nor writing, an unnamed file is not to be written, or the path is too
 * long or that of a directory opened for writing. */
weft_error weft_file_open(weft_file **file, const char *path, unsigned how) WEFT_TRY_OPENS(*file)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);

/* Reads `len` bytes from `offset` on; fewer, and *got says how many, only at the end of the
 * file. */
weft_error weft_file_read_at(weft_file *file, void *to, size_t len, uint64_t offset, size_t *got)
    WEFT_USES(file) WEFT_NODISCARD WEFT_NONNULL(1, 5) WEFT_FILLS(2, to, 3, len);

/* Writes all, or fails having written a part. Beyond the end the gap reads as zeroes. */
weft_error weft_file_write_at(weft_file *file, const void *from, size_t len, uint64_t offset)
    WEFT_USES(file) WEFT_NODISCARD WEFT_NONNULL(1) WEFT_READS(2, from, 3, len);

weft_error weft_file_size(weft_file *file, uint64_t *size) WEFT_USES(file)
    WEFT_NODISCARD WEFT_NONNULL(1, 2);
weft_error weft_file_resize(weft_file *file, uint64_t size) WEFT_USES(file)
    WEFT_NODISCARD WEFT_NONNULL(1);

/* What was written, and the length, survive a loss of power once this has returned WEFT_OK. */
weft_error weft_file_sync(weft_file *file) WEFT_USES(file) WEFT_NODISCARD WEFT_NONNULL(1);

/* Never fails; also after cancellation. What must not be lost is synced first. NULL is a no-op. */
void weft_file_close(weft_file *file) WEFT_CLOSES(file);

/* The whole file at `path` in `arena`, followed by a NUL that is not counted. WEFT_LIMIT when it is
 * longer than `limit` bytes, WEFT_NO_MEMORY when the arena is exhausted; else as opening. */
weft_error weft_file_read_all(const char *path, size_t limit, weft_arena *arena, weft_str *out)
    WEFT_NODISCARD WEFT_NONNULL(1, 3, 4);

#endif
