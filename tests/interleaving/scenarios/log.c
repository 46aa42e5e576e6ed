/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * scenarios/log.c: the ring of lines, and the sleep of the thread that writes them.
 */
#include "fibers.h"
#include "log/queue.h"
#include <stdlib.h>
#include <string.h>

/* ---- the ring ------------------------------------------------------------------------------------ */

static _Alignas(8) char ring[64];
static weft__log_queue queue = {.bytes = ring, .size = sizeof ring};
static _Atomic unsigned refused;

/* Lines of one producer differ in length, so that they begin anywhere in the ring. */
static void put(const char *line)
{
    if (!weft__log_queue_put(&queue, (weft_str){line, strlen(line)}))
        atomic_fetch_add(&refused, 1);
}

static void *put_small(void *unused)
{
    put("a1\n");
    put("a-two\n");
    return unused;
}

static void *put_large(void *unused)
{
    put("b-one-which-is-longer\n");
    put("b2\n");
    return unused;
}

static unsigned count_lines(const char *text, const char *first, const char *second)
{
    const char *a = strstr(text, first), *b = strstr(text, second);
    CHECK(!a || !b || a <= b);
    return (a != NULL) + (b != NULL);
}

static void check_lines(const char *text, size_t len)
{
    unsigned found = count_lines(text, "already-there\n", "already-there\n") / 2 +
                     count_lines(text, "a1\n", "a-two\n") +
                     count_lines(text, "b-one-which-is-longer\n", "b2\n");
    unsigned ends = 0;
    for (size_t i = 0; i < len; i++)
        ends += text[i] == '\n';
    CHECK(found == ends && found + refused == 5);
}

SCENARIO(log_ring, 4, "two producers and the consumer of a ring that is nearly full")
{
    char text[128] = "";
    size_t len = 0;
    put("already-there\n");
    explore_begin();
    pthread_t a = start(put_small, NULL), b = start(put_large, NULL);
    for (int i = 0; i < 2; i++)
        len += weft__log_queue_take(&queue, text + len, sizeof text - len);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    len += weft__log_queue_take(&queue, text + len, sizeof text - len);
    CHECK(weft__log_queue_waiting(&queue) == 0);
    check_lines(text, len);
    for (size_t i = 0; i < sizeof ring; i++)
        CHECK(ring[i] == 0);
}

/* ---- the writer's sleep -------------------------------------------------------------------------- */

static unsigned lines_written(void)
{
    weft_str written = explore_written();
    unsigned lines = 0;
    for (size_t i = 0; i < written.len; i++)
        lines += written.at[i] == '\n';
    return lines;
}

static void *log_one(void *unused)
{
    weft_log(WEFT_LOG_INFO, "test", "a line");
    return unused;
}

/* The writer naps for 100 ms before it sleeps. */
static void *log_later(void *unused)
{
    nanosleep(&(struct timespec){0, 100 * WEFT_MILLISECOND}, NULL);
    return log_one(unused);
}

SCENARIO(log_falls_asleep, 6, "a line comes while the writer falls asleep")
{
    log_one(NULL);
    explore_quiesce();
    explore_begin();
    pthread_t other = start(log_later, NULL);
    log_one(NULL);
    explore_quiesce();
    CHECK(lines_written() == 3);
    pthread_join(other, NULL);
}

SCENARIO(log_starts, 4, "two threads log first")
{
    explore_begin();
    pthread_t other = start(log_one, NULL);
    log_one(NULL);
    explore_quiesce();
    CHECK(lines_written() == 2);
    pthread_join(other, NULL);
}

SCENARIO(log_flush, 4, "a flush waits until what was said before is written")
{
    log_one(NULL);
    explore_begin();
    pthread_t other = start(log_one, NULL);
    weft_log(WEFT_LOG_ERROR, "test", "an urgent line");
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    CHECK(lines_written() >= 2);
    pthread_join(other, NULL);
    explore_quiesce();
    CHECK(lines_written() == 3);
}
