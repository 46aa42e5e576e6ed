/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/wire.c: a burst's system calls. On a stream a read that brings less than was asked for has
 * emptied the socket, so that no call is spent to hear EAGAIN.
 */
#include "base/errno.h"
#include "runtime/budget.h"
#include "serve/burst.h"
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <weft/runtime.h>

weft_error weft__burst_peek(weft__burst *burst, char *to, size_t room, size_t *got)
{
    weft__source *source = burst->visit->source;
    ssize_t count;
    do {
        count = recv(source->fd, to, room, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno != EAGAIN)
        return WEFT_RESET;
    if (count < 0) {
        weft__source_blocked(source, WEFT__READABLE);
        return WEFT_BUSY;
    }
    if ((size_t)count < room)
        weft__source_drained(source);
    *got = (size_t)count;
    return count > 0 ? WEFT_OK : WEFT_CLOSED;
}

weft_error weft__burst_read(weft__burst *burst, char *to, size_t room, size_t *got,
                            int64_t deadline)
{
    weft__source *source = burst->visit->source;
    weft__budget_take_many(WEFT_BUDGET_CALL);
    for (;;) {
        if (!(source->ready & WEFT__READABLE)) {
            WEFT_TRY(weft__burst_flush(burst));
            WEFT_TRY(weft__visit_wait(burst->visit, WEFT__READABLE, deadline));
        }
        weft_error error = weft__burst_peek(burst, to, room, got);
        if (error != WEFT_BUSY)
            return error;
    }
}

weft_error weft__burst_fill(weft__burst *burst, int64_t deadline)
{
    size_t got;
    WEFT_TRY(weft__burst_read(burst, burst->in + burst->end, burst->in_size - burst->end, &got,
                              deadline));
    burst->end += got;
    return WEFT_OK;
}

/* ---- sending -------------------------------------------------------------------------------- */

/* How long the client may take: `patience` for each WEFT__WRITE_STEP bytes. */
typedef struct pacing {
    int64_t patience;
    int64_t deadline; /* 0: it has not kept us waiting yet */
    int64_t step;     /* the next deadline begins when the client has taken so many bytes; never at
                         INT64_MAX */
} pacing;

/* How many of `sent` bytes the client has taken, less what the kernel had before them. */
static int64_t taken(const weft__source *source, uint64_t sent)
{
    int queued = 0; /* stays so where the kernel does not tell */
    (void)ioctl(source->fd, SIOCOUTQ, &queued);
    return (int64_t)sent - queued;
}

/* Begins the next deadline if the client has earned it. */
static bool renew(pacing *pace, const weft__source *source, uint64_t sent)
{
    int64_t at = taken(source, sent);
    if (pace->deadline != 0 && at < pace->step)
        return false;
    pace->deadline = weft_deadline_after(pace->patience);
    pace->step = at + WEFT__WRITE_STEP;
    return true;
}

/* The kernel calls a socket writable when a third of its buffer, which may hold 4 MiB, is empty:
 * a slow client may have taken many a step before. */
static weft_error await_room(weft__burst *burst, pacing *pace, uint64_t sent)
{
    weft_error error;
    do {
        error = weft__visit_wait(burst->visit, WEFT__WRITABLE, pace->deadline);
    } while (error == WEFT_TIMED_OUT && renew(pace, burst->visit->source, sent));
    return error;
}

/* The socket is full with `sent` bytes sent. */
static weft_error await_client(weft__burst *burst, pacing *pace, uint64_t sent)
{
    weft__source *source = burst->visit->source;
    (void)renew(pace, source, sent);
    weft__source_blocked(source, WEFT__WRITABLE);
    weft_error error = await_room(burst, pace, sent);
    if (error != WEFT_CANCELLED || !burst->request.abandoned || burst->visit->shard->cut_off)
        return error;
    weft_shield shield = weft_shield_begin(); /* it may have closed its side only, and still read */
    error = await_room(burst, pace, sent);
    weft_shield_end(shield);
    return error;
}

static int64_t write_deadline(const weft__burst *burst)
{
    return burst->visit->shard->server->options.write_deadline;
}

static weft_error send_all(weft__burst *burst, const char *bytes, size_t len, pacing pace)
{
    weft__source *source = burst->visit->source;
    size_t sent = 0;

    while (sent < len) {
        ssize_t count = send(source->fd, bytes + sent, len - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno != EAGAIN)
            return WEFT_RESET;
        sent += count > 0 ? (size_t)count : 0;
        if (sent < len)
            WEFT_TRY(await_client(burst, &pace, sent));
    }
    return WEFT_OK;
}

weft_error weft__burst_send_within(weft__burst *burst, const char *bytes, size_t len,
                                   int64_t patience)
{
    return send_all(burst, bytes, len, (pacing){.patience = patience});
}

weft_error weft__burst_send_by(weft__burst *burst, const char *bytes, size_t len, int64_t deadline)
{
    return send_all(burst, bytes, len, (pacing){.deadline = deadline, .step = INT64_MAX});
}

weft_error weft__burst_send(weft__burst *burst, const char *bytes, size_t len)
{
    return weft__burst_send_within(burst, bytes, len, write_deadline(burst));
}

typedef struct reading {
    int fd;
    off_t offset;
    size_t len;
} reading;

static bool last_byte(const reading *wanted, int flags)
{
    char last;
    struct iovec into = {&last, 1};
    off_t at = wanted->offset + (off_t)wanted->len - 1;
    return preadv2(wanted->fd, &into, 1, at, flags) >= 0;
}

/* The kernel begins to read all of it at once; the last byte is there when it has finished. */
static void read_ahead(void *arg)
{
    const reading *wanted = arg;
    readahead(wanted->fd, wanted->offset, wanted->len);
    last_byte(wanted, 0);
}

/* sendfile waits for the disk, and the worker with it, unless the bytes are cached. Whether the
 * last one is stands for all of them: files are read from front to back. */
static void bring_in(int fd, off_t offset, size_t len)
{
    reading wanted = {fd, offset, len};
    bool missing = !last_byte(&wanted, RWF_NOWAIT) && errno == EAGAIN;
    if (missing && weft_blocking_run(read_ahead, &wanted) != WEFT_OK)
        return; /* the pool is full: then it is this worker that waits */
}

weft_error weft__burst_send_file(weft__burst *burst, weft__flow *file)
{
    pacing pace = {.patience = write_deadline(burst)};
    uint64_t cached = 0;

    while (file->sent < file->length) {
        uint64_t left = file->length - file->sent;
        size_t len = left < WEFT__FILE_STEP ? (size_t)left : WEFT__FILE_STEP;
        off_t at = (off_t)(file->offset + file->sent);
        if (file->sent >= cached) {
            bring_in(file->fd, at, len);
            cached = file->sent + len;
            if (file->sent != 0)
                weft_yield(); /* a client as fast as we are never makes us wait */
        }
        ssize_t count = sendfile(burst->visit->source->fd, file->fd, &at, len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0)
            return WEFT_IO;
        if (count < 0 && errno != EAGAIN)
            return WEFT_RESET;
        file->sent += count > 0 ? (uint64_t)count : 0;
        if (count < 0)
            WEFT_TRY(await_client(burst, &pace, file->sent));
    }
    return WEFT_OK;
}

weft_error weft__burst_flush(weft__burst *burst)
{
    if (burst->chunk != 0)
        weft__flow_end_chunk(burst);
    if (burst->out.at == NULL)
        return WEFT_OK;
    weft_error error = weft__burst_send(burst, burst->out.at, burst->out.len);
    weft__batch_close(burst);
    return error;
}
