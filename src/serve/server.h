/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/server.h: what the parts of serve share: the server, the shard of it that each worker
 * owns, and the connection, which between requests is nothing but a slot of its shard.
 *
 * Threads. A shard and its connections belong to one worker, their home, and are touched only on
 * it. What crosses: accepted descriptors and stop orders, as tasks posted to the worker; the
 * counters marked _Atomic; and connections on a visit.
 *
 * Visits. When a connection at rest becomes readable, home makes it busy and starts a fiber for it,
 * and leaves it alone until that fiber says that it has come home: only the source's edges are
 * noted and the timer comes to nothing. An idle worker may take the fiber before it has started.
 * Then it serves the connection away from home: it calls recv and send on the descriptor itself,
 * and when it has to wait it does so with a source of its own, registered with its own epoll for as
 * long as the visit lasts. It reads nothing of the connection but what home wrote before it started
 * the fiber, and uses its own shard for everything else. At the end it sends the connection home as
 * a posted task, and touches it no more. Home then closes it; or lets it rest; or, when an edge
 * came meanwhile, serves it again, because what the edge told of may have come after the visitor's
 * last look. So the descriptor is open for as long as anybody uses it, and no byte goes unnoticed.
 *
 * A client that hangs up during a visit away is noticed at home, for the visitor has registered
 * nothing unless it waits for the client. Home notes it in `hung_up` and sends an errand to the
 * worker that `visitor` names; a visitor names its worker first and looks at `hung_up` then, so one
 * of the two sees the other. The errand looks for the visit among those of its worker, and comes
 * back; a connection that has come home waits for it.
 *
 * Starting the fiber, taking it and posting the task order all that in memory.
 */
#ifndef WEFT_SERVE_SERVER_H
#define WEFT_SERVE_SERVER_H

#include "http/h1/h1.h"
#include "net/address.h"
#include "router/router_internal.h"
#include "runtime/reactor.h"
#include "serve/clients.h"
#include <stdatomic.h>
#include <weft/log.h>
#include <weft/serve.h>

#define WEFT__ACCEPTORS_MAX   4     /* workers that accept; they deal out to all */
#define WEFT__SLOTS_PER_BLOCK 128   /* connections allocated at once */
#define WEFT__CONNECTION_SIZE 256   /* bytes that an idle connection may cost */
#define WEFT__ARENA_BODIES    4     /* a request's arena must hold its body so many times */
#define WEFT__JUNK_SIZE       65536 /* bytes drained by one call while lingering */
#define WEFT__ACCEPT_PAUSE    (20 * WEFT_MILLISECOND)  /* out of descriptors, or full: look again */
#define WEFT__ACCEPT_WARNING  (10 * WEFT_SECOND)       /* between two warnings that it pauses */
#define WEFT__DRAIN_GRACE     (100 * WEFT_MILLISECOND) /* for requests that cross our stopping */
#define WEFT__CUT_GRACE       (1 * WEFT_SECOND) /* for cancelled handlers to come to their end */
#define WEFT__ASK_WORKERS     (1 * WEFT_SECOND) /* after a crash: between two looks at them */
#define WEFT__WEDGED          (5 * WEFT_SECOND) /* and how long one may take to answer */

/* The structure of type `type` whose member `member` is at `pointer`. */
#define WEFT__OWNER(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

typedef struct weft__server weft__server;
typedef struct weft__shard weft__shard;
typedef struct weft__connection weft__connection;
typedef struct weft__burst weft__burst;
typedef struct weft__visit weft__visit;
typedef union weft__batch weft__batch;

/* ---- connection ----------------------------------------------------------------------------- */

typedef enum weft__phase {
    WEFT__PHASE_FREE, /* the slot holds no connection */
    WEFT__PHASE_IDLE, /* waits for the first byte of a request: no fiber, no buffer */
    WEFT__PHASE_BUSY, /* on a visit, or about to be */
} weft__phase;

