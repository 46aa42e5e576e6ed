/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/burst.h: what a connection has only while it is busy: a fiber, buffers and memory for the
 * requests that are there now. A burst begins when an idle connection becomes readable and ends
 * when everything that arrived has been answered; then the buffers go back to the shard.
 *
 * Responses gather in a batch, which a burst has from its first response to the send. While a
 * handler waits there is mostly none, so that waiting requests do not each hold memory that only
 * the running one writes to.
 */
#ifndef WEFT_SERVE_BURST_H
#define WEFT_SERVE_BURST_H

#include "base/context.h"
#include "router/tree.h"
#include "serve/server.h"

#define WEFT__BODY_ROOM     16384        /* bytes of the read buffer beyond the largest head */
#define WEFT__CHUNK_ROOM    4096         /* bytes of it at least for reading a chunked body */
#define WEFT__OUT_SIZE      16384        /* bytes of responses before more memory is taken */
#define WEFT__OUT_MAX       (64u << 10)  /* bytes of responses that wait for the batch to end */
#define WEFT__WRITE_STEP    (64u << 10)  /* bytes a client must take per write deadline */
#define WEFT__FILE_STEP     (256u << 10) /* bytes of a file given to the kernel at once */
#define WEFT__DISCARD_MAX   (64u << 10)  /* bytes of an unread body skipped to keep a connection */
#define WEFT__BURSTS_SPARE  32           /* bursts a shard keeps */
#define WEFT__BATCHES_SPARE 8            /* and batches */
#define WEFT__BURST_ARENA   1024         /* bytes of a request's arena before it takes chunks */
#define WEFT__HOST_KEPT     64           /* bytes of a Host at most that is not checked once more */

union weft__batch {
    weft__batch *next; /* while it is spare */
    char bytes[WEFT__OUT_SIZE];
};

struct weft__burst {
    weft__burst *next; /* in the shard's list of spare ones */
    weft__visit *visit;
    weft__context *context; /* the fiber's */
    weft_arena arena;       /* of the present request */
    weft_request request;   /* the present one */
    weft_response response;
    uint64_t left;  /* of a body by length: bytes not taken from the wire or the buffer */
    size_t body_at; /* of a chunked body: where it begins in the read buffer */
    weft__h1_chunked chunked;
    weft_buffer trailers; /* of that body */
    int64_t patience;     /* how long the client may still keep a reader of the body waiting */
    size_t chunk; /* of a streamed response: where the open chunk's data begin in `out`; 0: none */
    int64_t head_deadline;     /* of the head that has begun to arrive, or 0 */
    uint32_t turn;             /* requests until others get theirs */
    weft__batch *batch;        /* where `out` begins, or NULL */
    weft_arena overflow;       /* where it grows beyond that */
    weft_buffer out;           /* responses not yet sent; nothing without a batch */
    weft__h1_kept kept;        /* fields of the head before, in `in` and `request` */
    weft__path_kept path_kept; /* where the path before led, in `in` */
    weft_str host;             /* the last one that was found valid, or empty */
    char host_text[WEFT__HOST_KEPT];
    size_t at, end; /* in[at..end) has arrived and is not consumed */
    size_t in_size;
    size_t size; /* bytes of all of it */
    char *begin_end;
    _Alignas(16) char begin[WEFT__BURST_ARENA]; /* where the arena begins, up to `begin_end` */
    char in[];                                  /* in_size bytes */
};

/* A fiber's body: runs a burst of the connection `arg`. */
weft_fiber_fn weft__burst_run;

weft__burst *weft__burst_take(weft__visit *visit); /* NULL: out of memory */
void weft__burst_give(weft__burst *burst);
void weft__burst_free(weft__burst *burst);

/* Before a response is written: the burst has a batch. When there is no memory for one, `out` grows
 * where it can. */
void weft__batch_take(weft__burst *burst);
static inline void weft__batch_open(weft__burst *burst)
{
    if (burst->out.at == NULL)
        weft__batch_take(burst);
}

