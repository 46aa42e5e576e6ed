/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * log/queue.h: lines on their way to the writer: a bounded ring of bytes, many producers, one
 * consumer, no locks.
 *
 * Protocol. Positions count bytes from the start of the process and never wrap; `position % size`
 * is the place. A producer reserves a record by moving `head` (compare and swap; refused when the
 * ring would overrun `tail`), copies its line behind the record's header and publishes it by
 * storing the length into the header, which was zero until then. The consumer takes records in
 * order, stops at a header that is still zero, zeroes what it took and moves `tail`. So every byte
 * between tail and head is either published, being written by its one producer, or zero.
 */
#ifndef WEFT_LOG_QUEUE_H
#define WEFT_LOG_QUEUE_H

#include <weft/base.h>

typedef struct weft__log_queue {
    _Alignas(64) _Atomic(size_t) head; /* the end of what is reserved; moved by producers */
    _Alignas(64) _Atomic(size_t) tail; /* the start of what is not taken; moved by the consumer */
    _Alignas(64) char *bytes;          /* the ring: `size` zero bytes, aligned to 8 */
    size_t size;                       /* a power of two */
} weft__log_queue;

/* Copies `line` (1 to size/2 bytes) in; false when there is no room now. */
bool weft__log_queue_put(weft__log_queue *queue, weft_str line) WEFT_NODISCARD;

/* Takes as many whole lines as are ready and fit into `to`; returns their bytes, 0 when none is
 * ready or the next one does not fit. Only the consumer. */
size_t weft__log_queue_take(weft__log_queue *queue, char *to, size_t room);

/* Bytes reserved and not yet taken. Any thread. */
size_t weft__log_queue_waiting(weft__log_queue *queue);

#endif
