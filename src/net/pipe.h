/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/pipe.h: the calls of pipes, without errno and without SIGPIPE; not public.
 */
#ifndef WEFT_NET_PIPE_H
#define WEFT_NET_PIPE_H

#include <signal.h>
#include <sys/uio.h>
#include <weft/base.h>

/* Bytes, or -errno; -EAGAIN when the pipe is empty, or full. */
ssize_t weft__pipe_read(int fd, const struct iovec *parts, int count);
ssize_t weft__pipe_write(int fd, const struct iovec *parts, int count);

/* Around a call that has no MSG_NOSIGNAL of its own: keeps the SIGPIPE that it may raise from being
 * delivered to this thread. `end` with the call's -errno takes it away. */
void weft__no_sigpipe_begin(sigset_t *before);
void weft__no_sigpipe_end(const sigset_t *before, ssize_t result);

#endif
