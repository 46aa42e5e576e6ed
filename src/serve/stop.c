/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/stop.c: how a server ends. Signals only write to an eventfd, and so does the handler of
 * crashes; a thread of its own, which no handler can keep busy, reads it and goes from stage to
 * stage:
 *
 *   relieved           another process serves: no new connections, each response is its
 *                      connection's last, idle ones wait for their next request
 *   signal, or a crash with nobody to take over, or the idle deadline
 *                      the same, and idle connections end; the rest is finished
 *   drain deadline or
 *   second signal      every shard cuts off what is left: cancels handlers, shuts sockets down
 *   a moment later     the process exits, for a handler does not react to being cancelled
 *
 * It leaves between any two stages as soon as the server has ended. After a crash it also asks each
 * worker for a sign of life: what crashed may have held a lock that one of them waits for.
 */
#include "runtime/carrier.h"
#include "runtime/scope.h"
#include "serve/server.h"
#include "serve/supervise.h"
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
    _Atomic unsigned crashes;
    pthread_t thread;
    struct sigaction before[CAUGHT];
} stop = {.event = -1};

void weft__stop_request(void)
{
    const uint64_t one = 1;
    while (write(atomic_load(&stop.event), &one, sizeof one) < 0 && errno == EINTR)
        continue; /* else it fails only when 2^64 requests are pending already */
}

void weft__stop_crash(void)
{
    atomic_fetch_add(&stop.crashes, 1);
    weft__stop_request();
}

bool weft__stop_has_crashed(void)
{
    return atomic_load(&stop.crashes) > 0;
}

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    weft__stop_request();
    errno = saved;
}

/* ---- orders, on each worker ------------------------------------------------------------------ */

static void begin_draining(weft__shard *shard)
{
    if (shard->draining)
        return;
    shard->draining = true;
    if (shard->index < shard->server->acceptors)
        weft__shard_deafen(shard);
    for (weft__visit *visit = shard->visits; visit != NULL; visit = visit->next)
        weft__visit_drain(visit);
}

static void relieve_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, relieve);
    shard->patient = !shard->draining;
    begin_draining(shard);
}

static void drain_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, drain);
    shard->patient = false;
    begin_draining(shard);
    weft__slots_each(&shard->slots, weft__connection_drain);
}

static void cut_shard(weft__task *task)
{
    weft__shard *shard = WEFT__OWNER(task, weft__shard, cut);
    shard->cut_off = true;
    weft__slots_each(&shard->slots, weft__connection_cut);
    for (weft__visit *visit = shard->visits; visit != NULL; visit = visit->next)
        weft__visit_cut(visit);
}

