/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/listener.c: listening sockets. A listener may be opened on any thread, also before the
 * runtime runs, and belongs to the worker that first accepts from it.
 */
#include "net/address.h"
#include "net/stream.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/log.h>

struct weft_listener {
    weft__source source;
    bool registered; /* with the worker that accepts */
    unsigned worker;
    weft_address address;
    int64_t warned; /* when the lack of descriptors was logged last */
};

/* ---- opening -------------------------------------------------------------------------------- */

/* Whether what lies at `path` is a socket, and one that a process left behind when it died. (A
 * connection to a file that is no socket is refused too.) */
static bool is_abandoned(const char *path, const struct sockaddr_storage *system, socklen_t len)
{
    struct stat facts;
    if (lstat(path, &facts) < 0 || !S_ISSOCK(facts.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool refused = connect(fd, (const struct sockaddr *)system, len) < 0 && errno == ECONNREFUSED;
    close(fd);
    return refused;
}

/* 0, or errno. */
static int bind_to(int fd, const weft_address *address)
{
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(address, &system);
    if (bind(fd, (struct sockaddr *)&system, len) == 0)
        return 0;
    int number = errno;
    const char *path = weft__address_path(address);
    if (number != EADDRINUSE || !path || !is_abandoned(path, &system, len))
        return number;
    return unlink(path) == 0 && bind(fd, (struct sockaddr *)&system, len) == 0 ? 0 : errno;
}

/* 0, or errno. */
static int listen_on(int fd, const weft_address *address, weft_address *bound)
{
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return errno;
    weft__socket_no_delay(fd); /* accepted sockets inherit it */
    int number = bind_to(fd, address);
    if (number)
        return number;
    struct sockaddr_storage system = {0};
    socklen_t len = sizeof system;
    if (listen(fd, WEFT_BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)&system, &len) < 0)
        return errno;
    *bound = weft__address_from_system(&system, len);
    return 0;
}

int weft__socket_listen(int *fd, const weft_address *address, weft_address *bound)
{
    *fd = socket(weft__address_family(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return errno;
    int number = listen_on(*fd, address, bound);
    if (number)
        close(*fd);
    return number;
}

void weft__socket_unlink(const weft_address *bound)
{
    const char *path = weft__address_path(bound);
    if (path)
        unlink(path);
}

weft_error weft_listener_open(weft_listener **listener, const weft_address *address)
{
    weft_listener *opened = calloc(1, sizeof *opened);
    if (!opened)
        return WEFT_NO_MEMORY;
    int number = weft__socket_listen(&opened->source.fd, address, &opened->address);
    if (number) {
        free(opened);
        return weft_error_from_errno(number);
    }
    opened->source.ready = WEFT__READABLE; /* connections may have come before it is registered */
    *listener = opened;
    return WEFT_OK;
}

weft_address weft_listener_address(const weft_listener *listener)
{
    return listener->address;
}

/* ---- accepting ------------------------------------------------------------------------------ */

static void warn(weft_listener *listener, int number)
{
    int64_t now = weft_clock_now();
    if (listener->warned && now - listener->warned < WEFT_SECOND)
        return;
    listener->warned = now;
    char text[WEFT_ADDRESS_TEXT];
    weft_str address = weft_address_format(&listener->address, text);
    weft_log(WEFT_LOG_WARN, "net",
             "cannot accept on %.*s: %s; new connections wait (raise the limit of open files?)",
             WEFT_STR_ARGS(address), weft_error_text(weft_error_from_errno(number)));
}

/* What accept reports of the connection, not of the listener: the next one may be well. Network
 * errors that were pending on a new socket are among them (accept(2)). */
static bool concerns_one_connection(int number)
{
    switch (number) {
    case EINTR:
    case ECONNABORTED:
    case EPERM: /* a firewall's rule */
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
    }
}

static bool lacks_resources(int number)
{
    return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

/* After a failed accept: waits until another try makes sense, or says why none does. */
static weft_error recover(weft_listener *listener, int number, int64_t deadline)
{
    if (number == EAGAIN) {
        weft__source_blocked(&listener->source, WEFT__READABLE);
        return weft__source_wait(&listener->source, WEFT__READABLE, deadline);
    }
    if (concerns_one_connection(number))
        return WEFT_OK;
    if (!lacks_resources(number))
        return weft_error_from_errno(number);
    warn(listener, number);
    return weft__pause(WEFT_ACCEPT_PAUSE, deadline);
}

static weft_error join_worker(weft_listener *listener)
{
    if (listener->registered) {
        weft__assert_on(listener->worker);
        return WEFT_OK;
    }
    WEFT_TRY(weft__source_open(&listener->source));
    listener->registered = true;
    listener->worker = weft_worker_index();
    return WEFT_OK;
}

weft_error weft__listener_accept(weft_listener *listener, int *fd, weft_address *peer,
                                 int64_t deadline)
{
    WEFT__HOLD_WORKER();
    WEFT_TRY(join_worker(listener));
    weft__budget_take_many(WEFT_BUDGET_CALL);
    for (;;) {
        struct sockaddr_storage system = {0};
        socklen_t len = sizeof system;
        *fd = accept4(listener->source.fd, (struct sockaddr *)&system, &len,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (*fd >= 0) {
            if (peer)
                *peer = weft__address_from_system(&system, len);
            return WEFT_OK;
        }
        WEFT_TRY(recover(listener, errno, deadline));
    }
}

weft_error weft_listener_accept(weft_listener *listener, weft_stream **stream, int64_t deadline)
{
    int fd;
    WEFT_TRY(weft__listener_accept(listener, &fd, NULL, deadline));
    return weft__stream_adopt(stream, fd);
}

void weft_listener_close(weft_listener *listener)
{
    WEFT_GIVES(listener);
    if (!listener)
        return;
    if (listener->registered)
        weft__source_close(&listener->source);
    weft__socket_unlink(&listener->address);
    close(listener->source.fd);
    free(listener);
}
