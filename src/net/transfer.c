/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * net/transfer.c: from a file to a stream within the kernel: sendfile to sockets, splice to pipes.
 * Neither has a way to say "not from the disk". So a piece is probed first, and when the page cache
 * does not hold its ends, the same call is made by a thread of the blocking pool: it may wait for
 * the disk there, and does not for the peer, for the stream is non-blocking.
 */
#include "net/file.h"
#include "net/pipe.h"
#include "net/stream.h"
#include <fcntl.h>
#include <sys/sendfile.h>

#define PIECE (1u << 20) /* bytes that are probed, and moved by one call, at most */

struct piece {
    int from, to;
    bool to_pipe;
    off_t offset;
    size_t len;
    ssize_t result; /* bytes, or -errno; 0 is the end of the file */
};

/* Answers "no" also for file systems that cannot tell. */
static bool is_cached(const struct piece *piece)
{
    char byte;
    struct iovec probe = {.iov_base = &byte, .iov_len = 1};
    off_t last = piece->offset + (off_t)piece->len - 1;
    return preadv2(piece->from, &probe, 1, piece->offset, RWF_NOWAIT) >= 0 &&
           preadv2(piece->from, &probe, 1, last, RWF_NOWAIT) >= 0;
}

static void move_piece(void *arg)
{
    struct piece *piece = arg;
    sigset_t before;
    weft__no_sigpipe_begin(&before);
    do {
        off_t offset = piece->offset;
        piece->result = piece->to_pipe ? splice(piece->from, &offset, piece->to, NULL, piece->len,
                                                SPLICE_F_NONBLOCK)
                                       : sendfile(piece->to, piece->from, &offset, piece->len);
        if (piece->result < 0)
            piece->result = -errno;
    } while (piece->result == -EINTR);
    weft__no_sigpipe_end(&before, piece->result);
}

static weft_error move_in_pool(struct piece *piece, int64_t deadline)
{
    int64_t own = weft_deadline_narrow(deadline);
    weft_error error = weft_blocking_run(move_piece, piece);
    weft_deadline_restore(own);
    return error;
}

weft_error weft_stream_send_file(weft_stream *stream, weft_file *file, uint64_t offset,
                                 uint64_t len, int64_t deadline)
{
    WEFT__ON_WORKER(stream->worker);
    if (stream->kind == WEFT__STREAM_READER || offset > INT64_MAX || len > INT64_MAX - offset)
        return WEFT_INVALID;
    struct piece piece = {
        .from = file->fd,
        .to = stream->source.fd,
        .to_pipe = stream->kind == WEFT__STREAM_WRITER,
        .offset = (off_t)offset,
    };
    while (len > 0) {
        weft__budget_take_many(WEFT_BUDGET); /* a piece is a turn's work */
        piece.len = len < PIECE ? (size_t)len : PIECE;
        if (is_cached(&piece))
            move_piece(&piece);
        else
            WEFT_TRY(move_in_pool(&piece, deadline));
        if (piece.result == 0)
            return WEFT_CLOSED;
        if (piece.result < 0) {
            WEFT_TRY(weft__stream_await_room(stream, piece.result, deadline));
            continue;
        }
        piece.offset += piece.result;
        len -= (uint64_t)piece.result;
    }
    return WEFT_OK;
}
