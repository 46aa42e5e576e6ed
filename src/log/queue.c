/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * log/queue.c: the ring of lines; the protocol stands in log/queue.h.
 */
#include "log/queue.h"
#include <stdatomic.h>

/* A record: its header, the line, and padding, so that no header crosses the end of the ring. */
typedef _Atomic(uint32_t) header;

enum { RECORD_ALIGN = 8 };

static size_t record_size(size_t len)
{
    return (sizeof(header) + len + RECORD_ALIGN - 1) & ~(size_t)(RECORD_ALIGN - 1);
}

static header *header_at(const weft__log_queue *queue, size_t position)
{
    return (header *)(void *)(queue->bytes + (position & (queue->size - 1)));
}

/* The bytes of [position, position + len) up to the end of the ring; the rest is at its start. */
static size_t first_part(const weft__log_queue *queue, size_t position, size_t len)
{
    size_t to_end = queue->size - (position & (queue->size - 1));
    return len < to_end ? len : to_end;
}

static void copy_in(weft__log_queue *queue, size_t position, weft_str line)
{
    size_t first = first_part(queue, position, line.len);
    memcpy(queue->bytes + (position & (queue->size - 1)), line.at, first);
    memcpy(queue->bytes, line.at + first, line.len - first);
}

static void copy_out(const weft__log_queue *queue, size_t position, char *to, size_t len)
{
    size_t first = first_part(queue, position, len);
    memcpy(to, queue->bytes + (position & (queue->size - 1)), first);
    memcpy(to + first, queue->bytes, len - first);
}

static void zero(weft__log_queue *queue, size_t position, size_t len)
{
    size_t first = first_part(queue, position, len);
    memset(queue->bytes + (position & (queue->size - 1)), 0, first);
    memset(queue->bytes, 0, len - first);
}

bool weft__log_queue_put(weft__log_queue *queue, weft_str line)
{
    size_t size = record_size(line.len);
    size_t head = atomic_load(&queue->head);
    do {
        size_t tail = atomic_load_explicit(&queue->tail, memory_order_acquire);
        /* A stale head may lie behind the tail; the exchange then fails and loads a new one. */
        if ((ptrdiff_t)(head - tail) >= 0 && queue->size - (head - tail) < size)
            return false;
    } while (!atomic_compare_exchange_weak(&queue->head, &head, head + size));
    copy_in(queue, head + sizeof(header), line);
    atomic_store_explicit(header_at(queue, head), (uint32_t)line.len, memory_order_release);
    return true;
}

size_t weft__log_queue_take(weft__log_queue *queue, char *to, size_t room)
{
    size_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    size_t head = atomic_load(&queue->head);
    size_t taken = 0;
    while (tail != head) {
        size_t len = atomic_load_explicit(header_at(queue, tail), memory_order_acquire);
        if (len == 0 || len > room - taken)
            break;
        copy_out(queue, tail + sizeof(header), to + taken, len);
        zero(queue, tail, record_size(len));
        taken += len;
        tail += record_size(len);
    }
    atomic_store_explicit(&queue->tail, tail, memory_order_release);
    return taken;
}

size_t weft__log_queue_waiting(weft__log_queue *queue)
{
    size_t tail = atomic_load_explicit(&queue->tail, memory_order_acquire);
    return atomic_load(&queue->head) - tail;
}
