/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/listen.c: opens the listening socket, and says what to do when that is not possible.
 */
#include "net/stream.h"
#include "serve/server.h"
#include "serve/supervise.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char *advice(int reason)
{
    switch (reason) {
    case EADDRINUSE:
        return "another program listens there; stop it, or choose another port "
               "(WEFT_LISTEN=address:port; "
               "port 0 lets the system choose)";
    case EACCES:
        return "ports below 1024 need the capability CAP_NET_BIND_SERVICE, and paths a directory "
               "that may be written; choose another";
    case EADDRNOTAVAIL: return "no interface of this machine has the address";
    default: return weft_error_text(weft_error_from_errno(reason));
    }
}

/* What the supervisor keeps for all its children, whatever address they would like. */
static int inherit(weft_address *bound)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int fd = weft__supervised_listener();
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        return -1;
    *bound = weft__address_from_system(&name, len);
    return fd;
}

int weft__listen(const char *address, weft_address *bound)
{
    int inherited = inherit(bound);
    if (inherited >= 0)
        return inherited;
    const char *override = getenv("WEFT_LISTEN");
    bool overridden = override != NULL && *override != '\0';
    const char *text = overridden ? override : address;
    const char *whence = overridden ? " (from WEFT_LISTEN)" : "";

    weft_address wanted;
    if (text == NULL || weft_address_parse(text, &wanted) != WEFT_OK) {
        weft_log(WEFT_LOG_ERROR, "serve",
                 "cannot listen on \"%s\"%s: it is neither a numeric address and port, like "
                 "127.0.0.1:3000, [::1]:3000 or :3000, nor unix:/path",
                 text ? text : "", whence);
        return -1;
    }
    int fd, reason = weft__socket_listen(&fd, &wanted, bound);
    if (reason != 0) {
        weft_log(WEFT_LOG_ERROR, "serve", "cannot listen on %s%s: %s", text, whence,
                 advice(reason));
        return -1;
    }
    weft__supervised_say_listens(fd);
    return fd;
}