struct weft__connection {
    weft__source source;
    weft__timer timer; /* may be armed for earlier than `deadline`: it is looked at when it fires */
    weft__shard *shard;
    union {
        weft__task home;             /* while busy: how it comes home */
        weft__connection *next_free; /* while the slot is free */
    };
    int64_t deadline;   /* while idle: closed then */
    weft__visit *visit; /* at home; for home only */
    weft__peer peer;
    uint8_t phase;            /* a weft__phase; for home only */
    uint8_t edges;            /* of the source, as the visitor finds them */
    bool keep;                /* how the visitor left it: to be kept */
    bool sent;                /* an errand is under way; for home only */
    bool arrived;             /* it came home meanwhile; for home only */
    _Atomic bool hung_up;     /* the client, since the visit was begun */
    _Atomic unsigned visitor; /* the worker of a visit away, plus one */
};
_Static_assert(sizeof(weft__connection) <= WEFT__CONNECTION_SIZE, "an idle connection is too fat");

/* Makes `fd` (non-blocking) a connection of this shard, on its worker, and counts it off when that
 * fails. It has been counted in by weft__shard_choose. */
void weft__connection_open(weft__shard *shard, int fd, const weft__peer *peer);

/* Closes and frees the slot. Not while a fiber other than the caller uses it. */
void weft__connection_close(weft__connection *connection);

/* Waits without a fiber for the next request. */
void weft__connection_rest(weft__connection *connection);

/* Starts a fiber for what has arrived. */
void weft__connection_serve(weft__connection *connection);

/* What stopping does to a connection at rest: it has a moment left; or ends now. */
void weft__connection_drain(weft__connection *connection);
void weft__connection_cut(weft__connection *connection);

/* ---- visit ---------------------------------------------------------------------------------- */

/* A connection while a fiber serves it; on the fiber's stack. */
struct weft__visit {
    weft__visit *next, **link; /* among those of the shard */
    weft__connection *connection;
    weft__burst *burst; /* NULL before and after it */
    weft__shard *shard; /* of the worker that the fiber runs on */
    weft_fiber *fiber;
    weft__source *source; /* the connection's own, or `guest` */
    weft__source guest;   /* away from home */
    bool open;            /* `guest` is registered */
    bool answering;       /* or sending: what shutting down must not interrupt */
    bool endless;         /* answering with a body that ends when shutting down begins */
    bool upgraded;        /* speaking another protocol, which is told when that happens */
    bool begun;           /* the response's head is on its way */
    bool crashed;         /* what answered has crashed: another fiber does now */
};

/* First thing of the fiber. False when there is no time left to serve anybody. */
bool weft__visit_begin(weft__visit *visit, weft__connection *connection) WEFT_NODISCARD;

/* Last thing of the fiber: the connection is kept or closed, and not the fiber's any more. */
void weft__visit_end(weft__visit *visit, bool keep);

/* As weft__source_wait on visit->source. */
weft_error weft__visit_wait(weft__visit *visit, uint8_t events, int64_t deadline) WEFT_NODISCARD;

/* Nothing has arrived that nobody has read. */
bool weft__visit_is_silent(const weft__visit *visit);

/* Ends a fiber's wait for input, as if input had come; false when none waits. */
bool weft__visit_wake(weft__visit *visit);

/* Half-closes and reads what the client still sends, within the linger limits, so that closing does
 * not reset the connection before the client has read the last response. Suspends. */
void weft__visit_linger(weft__visit *visit);

/* The client has hung up: when it is gone, and a handler or producer is at work for it, that is
 * cancelled. From that fiber, or on the visit's worker outside of any. */
void weft__visit_hang_up(weft__visit *visit);

/* The same at home, where the visit may be away. */
void weft__connection_hang_up(weft__connection *connection);

/* Stopping begins, or begins at once: on the visit's worker. */
void weft__visit_drain(weft__visit *visit);
void weft__visit_cut(weft__visit *visit);

/* ---- slots ---------------------------------------------------------------------------------- */

/* A slab of connections. */
typedef struct weft__slots {
    struct weft__block *blocks;
    weft__connection *free;
} weft__slots;

weft__connection *weft__slots_take(weft__slots *slots); /* all zeroes, or NULL: out of memory */
void weft__slots_give(weft__slots *slots, weft__connection *connection);
/* Calls visit for every slot that is not free; it may give the slot back. */
void weft__slots_each(weft__slots *slots, void (*visit)(weft__connection *connection));
void weft__slots_finish(weft__slots *slots);

