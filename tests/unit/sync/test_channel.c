/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_channel.c: channels between fibers, workers and plain threads.
 */
#include "crowd.h"

/* ---- one thread --------------------------------------------------------------------------- */

static void refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_null(weft_channel_create(0, 1));
    assert_null(weft_channel_create(1, 0));
    assert_null(weft_channel_create(1, WEFT_CHANNEL_MAX + 1));
    assert_null(weft_channel_create(SIZE_MAX, 1));
    assert_null(weft_channel_create(SIZE_MAX / 2, 3));
    weft_channel *channel = weft_channel_create(1, WEFT_CHANNEL_MAX);
    assert_non_null(channel);
    weft_channel_destroy(channel);
    weft_channel_destroy(NULL);
}

static void keeps_order_and_bound(void **state)
{
    (void)state;
    weft_channel *channel = weft_channel_create(sizeof(int), 3);
    int sent = 0, received = 0, got;
    for (int round = 0; round < 10; round++) { /* the ring goes round */
        while (weft_channel_try_send(channel, &sent) == WEFT_OK)
            sent++;
        assert_int_equal(sent - received, 3);
        assert_int_equal(weft_channel_send(channel, &sent, in_ms(1)), WEFT_TIMED_OUT);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(weft_channel_receive(channel, &got, WEFT_NEVER), WEFT_OK);
            assert_int_equal(got, received++);
        }
    }
    while (weft_channel_try_receive(channel, &got) == WEFT_OK)
        assert_int_equal(got, received++);
    assert_int_equal(received, sent);
    assert_int_equal(weft_channel_try_receive(channel, &got), WEFT_BUSY);
    assert_int_equal(weft_channel_receive(channel, &got, in_ms(1)), WEFT_TIMED_OUT);
    weft_channel_destroy(channel);
}

static void closed_channel_drains(void **state)
{
    (void)state;
    weft_channel *channel = weft_channel_create(sizeof(int), 2);
    int item = 7, got = 0;
    assert_int_equal(weft_channel_send(channel, &item, 0), WEFT_OK);
    weft_channel_close(channel);
    weft_channel_close(channel);
    assert_int_equal(weft_channel_send(channel, &item, 0), WEFT_CLOSED);
    assert_int_equal(weft_channel_try_send(channel, &item), WEFT_CLOSED);
    assert_int_equal(weft_channel_receive(channel, &got, 0), WEFT_OK);
    assert_int_equal(got, 7);
    assert_int_equal(weft_channel_receive(channel, &got, WEFT_NEVER), WEFT_CLOSED);
    assert_int_equal(weft_channel_try_receive(channel, &got), WEFT_CLOSED);
    weft_channel_destroy(channel);
}

/* ---- fibers of one worker ----------------------------------------------------------------- */

static void receive_closed(void *arg)
{
    int got;
    CHECK(weft_channel_receive(arg, &got, WEFT_NEVER) == WEFT_CLOSED);
}

static void receive_cancelled(void *arg)
{
    int got;
    CHECK(weft_channel_receive(arg, &got, WEFT_NEVER) == WEFT_CANCELLED);
}

static void receive_late(void *arg)
{
    int got;
    CHECK(weft_channel_receive(arg, &got, in_ms(2)) == WEFT_TIMED_OUT);
}

static void send_closed(void *arg)
{
    int item = 1;
    CHECK(weft_channel_send(arg, &item, WEFT_NEVER) == WEFT_CLOSED);
}

static void send_cancelled(void *arg)
{
    int item = 1;
    CHECK(weft_channel_send(arg, &item, WEFT_NEVER) == WEFT_CANCELLED);
}

static void close_on_waiters(void *arg)
{
    (void)arg;
    int item = 0, got;
    weft_channel *empty = weft_channel_create(sizeof(int), 1);
    weft_channel *full = weft_channel_create(sizeof(int), 1);
    CHECK(weft_channel_try_send(full, &item) == WEFT_OK);
    weft_fiber_fn *ways[] = {receive_late,   receive_cancelled, receive_closed,
                             receive_closed, send_closed,       send_cancelled};
    weft_fiber *fibers[6];
    for (int i = 0; i < 6; i++)
        CHECK(weft_fiber_spawn(&fibers[i], "waiter", ways[i], i < 4 ? empty : full) == WEFT_OK);
    weft_fiber_join(fibers[0]);
    weft_fiber_cancel(fibers[1]);
    weft_fiber_cancel(fibers[5]);
    weft_yield();
    weft_channel_close(empty);
    weft_channel_close(full);
    for (int i = 1; i < 6; i++)
        weft_fiber_join(fibers[i]);
    CHECK(weft_channel_receive(full, &got, 0) == WEFT_OK);
    CHECK(weft_channel_receive(full, &got, 0) == WEFT_CLOSED);
    weft_channel_destroy(empty);
    weft_channel_destroy(full);
}

