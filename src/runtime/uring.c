/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/uring.c: the reactor's other backend: readiness by io_uring, a multishot poll for each
 * descriptor. Only in builds with -Dio_uring=enabled, and only when WEFT_REACTOR asks for it:
 * docs/decisions/0009-epoll-first.md.
 *
 * Protocol. A poll is known by its descriptor and a generation, which comes round after 2^32 polls.
 * `watches` has the source for a descriptor, and its generation. A completion of another
 * generation, from before a source was removed, is dropped. The kernel holds the file of a poll
 * until that has ended, so removing submits at once: otherwise closing the descriptor would not
 * close the connection.
 *
 * The ring belongs to no thread in particular, so that another one may come to carry the worker;
 * and its completions are posted wherever the thread is that armed the poll, also when it is stuck
 * in a computation. The faster set-up (SINGLE_ISSUER, DEFER_TASKRUN) gives both away.
 */
#include "runtime/backend.h"
#include "runtime/worker.h"
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>

#define SUBMISSIONS 256  /* entries of the ring, submitted together once a turn */
#define COMPLETIONS 4096 /* beyond these the kernel keeps them for us */
#define WATCHES_MIN 64   /* descriptors that the table begins with */
#define UNHEARD     UINT64_MAX
#define BELL        0 /* generation of the bell's poll */

struct watch {
    weft__source *source;
    uint32_t generation; /* BELL: none */
};

struct weft__uring {
    struct io_uring ring;
    struct watch *watches; /* by descriptor */
    size_t size;
    uint32_t generation; /* the last that was given */
    bool bell_armed;
};

static uint64_t key_of(uint32_t generation, int fd)
{
    return (uint64_t)generation << 32 | (uint32_t)fd;
}

/* ---- submitting ------------------------------------------------------------------------ */

/* NULL when the kernel takes nothing at present. */
static struct io_uring_sqe *next_entry(struct weft__uring *uring)
{
    struct io_uring_sqe *entry = io_uring_get_sqe(&uring->ring);
    if (entry)
        return entry;
    io_uring_submit(&uring->ring);
    return io_uring_get_sqe(&uring->ring);
}

static bool arm(struct weft__uring *uring, uint64_t key, unsigned events)
{
    struct io_uring_sqe *entry = next_entry(uring);
    if (!entry)
        return false;
    io_uring_prep_poll_multishot(entry, (int)(uint32_t)key, events);
    io_uring_sqe_set_data64(entry, key);
    return true;
}

static bool arm_source(struct weft__uring *uring, uint64_t key)
{
    return arm(uring, key, POLLIN | POLLOUT | POLLRDHUP);
}

static void disarm(struct weft__uring *uring, uint64_t key)
{
    struct io_uring_sqe *entry = next_entry(uring);
    if (!entry)
        return; /* its next completion finds nobody, and brings us back */
    /* Not poll_remove, which refuses while an event of the poll is on its way. */
    io_uring_prep_cancel64(entry, key, 0);
    io_uring_sqe_set_data64(entry, UNHEARD);
}

/* ---- sources --------------------------------------------------------------------------- */

static weft_error make_room(struct weft__uring *uring, size_t fd)
{
    size_t size = uring->size ? uring->size : WATCHES_MIN;
    if (fd < uring->size)
        return WEFT_OK;
    while (size <= fd)
        size *= 2;
    struct watch *watches = reallocarray(uring->watches, size, sizeof *watches);
    if (!watches)
        return WEFT_NO_MEMORY;
    memset(watches + uring->size, 0, (size - uring->size) * sizeof *watches);
    uring->watches = watches;
    uring->size = size;
    return WEFT_OK;
}

static weft_error add(weft__worker *worker, weft__source *source)
{
    struct weft__uring *uring = worker->uring;
    if (fcntl(source->fd, F_GETFD) < 0)
        return weft_error_from_errno(errno);
    WEFT_TRY(make_room(uring, (size_t)source->fd));
    struct watch *watch = &uring->watches[source->fd];
    if (watch->source)
        return weft_error_from_errno(EEXIST);
    if (++uring->generation == BELL)
        uring->generation++;
    if (!arm_source(uring, key_of(uring->generation, source->fd)))
        return weft_error_from_errno(EAGAIN);
    *watch = (struct watch){source, uring->generation};
    return WEFT_OK;
}

static void drop(weft__worker *worker, weft__source *source)
{
    struct weft__uring *uring = worker->uring;
    struct watch *watch = &uring->watches[source->fd];
    disarm(uring, key_of(watch->generation, source->fd));
    *watch = (struct watch){0};
    io_uring_submit(&uring->ring);
}

/* ---- completions ----------------------------------------------------------------------- */