static void answer_ping(weft__task *task)
{
    weft__server *server = WEFT__OWNER(task, weft__shard, ping)->server;
    atomic_fetch_add(&server->alive, 1);
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

/* False when the server has ended. */
static bool order(weft__server *server, size_t task, void (*fn)(weft__task *task))
{
    if (!hold(server))
        return false;
    for (unsigned i = 0; i < server->shard_count; i++) {
        weft__task *posted = (weft__task *)(void *)((char *)&server->shards[i] + task);
        posted->fn = fn;
        weft__worker_post(i, posted);
    }
    weft__server_leave(server);
    return true;
}

/* ---- the thread ------------------------------------------------------------------------------ */

typedef enum stage { SERVING, RELIEVED, FINISHING, CUTTING, GIVING_UP } stage;
typedef enum news { NEWS_TIME, NEWS_SIGNAL, NEWS_CRASH, NEWS_RELIEVED, NEWS_ENDED } news;

typedef struct watcher {
    weft__server *server;
    stage stage;
    int64_t deadline; /* of the stage */
    unsigned crashes; /* that it has heard of */
    int64_t asked;    /* when the workers were asked for a sign of life */
    bool relieving;   /* the supervisor may still speak */
} watcher;

static bool ready(const struct pollfd *one)
{
    return one->revents != 0;
}

static news take_event(watcher *self)
{
    uint64_t count; /* a semaphore: each read takes one event */
    while (read(atomic_load(&stop.event), &count, sizeof count) < 0 && errno == EINTR)
        continue; /* one that stays would be taken for a second signal */
    if (atomic_load(&stop.ended))
        return NEWS_ENDED;
    if (atomic_load(&stop.crashes) == self->crashes)
        return NEWS_SIGNAL;
    self->crashes++;
    return NEWS_CRASH;
}

static news await_news(watcher *self, int64_t until)
{
    struct pollfd all[] = {{.fd = atomic_load(&stop.event), .events = POLLIN},
                           {.fd = weft__supervised_wire(), .events = POLLIN}};
    for (;;) {
        int64_t left = until == WEFT_NEVER ? -1 : until - weft_clock_now();
        if (until != WEFT_NEVER && left <= 0)
            return NEWS_TIME;
        int64_t wait = left < 0 ? -1 : left / WEFT_MILLISECOND + 1;
        if (poll(all, self->relieving ? 2 : 1, wait > INT32_MAX ? INT32_MAX : (int)wait) <= 0)
            continue;
        if (ready(&all[0]))
            return take_event(self);
        self->relieving = false; /* whatever it was: the supervisor says it once */
        if (weft__supervised_is_relieved())
            return NEWS_RELIEVED;
    }
}

static WEFT_COLD void give_up(void)
{
    if (weft__stop_has_crashed()) /* and has perhaps left locks behind that saying more needs */
        weft__supervised_end("weft: what is left after a crash does not end; exiting without it\n");
    weft_log(WEFT_LOG_ERROR, "serve",
             "a handler or a background task goes on though it was cancelled; exiting without it");
    weft__background_report();
    weft__carriers_report();
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    _exit(1);
}

static int64_t longest_idle(const weft__server *server)
{
    int64_t idle = server->options.idle_deadline;
    return idle == WEFT_NEVER ? WEFT_IDLE_DEADLINE : idle;
}

int64_t weft__stop_patience(const weft__server *server)
{
    int64_t drain = server->options.drain_deadline;
    int64_t bounded = drain == WEFT_NEVER ? WEFT_DRAIN_DEADLINE : drain;
    return longest_idle(server) + bounded + WEFT__CUT_GRACE;
}

static void enter(watcher *self, stage next)
{
    weft__server *server = self->server;
    self->stage = next;
    switch (next) {
    case SERVING: break;
    case RELIEVED:
        weft_log(WEFT_LOG_INFO, "serve",
                 "relieved: another process serves, finishing what is here");
        order(server, offsetof(weft__shard, relieve), relieve_shard);
        self->deadline = weft_deadline_after(longest_idle(server));
        break;
    case FINISHING:
        weft_log(WEFT_LOG_INFO, "serve",
                 "stopping: no new connections, finishing what is in flight");
        order(server, offsetof(weft__shard, drain), drain_shard);
        self->deadline = weft_deadline_after(server->options.drain_deadline);
        break;
    case CUTTING:
        order(server, offsetof(weft__shard, cut), cut_shard);
        self->deadline = weft_deadline_after(WEFT__CUT_GRACE);
        break;
    case GIVING_UP: give_up();
    }
}

/* Asks every worker for a sign of life, again and again. */
static void ask_workers(watcher *self)
{
    weft__server *server = self->server;
    int64_t now = weft_clock_now();
    if (atomic_load(&server->alive) == server->shard_count) {
        atomic_store(&server->alive, 0);
        self->asked = now;
        if (!order(server, offsetof(weft__shard, ping), answer_ping))
            atomic_store(&server->alive, server->shard_count);
    } else if (now - self->asked >= WEFT__WEDGED) {
        weft__supervised_end("weft: a worker does not go on after a crash; exiting\n");
    }
}

static void hear_of_crash(watcher *self)
{
    ask_workers(self);
    if (self->stage != SERVING || self->crashes > 1)
        return;
    if (weft__supervised_wire() >= 0)
        weft__supervised_say(WEFT__WORD_CRASHED);
    else
        enter(self, FINISHING);
}

/* The next look at the time. */
static int64_t until(const watcher *self)
{
    int64_t ask = self->crashes > 0 ? weft_deadline_after(WEFT__ASK_WORKERS) : WEFT_NEVER;
    return ask < self->deadline ? ask : self->deadline;
}

static void *watch(void *arg)
{
    watcher self = {
        .server = arg, .deadline = WEFT_NEVER, .relieving = weft__supervised_wire() >= 0};
    atomic_store(&self.server->alive, self.server->shard_count);
    for (;;) {
        switch (await_news(&self, until(&self))) {
        case NEWS_ENDED: return NULL;
        case NEWS_CRASH: hear_of_crash(&self); break;
        case NEWS_RELIEVED:
            if (self.stage == SERVING)
                enter(&self, RELIEVED);
            break;
        case NEWS_SIGNAL: enter(&self, self.stage == SERVING ? FINISHING : self.stage + 1); break;
        case NEWS_TIME:
            if (self.crashes > 0)
                ask_workers(&self);
            if (weft_clock_now() >= self.deadline)
                enter(&self, self.stage + 1);
        }
    }
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
    atomic_store(&stop.crashes, 0);
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
    /* After a crash the process is about to end, with a status that no late signal may change. */
    for (size_t i = 0; i < CAUGHT && !weft__stop_has_crashed(); i++)
        sigaction(caught[i], &stop.before[i], NULL);
    close(atomic_exchange(&stop.event, -1));
}