/* ---- date ----------------------------------------------------------------------------------- */

/* The Date field's text, made once a second. */
typedef struct weft__date {
    int64_t until; /* monotonic: when the text is no longer true */
    char text[29];
} weft__date;

const char *weft__date_text(weft__date *date, int64_t now);

/* ---- shard ---------------------------------------------------------------------------------- */

struct weft__shard {
    weft__server *server;
    unsigned index;        /* of the worker */
    bool draining;         /* stopping: every response is its connection's last */
    bool patient;          /* while draining: connections at rest may wait for their next request */
    bool cut_off;          /* stopping at once: no request is begun */
    bool listening;        /* watches the listening socket */
    int64_t warned;        /* when the log said last that accepting pauses */
    unsigned spare_room;   /* bursts that may still be kept warm */
    unsigned batch_room;   /* batches likewise */
    weft__visit *visits;   /* that run on this worker */
    weft__burst *spare;    /* bursts kept warm, the last used first */
    weft__batch *batches;  /* likewise */
    weft__burst *orphans;  /* of crashed handlers whose children may still use them */
    weft__source listener; /* of the one listening socket; on workers that accept */
    weft__timer retry;     /* armed while accepting is paused */
    weft__slots slots;
    weft__date date;
    weft__task start, relieve, drain, cut, ping; /* orders from outside */
    _Alignas(64) _Atomic unsigned connections;   /* read by all who accept */
    _Alignas(64) char junk[WEFT__JUNK_SIZE];     /* where lingering reads to; nobody looks at it */
};

/* The shard with the fewest connections, `here` when it is one of them; counts the connection in.
 * NULL when connections_max are open. */
weft__shard *weft__shard_choose(weft__shard *here);
void weft__shard_uncount(weft__shard *shard); /* a connection that did not come */
void weft__shard_leave(weft__shard *shard, const weft__peer *peer); /* one that is no more */
void weft__shard_listen(weft__shard *shard); /* starts to accept, on its worker */
void weft__shard_deafen(weft__shard *shard); /* accepts what waits, then stops; no-op when deaf */

/* ---- server --------------------------------------------------------------------------------- */

struct weft__server {
    weft_serve_options options; /* every default filled in */
    weft__h1_limits limits;
    weft__app *app;
    int listener;           /* the listening socket */
    weft_address address;   /* where it listens, with the chosen port */
    weft__clients *clients; /* NULL: connections_per_client is no limit */
    size_t in_size;         /* bytes of a burst's read buffer */
    size_t arena_limit;     /* bytes of a request's arena */
    unsigned shard_count, acceptors;
    weft__shard *shards;
    weft_fiber *main;         /* parked until `open` falls to zero */
    _Atomic unsigned open;    /* connections, accepting shards, orders under way */
    _Atomic unsigned deaf;    /* shards that no longer use the listener */
    _Atomic unsigned alive;   /* shards that have answered the last ping */
    _Atomic unsigned cut_off; /* requests that shutting down interrupted */
    _Atomic bool failed;      /* could not begin to accept */
    bool watched;             /* weft__stop_watch succeeded */
    weft_error started;       /* how starting went */
};

/* Bytes of a request's arena: the default, or more where larger bodies are taken. */
size_t weft__arena_limit(uint64_t body_limit);

/* One connection or listening shard less; the last one ends the server. */
void weft__server_leave(weft__server *server);

/* Opens the listening socket on `address`, or on WEFT_LISTEN. The descriptor, or -1 when that is
 * not possible: then the reason has been logged. */
int weft__listen(const char *address, weft_address *bound);

/* ---- stop ----------------------------------------------------------------------------------- */

/* Catches SIGTERM and SIGINT and starts the thread that carries them out. */
weft_error weft__stop_watch(weft__server *server) WEFT_NODISCARD;
void weft__stop_request(void); /* as a signal would; from any thread */
void weft__stop_crash(void);   /* a handler has crashed; from a signal handler, too */
bool weft__stop_has_crashed(void);
int64_t
weft__stop_patience(const weft__server *server); /* from being relieved to the end, at most */
void weft__stop_unwatch(void); /* the server has ended: ends the thread, puts the signals back */

#endif