/* Gives it back, with whatever is in it. */
void weft__batch_close(weft__burst *burst);

/* Frees a shard's spare ones. */
void weft__batches_free(weft__batch *batch);

/* ---- crashes -------------------------------------------------------------------------------- */

/* Answers the present request with this refusal, the connection's last response, and says whether
 * that has been sent. Suspends. */
bool weft__burst_refuse(weft__burst *burst, weft_http_status status, const char *reason)
    WEFT_NODISCARD;

/* From now on a fault in what serves a request of the server ends that request alone; and no
 * more. */
void weft__rescue_open(weft__server *server);
void weft__rescue_close(void);

/* ---- wire ----------------------------------------------------------------------------------- */

/* Reads what is there, at most `room` bytes. WEFT_OK; WEFT_BUSY when nothing is there; WEFT_CLOSED
 * at the end of the stream; WEFT_RESET. Never suspends. */
weft_error weft__burst_peek(weft__burst *burst, char *to, size_t room, size_t *got) WEFT_NODISCARD;

/* Reads at least one byte. Before it waits it sends the responses so far, for the client may be
 * waiting for them. Suspends. */
weft_error weft__burst_read(weft__burst *burst, char *to, size_t room, size_t *got,
                            int64_t deadline) WEFT_NODISCARD;

/* The same at the end of the read buffer. */
weft_error weft__burst_fill(weft__burst *burst, int64_t deadline) WEFT_NODISCARD;

/* Sends the responses so far. WEFT_RESET when the client is gone, WEFT_TIMED_OUT when it is too
 * slow, WEFT_CANCELLED. Suspends. */
weft_error weft__burst_flush(weft__burst *burst) WEFT_NODISCARD;

/* Sends bytes past the buffer; each WEFT__WRITE_STEP of them may take one write deadline, or
 * `patience`, or all of them have until `deadline`. */
weft_error weft__burst_send(weft__burst *burst, const char *bytes, size_t len) WEFT_NODISCARD;
weft_error weft__burst_send_within(weft__burst *burst, const char *bytes, size_t len,
                                   int64_t patience) WEFT_NODISCARD;
weft_error weft__burst_send_by(weft__burst *burst, const char *bytes, size_t len, int64_t deadline)
    WEFT_NODISCARD;

/* The same with a part of a file, from the page cache to the socket; counts what is sent. WEFT_IO
 * when the file has become shorter. What is not in the page cache is read by the blocking pool
 * first. */
weft_error weft__burst_send_file(weft__burst *burst, weft__flow *file) WEFT_NODISCARD;

/* ---- body ----------------------------------------------------------------------------------- */

/* Tells the request how to read its body. */
void weft__body_begin(weft__burst *burst);

/* For a producer, who may read the body: asks for it if the client waits to be asked. Behind the
 * head of the answer it would be too late. */
void weft__body_invite(weft__burst *burst);

/* Whether all that has come is read and the request's body is at its end. */
bool weft__body_is_over(const weft__burst *burst);

/* After the handler: whether the connection can go on behind the body, read or not. */
bool weft__body_passable(weft__burst *burst);

/* Skips what the handler left of a passable body. False when it did not come. Suspends. */
bool weft__body_skip(weft__burst *burst) WEFT_NODISCARD;

/* ---- responses that are not in memory -------------------------------------------------------- */

/* Sends the head and what the response's flow is; notes in it what became of that. Then the
 * connection can go on, unless `close` was said. WEFT_OK, or why it cannot. Suspends. */
weft_error weft__flow_send(weft__burst *burst, bool close) WEFT_NODISCARD;

/* Ends the chunk that is open in the buffer. */
void weft__flow_end_chunk(weft__burst *burst);

/* Speaks the protocol that the connection has switched to, until that has been said. */
void weft__upgraded_serve(weft__burst *burst);

#endif
