/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The ring of lines: order, bounds, wrapping, and many producers at once (run it under TSan too).
 */
#include "log/queue.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SIZE = 256 };

static _Alignas(8) char bytes[SIZE];

static weft__log_queue empty_queue(void)
{
    memset(bytes, 0, sizeof bytes);
    return (weft__log_queue){.bytes = bytes, .size = SIZE};
}

static void assert_taken(weft__log_queue *queue, size_t room, const char *expected)
{
    char to[SIZE + 1];
    size_t len = weft__log_queue_take(queue, to, room);
    to[len] = '\0';
    assert_string_equal(to, expected);
}

static void test_lines_come_out_in_order(void **unused)
{
    (void)unused;
    weft__log_queue queue = empty_queue();
    assert_taken(&queue, SIZE, "");
    assert_true(weft__log_queue_put(&queue, WEFT_STR("one\n")));
    assert_true(weft__log_queue_put(&queue, WEFT_STR("two\n")));
    assert_taken(&queue, SIZE, "one\ntwo\n");
    assert_taken(&queue, SIZE, "");
    assert_int_equal(weft__log_queue_waiting(&queue), 0);
}

static void test_only_whole_lines_are_taken(void **unused)
{
    (void)unused;
    weft__log_queue queue = empty_queue();
    assert_true(weft__log_queue_put(&queue, WEFT_STR("one\n")));
    assert_true(weft__log_queue_put(&queue, WEFT_STR("two\n")));
    assert_taken(&queue, 3, "");
    assert_taken(&queue, 7, "one\n");
    assert_taken(&queue, 4, "two\n");
}

static void test_a_full_queue_refuses(void **unused)
{
    (void)unused;
    weft__log_queue queue = empty_queue();
    size_t count = 0;
    while (weft__log_queue_put(&queue, WEFT_STR("0123456789ab"))) /* 16 bytes with its header */
        count++;
    assert_int_equal(count, SIZE / 16);
    assert_int_equal(weft__log_queue_waiting(&queue), SIZE);
    assert_false(weft__log_queue_put(&queue, WEFT_STR("x")));
    assert_taken(&queue, 12, "0123456789ab");
    assert_true(weft__log_queue_put(&queue, WEFT_STR("x")));
    assert_true(weft__log_queue_put(&queue, WEFT_STR("y"))); /* 8 bytes each */
    assert_false(weft__log_queue_put(&queue, WEFT_STR("z")));
}

/* Every length at every offset of the ring, over the seam and back. */
static void test_lines_wrap_around(void **unused)
{
    (void)unused;
    weft__log_queue queue = empty_queue();
    for (size_t round = 0; round < 20000; round++) {
        char line[SIZE / 2 + 1], got[SIZE];
        size_t len = 1 + round * 7 % (SIZE / 2);
        memset(line, 'a' + (int)(round % 26), len);
        assert_true(weft__log_queue_put(&queue, (weft_str){line, len}));
        assert_int_equal(weft__log_queue_take(&queue, got, sizeof got), len);
        assert_memory_equal(got, line, len);
    }
}

/* ---- many producers ------------------------------------------------------------------------------ */

enum { PRODUCERS = 4, LINES = 20000 };

typedef struct producer {
    weft__log_queue *queue;
    int number;
    pthread_t thread;
} producer;

static void *produce(void *arg)
{
    producer *self = arg;
    for (int i = 0; i < LINES; i++) {
        char line[64];
        int len = snprintf(line, sizeof line, "%d %d %.*s\n", self->number, i, i % 40,
                           "........................................");
        while (!weft__log_queue_put(self->queue, (weft_str){line, (size_t)len}))
            sched_yield();
    }
    return NULL;
}

/* Each line must be whole, and those of one producer in order. Returns how many there were. */
static int check_lines(char *text, int next[PRODUCERS])
{
    int count = 0;
    for (char *rest, *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        int number, i;
        assert_int_equal(sscanf(line, "%d %d ", &number, &i), 2);
        assert_in_range(number, 0, PRODUCERS - 1);
        assert_int_equal(i, next[number]++);
        assert_int_equal(strspn(strchr(strchr(line, ' ') + 1, ' ') + 1, "."), i % 40);
        count++;
    }
    return count;
}

static void test_many_producers(void **unused)
{
    (void)unused;
    weft__log_queue queue = empty_queue();
    producer producers[PRODUCERS];
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i] = (producer){.queue = &queue, .number = i};
        assert_int_equal(pthread_create(&producers[i].thread, NULL, produce, &producers[i]), 0);
    }
    int next[PRODUCERS] = {0};
    for (int count = 0; count < PRODUCERS * LINES;) {
        char text[SIZE + 1];
        size_t len = weft__log_queue_take(&queue, text, SIZE);
        text[len] = '\0';
        count += check_lines(text, next);
        if (len == 0)
            sched_yield();
    }
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i].thread, NULL);
    assert_int_equal(weft__log_queue_waiting(&queue), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_come_out_in_order),
        cmocka_unit_test(test_only_whole_lines_are_taken),
        cmocka_unit_test(test_a_full_queue_refuses),
        cmocka_unit_test(test_lines_wrap_around),
        cmocka_unit_test(test_many_producers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