static void close_and_cancel_wake_the_waiters(void **state)
{
    (void)state;
    run_with(1, close_on_waiters, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { SENDERS = 4, RECEIVERS = 4, THREADS = 2, MESSAGES = 20000 };

struct traffic {
    weft_channel *channel;
    _Atomic long sum, count;
    _Atomic unsigned senders;
};

struct message {
    uint32_t sender, number;
    char weight[24];
};

static void send_all(struct traffic *traffic)
{
    uint32_t sender = traffic->senders++;
    for (uint32_t i = 0; i < MESSAGES; i++) {
        struct message message = {.sender = sender, .number = i};
        weft_error error;
        do
            error = weft_channel_send(traffic->channel, &message,
                                      i % 8 ? WEFT_NEVER
                                            : weft_clock_now() + (i % 100) * WEFT_MICROSECOND);
        while (error == WEFT_TIMED_OUT);
        CHECK(error == WEFT_OK);
    }
}

static void receive_all(struct traffic *traffic)
{
    uint32_t next[SENDERS + THREADS] = {0};
    struct message message;
    weft_error error;
    while ((error = weft_channel_receive(traffic->channel, &message,
                                         weft_clock_now() + 50 * WEFT_MICROSECOND)) !=
           WEFT_CLOSED) {
        if (error == WEFT_TIMED_OUT)
            continue;
        CHECK(error == WEFT_OK);
        CHECK(message.number >= next[message.sender]); /* in the order of sending */
        next[message.sender] = message.number + 1;
        traffic->sum += message.number;
        traffic->count++;
    }
}

static void send_in_fiber(void *arg)
{
    send_all(arg);
}

static void receive_in_fiber(void *arg)
{
    receive_all(arg);
}

static void *send_in_thread(void *arg)
{
    send_all(arg);
    return NULL;
}

static void *receive_in_thread(void *arg)
{
    receive_all(arg);
    return NULL;
}

static void run_traffic(void *arg)
{
    struct traffic *traffic = arg;
    weft_fiber *senders[SENDERS], *receivers[RECEIVERS];
    for (unsigned i = 0; i < RECEIVERS; i++)
        CHECK(weft_fiber_spawn_on(&receivers[i], i, "receiver", receive_in_fiber, arg) == WEFT_OK);
    for (unsigned i = 0; i < SENDERS; i++)
        CHECK(weft_fiber_spawn_on(&senders[i], i + 1, "sender", send_in_fiber, arg) == WEFT_OK);
    for (unsigned i = 0; i < SENDERS; i++)
        weft_fiber_join(senders[i]);
    while (traffic->count < (SENDERS + THREADS) * MESSAGES)
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    weft_channel_close(traffic->channel);
    for (unsigned i = 0; i < RECEIVERS; i++)
        weft_fiber_join(receivers[i]);
}

static void check_traffic(size_t capacity, unsigned workers)
{
    struct traffic traffic = {.channel = weft_channel_create(sizeof(struct message), capacity)};
    pthread_t senders[THREADS], receivers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&senders[i], NULL, send_in_thread, &traffic), 0);
        assert_int_equal(pthread_create(&receivers[i], NULL, receive_in_thread, &traffic), 0);
    }
    run_with(workers, run_traffic, &traffic);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(senders[i], NULL);
        pthread_join(receivers[i], NULL);
    }
    assert_int_equal(traffic.count, (SENDERS + THREADS) * MESSAGES);
    assert_int_equal(traffic.sum, (long)(SENDERS + THREADS) * MESSAGES * (MESSAGES - 1) / 2);
    weft_channel_destroy(traffic.channel);
}

static void nothing_is_lost_on_two_workers(void **state)
{
    (void)state;
    check_traffic(1, 2);
}

static void nothing_is_lost_on_four_workers(void **state)
{
    (void)state;
    check_traffic(64, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(keeps_order_and_bound),
        cmocka_unit_test(closed_channel_drains),
        cmocka_unit_test(close_and_cancel_wake_the_waiters),
        cmocka_unit_test(nothing_is_lost_on_two_workers),
        cmocka_unit_test(nothing_is_lost_on_four_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
