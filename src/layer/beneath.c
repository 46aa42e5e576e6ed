/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * layer/beneath.c: the kernel keeps paths beneath a folder (openat2, RESOLVE_BENEATH); where it
 * does not know how, we walk.
 */
#include "layer/beneath.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    READING = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
    PASSING = O_PATH | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW,
    RACES_MAX = 8, /* renames beside us that are waited out */
};

/* ---- the text ------------------------------------------------------------------------------- */

static bool segment_valid(weft_str segment)
{
    for (size_t i = 0; i < segment.len; i++)
        if ((uint8_t)segment.at[i] < ' ' || segment.at[i] == '\\' || segment.at[i] == 0x7f)
            return false;
    return segment.len != 0 &&
           (segment.at[0] != '.' || weft_str_equal(segment, WEFT_STR(".well-known")));
}

bool weft__beneath_valid(weft_str path)
{
    while (path.len != 0) {
        const char *slash = memchr(path.at, '/', path.len);
        size_t len = slash != NULL ? (size_t)(slash - path.at) : path.len;
        if (!segment_valid((weft_str){path.at, len}))
            return false;
        path = weft_str_skip(path, len + 1);
    }
    return true;
}

/* ---- walking -------------------------------------------------------------------------------- */

static bool climbs(const char *segment)
{
    return strcmp(segment, "..") == 0;
}

static int step(int from, const char *segment, int flags)
{
    if (climbs(segment)) {
        errno = EXDEV;
        return -1;
    }
    return openat(from, segment, flags);
}

int weft__beneath_walk(int folder, const char *path)
{
    char segment[NAME_MAX + 1];
    int at = folder;
    for (;;) {
        size_t len = strcspn(path, "/");
        bool last = path[len] == '\0';
        int next = -1;
        errno = len > NAME_MAX ? ENAMETOOLONG : ENOENT;
        if (len != 0 && len <= NAME_MAX) {
            memcpy(segment, path, len);
            segment[len] = '\0';
            next = step(at, segment, last ? READING | O_NOFOLLOW : PASSING);
        }
        int error = errno;
        if (at != folder)
            close(at);
        errno = error;
        if (next < 0 || last)
            return next;
        at = next;
        path += len + 1;
    }
}

/* ---- asking the kernel ---------------------------------------------------------------------- */

int weft__beneath_open(int folder, const char *path)
{
    struct open_how how = {.flags = READING, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    for (int races = 0;; races++) {
        long fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
        if (fd >= 0)
            return (int)fd;
        if (errno == ENOSYS || errno == EPERM)
            return weft__beneath_walk(folder, path);
        if (errno != EINTR && (errno != EAGAIN || races == RACES_MAX))
            return -1;
    }
}
