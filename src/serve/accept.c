/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/accept.c: takes new connections and deals them out. One listening socket is watched by the
 * first few workers, so that one that computes for long does not stop accepting for all; whoever
 * accepts gives the connection to the worker that has the fewest. When descriptors run out, or
 * connections_max are open, accepting pauses and new connections wait in the kernel's backlog; what
 * a client has too many of is closed.
 */
#include "serve/server.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* An accepted connection on its way to another worker. */
typedef struct handover {
    weft__task task;
    weft__shard *shard;
    weft__peer peer;
    int fd;
} handover;

static void take_over(weft__task *task)
{
    handover *given = WEFT__OWNER(task, handover, task);
    weft__connection_open(given->shard, given->fd, &given->peer);
    free(given);
}

weft__shard *weft__shard_choose(weft__shard *here)
{
    weft__server *server = here->server;
    weft__shard *least = here;
    unsigned fewest = atomic_load_explicit(&here->connections, memory_order_relaxed);
    unsigned total = 0;
    for (unsigned i = 0; i < server->shard_count; i++) {
        weft__shard *other = &server->shards[i];
        unsigned count = atomic_load_explicit(&other->connections, memory_order_relaxed);
        total += count;
        if (count < fewest) {
            least = other;
            fewest = count;
        }
    }
    if (total >= server->options.connections_max)
        return NULL;
    atomic_fetch_add_explicit(&least->connections, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&server->open, 1, memory_order_relaxed);
    return least;
}

void weft__shard_uncount(weft__shard *shard)
{
    atomic_fetch_sub_explicit(&shard->connections, 1, memory_order_relaxed);
    weft__server_leave(shard->server);
}

void weft__shard_leave(weft__shard *shard, const weft__peer *peer)
{
    weft__clients_leave(shard->server->clients, peer);
    weft__shard_uncount(shard);
}

static void place(weft__shard *here, weft__shard *chosen, int fd, const weft__peer *peer)
{
    if (chosen == here) {
        weft__connection_open(here, fd, peer);
        return;
    }
    handover *given = malloc(sizeof *given);
    if (given == NULL) {
        weft_log(WEFT_LOG_ERROR, "serve", "no memory for a connection; it is closed");
        close(fd);
        weft__shard_leave(chosen, peer);
        return;
    }
    *given = (handover){.task.fn = take_over, .shard = chosen, .peer = *peer, .fd = fd};
    weft__worker_post(chosen->index, &given->task);
}

static int accept_one(int listener, weft__peer *peer)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int fd = accept4(listener, (struct sockaddr *)&name, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        weft_address address = weft__address_from_system(&name, len);
        *peer = weft__peer_keep(&address);
    }
    return fd;
}

/* Whether it is time for another warning. */
static bool may_warn(weft__shard *shard)
{
    int64_t now = weft__worker_now();
    if (shard->warned != 0 && now - shard->warned < WEFT__ACCEPT_WARNING)
        return false;
    shard->warned = now;
    return true;
}

/* No edge will tell when there is room again: looks after a moment. */
static void pause_accepting(weft__shard *shard, const char *reason)
{
    if (shard->draining)
        return;
    if (may_warn(shard))
        weft_log(WEFT_LOG_WARN, "serve", "%s; new connections wait until others close", reason);
    weft__timer_arm(&shard->retry, weft__worker_now() + WEFT__ACCEPT_PAUSE);
}

static void turn_away(weft__shard *shard, int fd, const weft__peer *peer)
{
    char text[WEFT_ADDRESS_TEXT];
    weft_address address = {.len = 0};
    weft__peer_show(peer, &address);
    if (may_warn(shard))
        weft_log(WEFT_LOG_WARN, "serve",
                 "connections_per_client connections of %.*s are open; another is closed",
                 WEFT_STR_ARGS(weft_address_format(&address, text)));
    close(fd);
}

static void accept_all(weft__shard *shard)
{
    for (;;) {
        weft__shard *chosen = weft__shard_choose(shard);
        if (chosen == NULL) {
            pause_accepting(shard, "connections_max connections are open");
            return;
        }
        weft__peer peer;
        int fd = accept_one(shard->listener.fd, &peer);
        if (fd >= 0 && weft__clients_enter(shard->server->clients, &peer)) {
            place(shard, chosen, fd, &peer);
            continue;
        }
        if (fd >= 0) {
            weft__shard_uncount(chosen);
            turn_away(shard, fd, &peer);
            continue;
        }
        int reason = errno;
        weft__shard_uncount(chosen);
        if (reason == EAGAIN) {
            weft__source_blocked(&shard->listener, WEFT__READABLE);
            return;
        }
        if (reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM) {
            pause_accepting(shard, weft_error_text(weft_error_from_errno(reason)));
            return;
        }
        /* Any other fault is that of the one connection, which is gone. */
    }
}

static void on_listener(weft__source *source)
{
    accept_all(WEFT__OWNER(source, weft__shard, listener));
}

static void on_retry(weft__timer *timer)
{
    weft__shard *shard = WEFT__OWNER(timer, weft__shard, retry);
    if (shard->listening)
        accept_all(shard);
}

void weft__shard_listen(weft__shard *shard)
{
    shard->listener = (weft__source){.fd = shard->server->listener, .on_ready = on_listener};
    shard->retry.fn = on_retry;
    weft_error error = weft__source_open(&shard->listener);
    if (error == WEFT_OK) {
        shard->listening = true;
        return;
    }
    weft_log(WEFT_LOG_ERROR, "serve", "cannot watch the listening socket: %s",
             weft_error_text(error));
    atomic_store(&shard->server->failed, true);
    weft__stop_request();
}

void weft__shard_deafen(weft__shard *shard)
{
    weft__server *server = shard->server;
    if (shard->listening) {
        if (!shard->patient)   /* else another process takes who is in the backlog */
            accept_all(shard); /* who has been promised an answer */
        weft__timer_cancel(&shard->retry);
        weft__source_close(&shard->listener);
        shard->listening = false;
    }
    if (atomic_fetch_add(&server->deaf, 1) + 1 == server->acceptors)
        close(server->listener);
    weft__server_leave(server);
}
