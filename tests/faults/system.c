/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * System calls that fail where the library makes them (--wrap: what other libraries call is
 * theirs). Only what the kernel may answer there is answered: one byte of a datagram or an eventfd
 * never, nor anything but a signal to an eventfd. A socket that is said not to be ready, or gives less than it has, becomes ready again at
 * once, as one does to which more has come: else an edge-triggered reactor would rightly wait for
 * ever.
 */
#include "faults.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX 4096

/* ---- which failure --------------------------------------------------------------------------- */

static struct {
    int epoll;
    struct epoll_event event;
} registered[FILES_MAX];

static void ready_again(int fd)
{
    if (fd >= 0 && fd < FILES_MAX && registered[fd].epoll > 0)
        epoll_ctl(registered[fd].epoll, EPOLL_CTL_MOD, fd, &registered[fd].event);
}

static mode_t type_of(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 ? about.st_mode & S_IFMT : 0;
}

static bool possible(fault kind, int fd)
{
    mode_t type = fd >= 0 ? type_of(fd) : S_IFREG;
    switch (kind) {
    case FAULT_SHORT: return type == S_IFREG || type == S_IFSOCK || type == S_IFIFO;
    case FAULT_AGAIN:
        return (type == S_IFSOCK || type == S_IFIFO) && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
    case FAULT_SPACE: return type == S_IFREG;
    case FAULT_BROKEN: return type != 0;
    default: return true;
    }
}

int __real_shutdown(int fd, int how);

/* The failure of this call, of those that `kinds` ends with FAULT_COUNT; errno is set to it. */
static fault failure(const char *function, const void *site, int fd, const fault *kinds)
{
    for (; *kinds != FAULT_COUNT; kinds++) {
        if (!possible(*kinds, fd) || !fault_now(*kinds))
            continue;
        fault_note(function, site, *kinds);
        if (*kinds == FAULT_AGAIN)
            ready_again(fd);
        if (*kinds == FAULT_RESET)
            __real_shutdown(fd, SHUT_RDWR); /* the other end must see it, too */
        errno = fault_errno(*kinds);
        return *kinds;
    }
    return FAULT_COUNT;
}

#define KINDS(...)             ((const fault[]){__VA_ARGS__, FAULT_COUNT})
#define FAILURE(name, fd, ...) failure(name, __builtin_return_address(0), (fd), KINDS(__VA_ARGS__))

