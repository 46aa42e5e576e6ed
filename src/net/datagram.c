/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/datagram.c: UDP sockets.
 */
#include "net/address.h"
#include "net/stream.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

struct weft_datagram {
    weft__source source;
    unsigned worker;
};

/* A descriptor, or -errno. */
static int open_socket(const weft_address *address)
{
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(address, &system);
    if (system.ss_family != AF_INET && system.ss_family != AF_INET6)
        return -EAFNOSUPPORT;
    int fd = socket(system.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&system, len) == 0)
        return fd;
    int number = errno;
    close(fd);
    return -number;
}

weft_error weft_datagram_open(weft_datagram **datagram, const weft_address *address)
{
    int fd = open_socket(address);
    if (fd < 0)
        return weft_error_from_errno(-fd);
    weft_error error = WEFT_NO_MEMORY;
    weft_datagram *opened = calloc(1, sizeof *opened);
    if (!opened)
        goto close;
    opened->source.fd = fd;
    opened->worker = weft_worker_index();
    error = weft__source_open(&opened->source);
    if (error)
        goto release;
    *datagram = opened;
    return WEFT_OK;
release:
    free(opened);
close:
    close(fd);
    return error;
}

weft_address weft_datagram_address(const weft_datagram *datagram)
{
    struct sockaddr_storage system = {0};
    socklen_t len = sizeof system;
    if (getsockname(datagram->source.fd, (struct sockaddr *)&system, &len) < 0)
        return (weft_address){0};
    return weft__address_from_system(&system, len);
}

weft_error weft_datagram_connect(weft_datagram *datagram, const weft_address *peer)
{
    struct sockaddr_storage system;
    socklen_t len = weft__address_to_system(peer, &system);
    WEFT__ON_WORKER(datagram->worker);
    if (connect(datagram->source.fd, (struct sockaddr *)&system, len) < 0)
        return weft_error_from_errno(errno);
    return WEFT_OK;
}

weft_error weft_datagram_send(weft_datagram *datagram, const void *from, size_t len,
                              const weft_address *to, int64_t deadline)
{
    struct sockaddr_storage system;
    socklen_t system_len = to ? weft__address_to_system(to, &system) : 0;
    struct sockaddr *name = to ? (struct sockaddr *)&system : NULL;
    WEFT__ON_WORKER(datagram->worker);
    weft__budget_take_many(WEFT_BUDGET_CALL);
    for (;;) {
        if (sendto(datagram->source.fd, from, len, MSG_NOSIGNAL, name, system_len) >= 0)
            return WEFT_OK;
        if (errno == EINTR)
            continue;
        if (errno == EDESTADDRREQ)
            return WEFT_INVALID;
        if (errno != EAGAIN)
            return weft_error_from_errno(errno);
        weft__source_blocked(&datagram->source, WEFT__WRITABLE);
        WEFT_TRY(weft__source_wait(&datagram->source, WEFT__WRITABLE, deadline));
    }
}

weft_error weft_datagram_receive(weft_datagram *datagram, void *to, size_t len, size_t *got,
                                 weft_address *from, int64_t deadline)
{
    WEFT__ON_WORKER(datagram->worker);
    *got = 0;
    weft__budget_take_many(WEFT_BUDGET_CALL);
    for (;;) {
        WEFT_TRY(weft__source_wait(&datagram->source, WEFT__READABLE, deadline));
        struct sockaddr_storage system = {0};
        socklen_t system_len = sizeof system;
        ssize_t result = recvfrom(datagram->source.fd, to, len, MSG_TRUNC,
                                  (struct sockaddr *)&system, &system_len);
        if (result >= 0) {
            *got = (size_t)result;
            if (from)
                *from = weft__address_from_system(&system, system_len);
            return *got > len ? WEFT_LIMIT : WEFT_OK;
        }
        if (errno == EAGAIN)
            weft__source_blocked(&datagram->source, WEFT__READABLE);
        else if (errno != EINTR)
            return weft_error_from_errno(errno);
    }
}

void weft_datagram_close(weft_datagram *datagram)
{
    WEFT_GIVES(datagram);
    if (!datagram)
        return;
    WEFT__ON_WORKER(datagram->worker);
    weft__source_close(&datagram->source);
    close(datagram->source.fd);
    free(datagram);
}
