/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/serve.h: listens, accepts, answers, and stops gracefully.
 */
#ifndef WEFT_SERVE_H
#define WEFT_SERVE_H

#include <weft/router.h>

/* Every limit and deadline of a connection; zero in an options struct means the default here. */
#define WEFT_BODY_LIMIT      (2u << 20)         /* bytes of a request body; over it 413 */
#define WEFT_FIRST_DEADLINE  (10 * WEFT_SECOND) /* from accept to the first byte; then close */
#define WEFT_HEAD_DEADLINE   (10 * WEFT_SECOND) /* from the first byte of a head to its end; 408 */
#define WEFT_BODY_DEADLINE   (30 * WEFT_SECOND) /* for a whole body; 408 */
#define WEFT_IDLE_DEADLINE   (60 * WEFT_SECOND) /* keep-alive between requests; close */
#define WEFT_WRITE_DEADLINE  (30 * WEFT_SECOND) /* for the client to take a response; close */
#define WEFT_LINGER_DEADLINE (2 * WEFT_SECOND)  /* lingering close: how long the rest is drained */
#define WEFT_LINGER_LIMIT    (256u << 20)       /* lingering close: bytes drained at most */
#define WEFT_DRAIN_DEADLINE  (10 * WEFT_SECOND) /* from SIGTERM until what is left is cut off */
#define WEFT_CONNECTIONS_MAX 65536 /* open connections; beyond, new ones wait in the backlog */

typedef struct weft_serve_options {
    unsigned workers; /* 0: as weft_runtime_options */
    uint32_t request_line_limit, head_limit,
        fields_limit; /* bytes, bytes, count; defaults 8 KiB, 16 KiB, 100 */
    size_t body_limit;
    int64_t first_deadline, head_deadline, body_deadline, idle_deadline, write_deadline;
    int64_t linger_deadline, drain_deadline;
    size_t linger_limit;
    unsigned connections_max;
} weft_serve_options;

/* Serves `router` on `address` ("0.0.0.0:3000"; the environment's WEFT_LISTEN overrides it; port 0
 * lets the system choose) until SIGTERM or SIGINT: then it stops accepting, finishes what is in
 * flight, and returns 0, within the drain deadline; a second signal cuts off at once. Logs
 * "listening on <address>". Returns the exit status for main: 0; 1 when it could not start or had
 * to cut requests off, the cause logged. A blocking call, on a plain thread. `options` may be NULL.
 * The router must stay valid until it returns. */
int weft_serve_with(const char *address, const weft_router *router,
                    const weft_serve_options *options);
int weft_serve(const char *address, const weft_router *router);

#endif
