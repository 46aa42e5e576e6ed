/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/listener.c: listening sockets. A listener may be opened on any thread, also before the
 * runtime runs, and belongs to the worker that first accepts from it.
 */
#include "net/address.h"
#include "net/stream.h"
#include <stdlib.h>
#include <unistd.h>
#include <weft/log.h>

struct weft_listener {
    weft__source source;
    bool registered; /* with the worker that accepts */
    weft_address address;
    int64_t warned; /* when the lack of descriptors was logged last */
};

static weft_error listen_on(int fd, const weft_address *address, weft_address *chosen)
{
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(address, &system);
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&system, len) < 0 || listen(fd, WEFT_BACKLOG) < 0)
        return weft_error_from_errno(errno);
    len = sizeof system;
    if (getsockname(fd, (struct sockaddr *)&system, &len) < 0)
        return weft_error_from_errno(errno);
    *chosen = weft__address_from_system(&system);
    return WEFT_OK;
}

weft_error weft_listener_open(weft_listener **listener, const weft_address *address)
{
    struct sockaddr_storage system;
    weft__address_to_system(address, &system);
    int fd = socket(system.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return weft_error_from_errno(errno);
    weft_error error = WEFT_NO_MEMORY;
    weft_listener *opened = calloc(1, sizeof *opened);
    if (!opened)
        goto close;
    error = listen_on(fd, address, &opened->address);
    if (error)
        goto release;
    opened->source.fd = fd;
    opened->source.ready = WEFT__READABLE; /* connections may have come before it is registered */
    *listener = opened;
    return WEFT_OK;
release:
    free(opened);
close:
    close(fd);
    return error;
}

weft_address weft_listener_address(const weft_listener *listener)
{
    return listener->address;
}

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
    int64_t again = weft_deadline_after(WEFT_ACCEPT_PAUSE);
    WEFT_TRY(weft_sleep_until(again < deadline ? again : deadline));
    return again < deadline ? WEFT_OK : WEFT_TIMED_OUT;
}

static weft_error join_worker(weft_listener *listener)
{
    if (listener->registered)
        return WEFT_OK;
    WEFT_TRY(weft__source_open(&listener->source));
    listener->registered = true;
    return WEFT_OK;
}

weft_error weft__listener_accept(weft_listener *listener, int *fd, weft_address *peer,
                                 int64_t deadline)
{
    WEFT_TRY(join_worker(listener));
    for (;;) {
        struct sockaddr_storage system = {0};
        socklen_t len = sizeof system;
        *fd = accept4(listener->source.fd, (struct sockaddr *)&system, &len,
                      SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (*fd >= 0) {
            if (peer)
                *peer = weft__address_from_system(&system);
            weft__socket_no_delay(*fd);
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
    if (!listener)
        return;
    if (listener->registered)
        weft__source_close(&listener->source);
    close(listener->source.fd);
    free(listener);
}