/* The thread that armed it has gone, or the kernel could not go on: it is armed anew. */
static bool has_ended(const struct io_uring_cqe *completion)
{
    return !(completion->flags & IORING_CQE_F_MORE);
}

/* It could not be armed. It counts as ready: the system call that follows says why. */
static bool has_failed(const struct io_uring_cqe *completion)
{
    return completion->res < 0 && completion->res != -ECANCELED;
}

static uint32_t events_of(const struct io_uring_cqe *completion)
{
    if (has_failed(completion))
        return POLLERR;
    return completion->res < 0 ? 0 : (uint32_t)completion->res;
}

/* False when it has to be heard again: the kernel takes nothing at present. */
static bool hear(weft__worker *worker, const struct io_uring_cqe *completion)
{
    struct weft__uring *uring = worker->uring;
    uint64_t key = completion->user_data;
    uint32_t generation = (uint32_t)(key >> 32), fd = (uint32_t)key;
    if (key == UNHEARD)
        return true;
    if (generation == BELL) {
        uring->bell_armed = !has_ended(completion);
        return true;
    }
    if (uring->watches[fd].generation == generation)
        weft__source_dispatch(uring->watches[fd].source, events_of(completion));
    bool live = uring->watches[fd].generation == generation;
    if (!live && !has_ended(completion))
        disarm(uring, key);
    if (live && has_ended(completion) && !has_failed(completion))
        return arm_source(uring, key);
    return true;
}

static void await(struct weft__uring *uring, int timeout)
{
    struct io_uring_cqe *first;
    struct __kernel_timespec limit = {
        .tv_sec = timeout / 1000,
        .tv_nsec = timeout % 1000 * WEFT_MILLISECOND,
    };
    if (timeout != 0)
        (void)io_uring_submit_and_wait_timeout(&uring->ring, &first, 1, timeout < 0 ? NULL : &limit,
                                               NULL);
    else if (io_uring_sq_ready(&uring->ring) > 0)
        (void)io_uring_submit(&uring->ring);
    if (io_uring_cq_has_overflow(&uring->ring))
        (void)io_uring_get_events(&uring->ring);
}

/* All that have come: the kernel posts one for each time that a descriptor changes, also for those
 * whose changes nobody waits for, so a part of them might never be all. */
static void poll_uring(weft__worker *worker, int timeout)
{
    struct weft__uring *uring = worker->uring;
    struct io_uring_cqe *next;
    unsigned left;
    if (!uring->bell_armed)
        uring->bell_armed = arm(uring, key_of(BELL, worker->bell), POLLIN);
    await(uring, timeout);
    WEFT__PUBLISH(worker->now, weft_clock_now());
    left = io_uring_cq_ready(&uring->ring);
    for (; left > 0 && io_uring_peek_cqe(&uring->ring, &next) == 0; left--) {
        struct io_uring_cqe completion = *next;
        if (!hear(worker, &completion))
            break;
        io_uring_cqe_seen(&uring->ring, next);
    }
}

/* ---- life ------------------------------------------------------------------------------ */

static int open_ring(struct io_uring *ring)
{
    struct io_uring_params params = {.flags = IORING_SETUP_CQSIZE, .cq_entries = COMPLETIONS};
    int result = io_uring_queue_init_params(SUBMISSIONS, ring, &params);
    if (result < 0)
        return result;
    /* Of Linux 5.13, like the multishot poll; waiting with a time limit is older. */
    if (params.features & IORING_FEAT_RSRC_TAGS)
        return 0;
    io_uring_queue_exit(ring);
    return -ENOSYS;
}

const char *weft__uring_lacks(void)
{
    struct io_uring ring;
    int result = open_ring(&ring);
    if (result == 0) {
        io_uring_queue_exit(&ring);
        return NULL;
    }
    return result == -ENOSYS ? "it needs Linux 5.13" : "the kernel does not allow it";
}

static weft_error start_uring(weft__worker *worker)
{
    struct weft__uring *uring = calloc(1, sizeof *uring);
    if (!uring)
        return WEFT_NO_MEMORY;
    int result = open_ring(&uring->ring);
    if (result < 0) {
        free(uring);
        return weft_error_from_errno(-result);
    }
    worker->uring = uring;
    return WEFT_OK;
}

static void stop_uring(weft__worker *worker)
{
    io_uring_queue_exit(&worker->uring->ring);
    free(worker->uring->watches);
    free(worker->uring);
}

static int descriptor(const weft__worker *worker)
{
    return worker->uring->ring.ring_fd;
}

const weft__backend weft__backend_uring = {
    .name = "io_uring",
    .start = start_uring,
    .stop = stop_uring,
    .add = add,
    .remove = drop,
    .poll = poll_uring,
    .descriptor = descriptor,
};
