/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/stop.c: how a server ends. Signals only write to an eventfd; a thread of its own, which no
 * handler can keep busy, reads it and goes through the steps:
 *
 *   first signal       every shard stops accepting, idle connections end, the rest is finished
 *   drain deadline or
 *   second signal      every shard cuts off what is left: cancels handlers, shuts sockets down
 *   a moment later     the process exits, for a handler does not react to being cancelled
 *
 * It leaves between any two steps as soon as the server has ended.
 */
#include "runtime/carrier.h"
#include "runtime/scope.h"
#include "serve/server.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int caught[] = {SIGTERM, SIGINT, SIGPIPE};
enum { CAUGHT = sizeof caught / sizeof caught[0] };

/* One per process, as signals belong to the process. */
static struct {
    _Atomic int event; /* the eventfd */
    _Atomic bool ended;
    pthread_t thread;
    struct sigaction before[CAUGHT];
} stop = {.event = -1};

void weft__stop_request(void)
{
    const uint64_t one = 1;
    ssize_t written = write(atomic_load(&stop.event), &one, sizeof one);
    (void)written; /* fails only when 2^64 requests are pending already */
}

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    weft__stop_request();
    errno = saved;
}

/* Waits for a request to stop, the end of the server, or the deadline. */
static void await_event(int64_t deadline)
{
    struct pollfd event = {.fd = atomic_load(&stop.event), .events = POLLIN};
    for (;;) {
        int64_t left = deadline == WEFT_NEVER ? -1 : deadline - weft_clock_now();
        if (deadline != WEFT_NEVER && left <= 0)
            return;
        int64_t wait = left < 0 ? -1 : left / WEFT_MILLISECOND + 1;
        if (poll(&event, 1, wait > INT32_MAX ? INT32_MAX : (int)wait) > 0) {
            uint64_t count; /* a semaphore: each read takes one event */
            ssize_t got = read(event.fd, &count, sizeof count);
            (void)got;
            return;
        }
    }
}

static void drain_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, drain);
    shard->draining = true;
    if (shard->index < shard->server->acceptors)
        weft__shard_deafen(shard);
    weft__slots_each(&shard->slots, weft__connection_drain);
    for (weft__visit *visit = shard->visits; visit != NULL; visit = visit->next)
        weft__visit_drain(visit);
}

static void cut_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, cut);
    shard->cut_off = true;
    weft__slots_each(&shard->slots, weft__connection_cut);
    for (weft__visit *visit = shard->visits; visit != NULL; visit = visit->next)
        weft__visit_cut(visit);
}

/* Keeps the server from ending; false when it has ended already. */
static bool hold(weft__server *server)
{
    unsigned open = atomic_load(&server->open);
    while (open > 0)
        if (atomic_compare_exchange_weak(&server->open, &open, open + 1))
            return true;
    return false;
}

static void order(weft__server *server, size_t task, void (*fn)(weft__task *task))
{
    if (!hold(server))
        return;
    for (unsigned i = 0; i < server->shard_count; i++) {
        weft__task *posted = (weft__task *)(void *)((char *)&server->shards[i] + task);
        posted->fn = fn;
        weft__worker_post(i, posted);
    }
    weft__server_leave(server);
}

static WEFT_COLD void give_up(void)
{
    weft_log(WEFT_LOG_ERROR, "serve",
             "a handler or a background task goes on though it was cancelled; exiting without it");
    weft__background_report();
    weft__carriers_report();
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    _exit(1);
}

static void *watch(void *arg)
{
    weft__server *server = arg;
    await_event(WEFT_NEVER);
    if (atomic_load(&stop.ended))
        return NULL;
    weft_log(WEFT_LOG_INFO, "serve", "stopping: no new connections, finishing what is in flight");
    order(server, offsetof(weft__shard, drain), drain_shard);

    await_event(weft_deadline_after(server->options.drain_deadline));
    if (atomic_load(&stop.ended))
        return NULL;
    order(server, offsetof(weft__shard, cut), cut_shard);

    await_event(weft_deadline_after(WEFT__CUT_GRACE));
    if (!atomic_load(&stop.ended))
        give_up();
    return NULL;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CAUGHT; i++) {
        if (caught[i] == SIGPIPE)
            action.sa_handler = SIG_IGN; /* a client that is gone is an error code of send */
        sigaction(caught[i], &action, &stop.before[i]);
    }
}

weft_error weft__stop_watch(weft__server *server)
{
    int event = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
    if (event < 0)
        return weft_error_from_errno(errno);
    atomic_store(&stop.ended, false);
    atomic_store(&stop.event, event);
    int failure = pthread_create(&stop.thread, NULL, watch, server);
    if (failure != 0) {
        close(event);
        return weft_error_from_errno(failure);
    }
    catch_signals();
    return WEFT_OK;
}

void weft__stop_unwatch(void)
{
    atomic_store(&stop.ended, true);
    weft__stop_request();
    pthread_join(stop.thread, NULL);
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &stop.before[i], NULL);
    close(atomic_exchange(&stop.event, -1));
}