/* A call that does all or nothing. */
#define SIMPLE(type, failed, name, parameters, arguments, fd, ...) \
    type __wrap_##name parameters;                                 \
    type __real_##name parameters;                                 \
    type __wrap_##name parameters                                  \
    {                                                              \
        if (FAILURE(#name, (fd), __VA_ARGS__) != FAULT_COUNT)      \
            return (failed);                                       \
        return __real_##name arguments;                            \
    }

/* A call that moves up to `len` bytes. */
#define MOVING(name, parameters, arguments, fd, len, ...)                       \
    ssize_t __wrap_##name parameters;                                           \
    ssize_t __real_##name parameters;                                           \
    ssize_t __wrap_##name parameters                                            \
    {                                                                           \
        fault kind = (len) > 1 ? FAILURE(#name, (fd), FAULT_SHORT, __VA_ARGS__) \
                               : FAILURE(#name, (fd), __VA_ARGS__);             \
        if (kind != FAULT_COUNT && kind != FAULT_SHORT)                         \
            return -1;                                                          \
        if (kind == FAULT_SHORT)                                                \
            (len) = 1;                                                          \
        ssize_t moved = __real_##name arguments;                                \
        if (kind == FAULT_SHORT)                                                \
            again_later(fd);                                                    \
        return moved;                                                           \
    }

/* As ready_again, and errno stays. */
static void again_later(int fd)
{
    int error = errno;
    ready_again(fd);
    errno = error;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

#define SOCKET_FAULTS FAULT_INTERRUPTED, FAULT_AGAIN, FAULT_RESET
#define READ_FAULTS   FAULT_INTERRUPTED, FAULT_AGAIN, FAULT_BROKEN
#define WRITE_FAULTS  FAULT_INTERRUPTED, FAULT_AGAIN, FAULT_SPACE, FAULT_BROKEN

/* clang-format off */
MOVING(recv, (int fd, void *to, size_t len, int flags), (fd, to, len, flags), fd, len, SOCKET_FAULTS)
MOVING(send, (int fd, const void *from, size_t len, int flags), (fd, from, len, flags), fd, len,
       SOCKET_FAULTS)
MOVING(read, (int fd, void *to, size_t len), (fd, to, len), fd, len, READ_FAULTS)
MOVING(write, (int fd, const void *from, size_t len), (fd, from, len), fd, len, WRITE_FAULTS)
MOVING(pread, (int fd, void *to, size_t len, off_t at), (fd, to, len, at), fd, len, READ_FAULTS)
MOVING(pwrite, (int fd, const void *from, size_t len, off_t at), (fd, from, len, at), fd, len,
       WRITE_FAULTS)
MOVING(sendfile, (int fd, int from, off_t *at, size_t len), (fd, from, at, len), fd, len,
       SOCKET_FAULTS, FAULT_BROKEN)
MOVING(splice, (int from, off_t *at, int fd, off_t *to, size_t len, unsigned flags),
       (from, at, fd, to, len, flags), fd, len, SOCKET_FAULTS, FAULT_BROKEN)
/* clang-format on */

/* Of several parts, one byte is of the first that is not empty. */
static const struct iovec *first_part(const struct iovec *parts, size_t count, struct iovec *one)
{
    size_t i = 0;
    while (i < count && parts[i].iov_len == 0)
        i++;
    *one = i < count ? (struct iovec){parts[i].iov_base, 1} : (struct iovec){NULL, 0};
    return one;
}

#define PARTS(name, ...)                                                              \
    ssize_t __wrap_##name(int fd, const struct iovec *parts, int count);              \
    ssize_t __real_##name(int fd, const struct iovec *parts, int count);              \
    ssize_t __wrap_##name(int fd, const struct iovec *parts, int count)               \
    {                                                                                 \
        struct iovec one;                                                             \
        fault kind = FAILURE(#name, fd, FAULT_SHORT, __VA_ARGS__);                    \
        if (kind == FAULT_COUNT)                                                      \
            return __real_##name(fd, parts, count);                                   \
        if (kind != FAULT_SHORT)                                                      \
            return -1;                                                                \
        ssize_t moved = __real_##name(fd, first_part(parts, (size_t)count, &one), 1); \
        again_later(fd);                                                              \
        return moved;                                                                 \
    }
PARTS(readv, READ_FAULTS)
PARTS(writev, WRITE_FAULTS)

#define MESSAGE(name, constant)                                                \
    ssize_t __wrap_##name(int fd, constant struct msghdr *message, int flags); \
    ssize_t __real_##name(int fd, constant struct msghdr *message, int flags); \
    ssize_t __wrap_##name(int fd, constant struct msghdr *message, int flags)  \
    {                                                                          \
        struct iovec one;                                                      \
        struct msghdr less = *message;                                         \
        fault kind = FAILURE(#name, fd, FAULT_SHORT, SOCKET_FAULTS);           \
        if (kind == FAULT_COUNT)                                               \
            return __real_##name(fd, message, flags);                          \
        if (kind != FAULT_SHORT)                                               \
            return -1;                                                         \
        first_part(message->msg_iov, message->msg_iovlen, &one);               \
        less.msg_iov = &one;                                                   \
        less.msg_iovlen = 1;                                                   \
        ssize_t moved = __real_##name(fd, &less, flags);                       \
        again_later(fd);                                                       \
        return moved;                                                          \
    }
MESSAGE(recvmsg, )
MESSAGE(sendmsg, const)

/* clang-format off */
SIMPLE(ssize_t, -1, recvfrom,
       (int fd, void *to, size_t len, int flags, struct sockaddr *from, socklen_t *size),
       (fd, to, len, flags, from, size), fd, SOCKET_FAULTS)
SIMPLE(ssize_t, -1, sendto,
       (int fd, const void *from, size_t len, int flags, const struct sockaddr *to, socklen_t size),
       (fd, from, len, flags, to, size), fd, SOCKET_FAULTS)

/* ---- descriptors ----------------------------------------------------------------------------- */

SIMPLE(int, -1, socket, (int family, int type, int protocol), (family, type, protocol), -1,
       FAULT_FILES)
SIMPLE(int, -1, pipe2, (int *ends, int flags), (ends, flags), -1, FAULT_FILES)
SIMPLE(int, -1, eventfd, (unsigned count, int flags), (count, flags), -1, FAULT_FILES)
SIMPLE(int, -1, epoll_create1, (int flags), (flags), -1, FAULT_FILES)
SIMPLE(int, -1, mkostemp, (char *name, int flags), (name, flags), -1, FAULT_FILES, FAULT_SPACE)
SIMPLE(DIR *, NULL, opendir, (const char *name), (name), -1, FAULT_FILES)
SIMPLE(FILE *, NULL, fopen, (const char *name, const char *how), (name, how), -1, FAULT_FILES)
SIMPLE(int, -1, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size), fd,
       FAULT_RESET)
SIMPLE(int, -1, bind, (int fd, const struct sockaddr *at, socklen_t size), (fd, at, size), fd,
       FAULT_BROKEN)
SIMPLE(int, -1, listen, (int fd, int backlog), (fd, backlog), fd, FAULT_BROKEN)
SIMPLE(int, -1, getsockname, (int fd, struct sockaddr *at, socklen_t *size), (fd, at, size), fd,
       FAULT_BROKEN)
SIMPLE(int, -1, getpeername, (int fd, struct sockaddr *at, socklen_t *size), (fd, at, size), fd,
       FAULT_BROKEN)
SIMPLE(int, -1, setsockopt, (int fd, int level, int name, const void *value, socklen_t size),
       (fd, level, name, value, size), fd, FAULT_BROKEN)
SIMPLE(int, -1, getsockopt, (int fd, int level, int name, void *value, socklen_t *size),
       (fd, level, name, value, size), fd, FAULT_BROKEN)
SIMPLE(int, -1, shutdown, (int fd, int how), (fd, how), fd, FAULT_BROKEN)

/* ---- files ----------------------------------------------------------------------------------- */

SIMPLE(int, -1, fsync, (int fd), (fd), fd, FAULT_INTERRUPTED, FAULT_SPACE, FAULT_BROKEN)
SIMPLE(int, -1, ftruncate, (int fd, off_t len), (fd, len), fd, FAULT_INTERRUPTED, FAULT_SPACE,
       FAULT_BROKEN)
SIMPLE(int, -1, fstat, (int fd, struct stat *about), (fd, about), fd, FAULT_BROKEN)
SIMPLE(int, -1, stat, (const char *path, struct stat *about), (path, about), -1, FAULT_BROKEN)
SIMPLE(int, -1, unlink, (const char *path), (path), -1, FAULT_BROKEN)

/* ---- waiting --------------------------------------------------------------------------------- */

SIMPLE(int, -1, epoll_wait, (int fd, struct epoll_event *events, int count, int timeout),
       (fd, events, count, timeout), fd, FAULT_INTERRUPTED)
SIMPLE(int, -1, poll, (struct pollfd *files, nfds_t count, int timeout), (files, count, timeout),
       -1, FAULT_INTERRUPTED)
SIMPLE(int, -1, waitid, (idtype_t what, id_t id, siginfo_t *end, int flags), (what, id, end, flags),
       -1, FAULT_INTERRUPTED)
SIMPLE(pid_t, -1, waitpid, (pid_t child, int *status, int flags), (child, status, flags), -1,
       FAULT_INTERRUPTED)
SIMPLE(ssize_t, -1, getrandom, (void *to, size_t len, unsigned flags), (to, len, flags), -1,
       FAULT_INTERRUPTED)
/* clang-format on */

/* ---- and those of their own form ------------------------------------------------------------- */

int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    if (operation == EPOLL_CTL_ADD && FAILURE("epoll_ctl", -1, FAULT_SPACE) != FAULT_COUNT)
        return -1;
    int result = __real_epoll_ctl(epoll, operation, fd, event);
    if (result == 0 && fd < FILES_MAX) {
        registered[fd].epoll = operation == EPOLL_CTL_DEL ? 0 : epoll;
        if (event != NULL)
            registered[fd].event = *event;
    }
    return result;
}

int __wrap_accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags);
int __real_accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags);

/* Who has asked is gone already. */
static int accept_gone(int fd)
{
    int gone = __real_accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (gone < 0)
        return -1;
    close(gone);
    errno = ECONNABORTED;
    return -1;
}

int __wrap_accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags)
{
    if (FAILURE("accept4", fd, FAULT_INTERRUPTED, FAULT_AGAIN, FAULT_FILES) != FAULT_COUNT)
        return -1;
    if (fault_now(FAULT_RESET))
        return accept_gone(fd);
    return __real_accept4(fd, peer, size, flags);
}

int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (FAILURE("open", -1, FAULT_FILES, FAULT_SPACE, FAULT_INTERRUPTED) != FAULT_COUNT)
        return -1;
    return __real_open(path, flags, mode);
}

int __wrap_openat(int folder, const char *path, int flags, ...);
int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
    if (FAILURE("openat", -1, FAULT_FILES, FAULT_INTERRUPTED) != FAULT_COUNT)
        return -1;
    return __real_openat(folder, path, flags, 0);
}

int __wrap_fcntl(int fd, int command, ...);
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list more;
    va_start(more, command);
    long value = va_arg(more, long);
    va_end(more);
    bool makes_one = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
    if (makes_one && FAILURE("fcntl", -1, FAULT_FILES) != FAULT_COUNT)
        return -1;
    return __real_fcntl(fd, command, value);
}

int __wrap_posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *options, char *const *words, char *const *names);
int __real_posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *options, char *const *words, char *const *names);
int __wrap_posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *options, char *const *words, char *const *names)
{
    if (FAILURE("posix_spawnp", -1, FAULT_FILES, FAULT_AGAIN) != FAULT_COUNT)
        return errno;
    return __real_posix_spawnp(child, file, actions, options, words, names);
}

long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    long a[6];
    va_list more;
    va_start(more, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(more, long);
    va_end(more);
    bool wakes = number == SYS_futex && (a[1] & FUTEX_CMD_MASK) == FUTEX_WAKE;
    fault kind = wakes                 ? FAULT_COUNT
                 : number == SYS_futex ? FAILURE("syscall", -1, FAULT_INTERRUPTED)
                                       : FAILURE("syscall", -1, FAULT_FILES);
    return kind != FAULT_COUNT ? -1 : __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
