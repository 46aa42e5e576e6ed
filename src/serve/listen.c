/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/listen.c: opens the listening socket, and says what to do when that is not possible.
 */
#include "net/address.h"
#include "serve/server.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

static const char *advice(int reason)
{
    switch (reason) {
    case EADDRINUSE:
        return "another program listens there; stop it, or choose another port "
               "(WEFT_LISTEN=address:port; "
               "port 0 lets the system choose)";
    case EACCES:
        return "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher one";
    case EADDRNOTAVAIL: return "no interface of this machine has the address";
    default: return weft_error_text(weft_error_from_errno(reason));
    }
}

/* Accepted sockets inherit TCP_NODELAY: a response is one write, which is not to wait for more. */
static bool prepare(int fd, const weft_address *address)
{
    const int on = 1;
    struct sockaddr_storage name;
    socklen_t len = weft__address_to_system(address, &name);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           bind(fd, (const struct sockaddr *)&name, len) == 0 && listen(fd, WEFT_BACKLOG) == 0;
}

/* A listening socket, or -1 and errno. */
static int open_socket(const weft_address *address)
{
    struct sockaddr_storage name;
    weft__address_to_system(address, &name);
    int fd = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && !prepare(fd, address)) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static weft_address bound_address(int fd)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        return (weft_address){0};
    return weft__address_from_system(&name);
}

int weft__listen(const char *address, weft_address *bound)
{
    const char *override = getenv("WEFT_LISTEN");
    bool overridden = override != NULL && *override != '\0';
    const char *text = overridden ? override : address;
    const char *whence = overridden ? " (from WEFT_LISTEN)" : "";

    weft_address wanted;
    if (text == NULL || weft_address_parse(text, &wanted) != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "serve",
                 "cannot listen on \"%s\"%s: it is not a numeric address and port, like "
                 "127.0.0.1:3000, [::1]:3000 or :3000",
                 text ? text : "", whence);
        return -1;
    }
    int fd = open_socket(&wanted);
    if (fd < 0) {
        weft_log(WEFT_LOG_ERROR, "serve", "cannot listen on %s%s: %s", text, whence, advice(errno));
        return -1;
    }
    *bound = bound_address(fd);
    return fd;
}
