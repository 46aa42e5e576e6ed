/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/serve.h: listens, accepts, answers, and stops gracefully.
 */
#ifndef WEFT_SERVE_H
#define WEFT_SERVE_H

#include <limits.h>
#include <weft/router.h>

/* Every limit and deadline of a connection. */
#define WEFT_REQUEST_LINE_LIMIT     8192       /* bytes of a request line; over it 414 */
#define WEFT_HEAD_LIMIT             16384      /* bytes of a request's head; over it 431 */
#define WEFT_FIELDS_LIMIT           100        /* fields of a request; over it 431 */
#define WEFT_BODY_LIMIT             (2u << 20) /* bytes of a body read whole; over it 413 */
#define WEFT_STREAM_LIMIT           (UINT64_C(1) << 30) /* bytes of one read in pieces; 413 */
#define WEFT_CHUNK_EXTENSION_LIMIT  256   /* bytes of the extensions of a chunk; over it 400 */
#define WEFT_CHUNK_OVERHEAD_LIMIT   16384 /* bytes of a chunked body that are no data (1); 400 */
#define WEFT_TRAILERS_LIMIT         8192  /* bytes of the fields behind a body; over it 431 */
#define WEFT_PIPELINE_LIMIT         64    /* requests of a connection in flight (2) */
#define WEFT_FIRST_DEADLINE         (10 * WEFT_SECOND) /* from accept to the first byte; close */
#define WEFT_HEAD_DEADLINE          (10 * WEFT_SECOND) /* for a head, from its first byte; 408 */
#define WEFT_BODY_DEADLINE          (30 * WEFT_SECOND) /* for a body read whole; 408 */
#define WEFT_BODY_RATE              1024 /* bytes a second that a body must bring ... */
#define WEFT_BODY_RATE_GRACE        (10 * WEFT_SECOND) /* ... and how far it may fall behind; 408 */
#define WEFT_IDLE_DEADLINE          (60 * WEFT_SECOND) /* keep-alive between requests; close */
#define WEFT_WRITE_DEADLINE         (30 * WEFT_SECOND) /* for a client to take 64 KiB (3); close */
#define WEFT_LINGER_DEADLINE        (2 * WEFT_SECOND)  /* for the rest of a refused upload ... */
#define WEFT_LINGER_LIMIT           (256u << 20) /* ... and how many bytes of it are drained */
#define WEFT_DRAIN_DEADLINE         (10 * WEFT_SECOND) /* from SIGTERM until the rest is cut off */
#define WEFT_CONNECTIONS_MAX        65536              /* beyond, new ones wait in the backlog */
#define WEFT_CONNECTIONS_PER_CLIENT UINT_MAX           /* of one address (4); more are closed */
#define WEFT_SUPERVISE_MAX          64                 /* serving processes of a supervisor */
#define WEFT_EXIT_CRASHED           70                 /* exit status after a handler's crash */
/* (1) On top of what chunks of 16 bytes would have. (2) So many are answered before the answers are
 * sent and other connections have a turn; no more than the read buffer holds are read meanwhile.
 * (3) Or what a producer flushes, when that is less. (4) In each process; an IPv6 network of 64
 * bits is one. Not for servers behind a proxy, whose address is everybody's. */

/* Zero means the default above; WEFT_NEVER switches a deadline off. */
typedef struct weft_serve_options {
    unsigned workers; /* 0: as weft_runtime_options */
    uint32_t request_line_limit, head_limit, fields_limit;
    uint32_t chunk_extension_limit, chunk_overhead_limit, trailers_limit;
    uint32_t pipeline_limit;
    size_t body_limit;
    uint64_t stream_limit;
    uint32_t body_rate;
    int64_t first_deadline, head_deadline, body_deadline, body_rate_grace, idle_deadline;
    int64_t write_deadline, linger_deadline, drain_deadline;
    size_t linger_limit;
    unsigned connections_max, connections_per_client;
    bool finish_abandoned; /* a handler whose client is gone is not cancelled */
    unsigned supervise; /* processes that serve under a supervisor; WEFT_SUPERVISE overrides it */
} weft_serve_options;

/* Serves `router` on `address` ("0.0.0.0:3000"; the environment's WEFT_LISTEN overrides it; port 0
 * lets the system choose; "unix:/path" is a Unix socket) until SIGTERM or SIGINT: then it stops
 * accepting, finishes what is in flight, cancels background tasks (weft/scope.h), and returns 0,
 * within the drain deadline; a second signal cuts off at once. A handler or a task that goes on a
 * second after that is left behind, a task by name in the log, by exiting the process.
 *
 * Logs "listening on http://<address>", and writes the address and a newline to the descriptor in
 * WEFT_READY_FD, if set, and closes it. Returns the exit status for main: 0; 1 when it could not
 * start or had to cut requests off, the cause logged. A blocking call, on a plain thread; one
 * server per process at a time. `options` may be NULL. The router must stay valid until it returns.
 * While it runs, SIGTERM, SIGINT and SIGPIPE are its own, and the soft limit of open files is
 * raised to the hard one.
 *
 * When a client is gone (a reset, or the end of what it sends with nothing left to read) while its
 * request is being answered, the handler or producer is cancelled: its wait, or its next one,
 * returns WEFT_CANCELLED.
 *
 * A handler that crashes (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, abort()) is answered for with
 * 500, the log says where it was, and everybody else is served; but its process is not to go on: it
 * drains, and exits with WEFT_EXIT_CRASHED instead of returning. The same when the child of a scope
 * crashes, which is WEFT_CRASHED to whoever leaves the scope. Every other fault ends the process.
 *
 * With WEFT_SUPERVISE=n in the environment, or options->supervise, a supervisor starts n processes
 * that serve. It holds the listening socket, starts another process in the place of one that has
 * ended, or has crashed (which then drains), or, at SIGHUP, of each; SIGTERM and SIGINT end them
 * all. It is what has been started, before main runs; options->supervise starts the program anew.
 *
 * With WEFT_ROUTES in the environment it does not serve: it prints what the router answers
 * (weft_router_print) to stdout and returns 0, or 1 when it could not. */
int weft_serve_with(const char *address, const weft_router *router,
                    const weft_serve_options *options);
int weft_serve(const char *address, const weft_router *router);

#endif
