/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_broadcast.c: items for every reader, between fibers, workers and plain threads.
 */
#include "crowd.h"

static void refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_null(weft_broadcast_create(0, 1));
    assert_null(weft_broadcast_create(1, 0));
    assert_null(weft_broadcast_create(1, WEFT_CHANNEL_MAX + 1));
    assert_null(weft_broadcast_create(SIZE_MAX / 2, 3));
    weft_broadcast *broadcast = weft_broadcast_create(1, WEFT_CHANNEL_MAX);
    assert_non_null(broadcast);
    weft_broadcast_destroy(broadcast);
    weft_broadcast_destroy(NULL);
}

static void send_from(weft_broadcast *broadcast, int first, int count)
{
    for (int i = first; i < first + count; i++)
        assert_int_equal(weft_broadcast_send(broadcast, &i), WEFT_OK);
}

static void expect_item(weft_broadcast_reader *reader, int item, uint64_t lost)
{
    int got;
    uint64_t missed = 99;
    assert_int_equal(weft_broadcast_receive(reader, &got, &missed, 0), WEFT_OK);
    assert_int_equal(got, item);
    assert_int_equal(missed, lost);
}

static void tells_exactly_what_is_lost(void **state)
{
    (void)state;
    weft_broadcast *broadcast = weft_broadcast_create(sizeof(int), 3);
    send_from(broadcast, 0, 1); /* before anybody listens */
    weft_broadcast_reader quick = weft_broadcast_subscribe(broadcast), slow = quick;
    int got;
    uint64_t lost;
    assert_int_equal(weft_broadcast_try_receive(&quick, &got, &lost), WEFT_BUSY);
    assert_int_equal(weft_broadcast_receive(&quick, &got, &lost, in_ms(2)), WEFT_TIMED_OUT);
    send_from(broadcast, 1, 3);
    for (int i = 1; i <= 3; i++)
        expect_item(&quick, i, 0);
    expect_item(&slow, 1, 0); /* as far behind as can be */
    send_from(broadcast, 4, 7);
    expect_item(&slow, 8, 6);
    expect_item(&slow, 9, 0);
    expect_item(&quick, 8, 4);
    weft_broadcast_close(broadcast);
    assert_int_equal(weft_broadcast_send(broadcast, &got), WEFT_CLOSED);
    expect_item(&slow, 10, 0); /* what is kept is still read */
    assert_int_equal(weft_broadcast_receive(&slow, &got, &lost, WEFT_NEVER), WEFT_CLOSED);
    assert_int_equal(weft_broadcast_try_receive(&slow, &got, &lost), WEFT_CLOSED);
    weft_broadcast_destroy(broadcast);
}

/* ---- waiting ------------------------------------------------------------------------------ */

struct reading {
    weft_broadcast *broadcast;
    weft_error end;
    int items;
};

static void read_to_end(void *arg)
{
    struct reading *reading = arg;
    weft_broadcast_reader reader = weft_broadcast_subscribe(reading->broadcast);
    int got;
    uint64_t lost;
    weft_error error;
    while ((error = weft_broadcast_receive(&reader, &got, &lost, WEFT_NEVER)) == WEFT_OK) {
        CHECK(got == reading->items && lost == 0);
        reading->items++;
    }
    CHECK(error == reading->end);
}

static void end_waits(void *arg)
{
    (void)arg;
    weft_broadcast *broadcast = weft_broadcast_create(sizeof(int), 1);
    struct reading readings[3];
    weft_fiber *fibers[3];
    for (int i = 0; i < 3; i++) {
        readings[i] = (struct reading){broadcast, i ? WEFT_CLOSED : WEFT_CANCELLED, 0};
        fibers[i] = start(read_to_end, &readings[i]);
    }
    weft_yield();
    for (int i = 0; i < 5; i++) { /* each send reaches every waiting reader */
        CHECK(weft_broadcast_send(broadcast, &i) == WEFT_OK);
        weft_yield();
    }
    weft_fiber_cancel(fibers[0]);
    weft_fiber_join(fibers[0]);
    weft_broadcast_close(broadcast);
    for (int i = 1; i < 3; i++)
        weft_fiber_join(fibers[i]);
    for (int i = 0; i < 3; i++)
        CHECK(readings[i].items == 5);
    weft_broadcast_destroy(broadcast);
}

static void wakes_every_reader(void **state)
{
    (void)state;
    run_with(1, end_waits, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { SENDERS = 3, READERS = 6, THREADS = 2, ITEMS = 6000 };

struct item {
    uint32_t sender, number;
};

struct air {
    weft_broadcast *broadcast;
    weft_broadcast_reader readers[READERS + THREADS];
    _Atomic unsigned sending;
};

static void send_all(struct air *air, uint32_t sender)
{
    for (uint32_t i = 0; i < ITEMS; i++) {
        struct item item = {sender, i};
        CHECK(weft_broadcast_send(air->broadcast, &item) == WEFT_OK);
        if (i % 32 == 0)
            weft_yield();
    }
    if (--air->sending == 0)
        weft_broadcast_close(air->broadcast);
}

/* What is read and what is lost make up what was sent, in the order of sending. */
static void read_all(struct air *air, unsigned number)
{
    uint32_t next[SENDERS] = {0};
    uint64_t read = 0, lost = 0, missed;
    struct item item;
    weft_error error;
    while ((error = weft_broadcast_receive(&air->readers[number], &item, &missed,
                                           in_us(number % 2 ? 30 : 1000000))) != WEFT_CLOSED) {
        if (error == WEFT_TIMED_OUT)
            continue;
        CHECK(error == WEFT_OK);
        CHECK(item.number >= next[item.sender]);
        CHECK(missed > 0 || lost > 0 || item.number == next[item.sender]);
        next[item.sender] = item.number + 1;
        read++;
        lost += missed;
        if (number == 0 && read % 100 == 0)
            weft_sleep(WEFT_MILLISECOND);
    }
    CHECK(read + lost == SENDERS * ITEMS);
}

static void send_and_read(void *arg, unsigned number)
{
    if (number < SENDERS)
        send_all(arg, number);
    else
        read_all(arg, number - SENDERS);
}

static void what_is_read_and_lost_is_what_was_sent(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 64; capacity *= 8) {
        struct air air = {weft_broadcast_create(sizeof(struct item), capacity), .sending = SENDERS};
        for (int i = 0; i < READERS + THREADS; i++)
            air.readers[i] = weft_broadcast_subscribe(air.broadcast);
        crowd_run((struct crowd){3, SENDERS + READERS, THREADS, send_and_read, &air});
        weft_broadcast_destroy(air.broadcast);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(tells_exactly_what_is_lost),
        cmocka_unit_test(wakes_every_reader),
        cmocka_unit_test(what_is_read_and_lost_is_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
