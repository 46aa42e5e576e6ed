/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_fairness.c: fibers that never have to wait do not keep their worker from others: whoever is
 * ready runs, and events, timers and messages are seen, within the bounds that weft/runtime.h
 * promises. They are counted in operations, so that a slow machine changes nothing.
 */
#include "descriptors.h"
#include <pthread.h>
#include <stdatomic.h>
#include <weft/metrics.h>
#include <weft/weft.h>

enum { BUSY = 3, TURNS = 50, ENDLESS = 2000000 };

/* ---- operations that need not wait ----------------------------------------------------------- */

struct objects { /* of one busy fiber */
    weft_mutex mutex;
    weft_rwlock rwlock;
    weft_semaphore semaphore;
    weft_notify notify;
    weft_once once;
    weft_barrier barrier;
    weft_channel *channel;
    weft_broadcast *broadcast;
    weft_broadcast_reader reader;
    weft_watch *watch;
    weft_stream *pipe_reader, *pipe_writer;
    weft_datagram *datagram;
    weft_address address;
};

static void use_mutex(struct objects *own)
{
    CHECK(weft_mutex_lock(&own->mutex, WEFT_NEVER) == WEFT_OK);
    weft_mutex_unlock(&own->mutex);
}

static void use_rwlock_reading(struct objects *own)
{
    CHECK(weft_rwlock_lock_read(&own->rwlock, WEFT_NEVER) == WEFT_OK);
    weft_rwlock_unlock(&own->rwlock);
}

static void use_rwlock_writing(struct objects *own)
{
    CHECK(weft_rwlock_lock_write(&own->rwlock, WEFT_NEVER) == WEFT_OK);
    weft_rwlock_unlock(&own->rwlock);
}

static void use_semaphore(struct objects *own)
{
    CHECK(weft_semaphore_acquire(&own->semaphore, 1, WEFT_NEVER) == WEFT_OK);
    CHECK(weft_semaphore_release(&own->semaphore, 1) == WEFT_OK);
}

static void use_notify(struct objects *own)
{
    weft_notify_one(&own->notify);
    CHECK(weft_notify_wait(&own->notify, WEFT_NEVER) == WEFT_OK);
}

static weft_error succeed(void *arg)
{
    (void)arg;
    return WEFT_OK;
}

static void use_once(struct objects *own)
{
    CHECK(weft_once_run(&own->once, succeed, NULL, WEFT_NEVER) == WEFT_OK);
}

static void use_barrier(struct objects *own)
{
    CHECK(weft_barrier_wait(&own->barrier, WEFT_NEVER, NULL) == WEFT_OK);
}

static void send_to_channel(struct objects *own)
{
    int item = 1;
    CHECK(weft_channel_send(own->channel, &item, WEFT_NEVER) == WEFT_OK);
    CHECK(weft_channel_try_receive(own->channel, &item) == WEFT_OK);
}

static void receive_from_channel(struct objects *own)
{
    int item = 1;
    CHECK(weft_channel_try_send(own->channel, &item) == WEFT_OK);
    CHECK(weft_channel_receive(own->channel, &item, WEFT_NEVER) == WEFT_OK);
}

static void use_oneshot(struct objects *own)
{
    (void)own;
    int value = 1;
    weft_oneshot *oneshot = weft_oneshot_create(sizeof value);
    CHECK(oneshot && weft_oneshot_send(oneshot, &value) == WEFT_OK);
    CHECK(weft_oneshot_receive(oneshot, &value, WEFT_NEVER) == WEFT_OK);
    weft_oneshot_close(oneshot);
}

static void use_broadcast(struct objects *own)
{
    int item = 1;
    uint64_t lost;
    CHECK(weft_broadcast_send(own->broadcast, &item) == WEFT_OK);
    CHECK(weft_broadcast_receive(&own->reader, &item, &lost, WEFT_NEVER) == WEFT_OK);
}

static void use_watch(struct objects *own)
{
    int value;
    uint64_t seen = 0;
    CHECK(weft_watch_changed(own->watch, &seen, &value, WEFT_NEVER) == WEFT_OK);
}

static void use_select(struct objects *own)
{
    size_t index;
    weft_notify_one(&own->notify);
    weft_case cases[] = {weft_case_notified(&own->notify)};
    CHECK(weft_select(cases, 1, WEFT_NEVER, &index) == WEFT_OK);
}

static void use_scope(struct objects *own)
{
    (void)own;
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
}

static void use_pipe(struct objects *own)
{
    char byte = 'x';
    size_t got;
    CHECK(weft_stream_write(own->pipe_writer, &byte, 1, WEFT_NEVER) == WEFT_OK);
    CHECK(weft_stream_read(own->pipe_reader, &byte, 1, &got, WEFT_NEVER) == WEFT_OK);
}

static void use_pipe_by_parts(struct objects *own)
{
    char bytes[2] = "ab";
    struct iovec parts[] = {{&bytes[0], 1}, {&bytes[1], 1}};
    size_t got;
    CHECK(weft_stream_write_parts(own->pipe_writer, parts, 2, WEFT_NEVER) == WEFT_OK);
    CHECK(weft_stream_read_parts(own->pipe_reader, parts, 2, &got, WEFT_NEVER) == WEFT_OK);
}

static void send_datagram(struct objects *own)
{
    CHECK(weft_datagram_send(own->datagram, "x", 1, &own->address, WEFT_NEVER) == WEFT_OK);
}

static const struct operation {
    const char *name;
    void (*use)(struct objects *own);
    unsigned cost;
} operations[] = {
    {"mutex", use_mutex, 1},
    {"rwlock, reading", use_rwlock_reading, 1},
    {"rwlock, writing", use_rwlock_writing, 1},
    {"semaphore", use_semaphore, 1},
    {"notify", use_notify, 1},
    {"once", use_once, 1},
    {"barrier", use_barrier, 1},
    {"channel, sending", send_to_channel, 1},
    {"channel, receiving", receive_from_channel, 1},
    {"oneshot", use_oneshot, 1},
    {"broadcast", use_broadcast, 1},
    {"watch", use_watch, 1},
    {"select", use_select, 1},
    {"scope", use_scope, 1},
    {"pipe", use_pipe, 2 * WEFT_BUDGET_CALL},
    {"pipe, by parts", use_pipe_by_parts, 2 * WEFT_BUDGET_CALL},
    {"datagram", send_datagram, WEFT_BUDGET_CALL},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

static void open_objects(struct objects *own)
{
    int value = 1;
    *own = (struct objects){0};
    weft_semaphore_init(&own->semaphore, 1, 1);
    weft_barrier_init(&own->barrier, 1);
    own->channel = weft_channel_create(sizeof value, 1);
    own->broadcast = weft_broadcast_create(sizeof value, 1);
    own->watch = weft_watch_create(sizeof value, &value);
    CHECK(own->channel && own->broadcast && own->watch);
    own->reader = weft_broadcast_subscribe(own->broadcast);
    CHECK(weft_pipe_open(&own->pipe_reader, &own->pipe_writer) == WEFT_OK);
    CHECK(weft_address_parse("127.0.0.1:0", &own->address) == WEFT_OK);
    CHECK(weft_datagram_open(&own->datagram, &own->address) == WEFT_OK);
    own->address = weft_datagram_address(own->datagram);
}

static void close_objects(struct objects *own)
{
    weft_datagram_close(own->datagram);
    weft_stream_close(own->pipe_reader);
    weft_stream_close(own->pipe_writer);
    weft_watch_destroy(own->watch);
    weft_broadcast_destroy(own->broadcast);
    weft_channel_destroy(own->channel);
}

/* ---- busy fibers ------------------------------------------------------------------------------ */

static struct {
    const struct operation *operation;
    unsigned budget;
    _Atomic uint64_t spent;
    atomic_bool stop;
    int64_t due; /* when `spent` is noted in `spent_when_due`; 0: never */
    uint64_t spent_when_due;
} world;

/* Spends without end, and never waits. */
static weft_error keep_busy(void *arg)
{
    struct objects own;
    (void)arg;
    open_objects(&own);
    while (!world.stop && world.spent < ENDLESS) {
        world.operation->use(&own);
        world.spent += world.operation->cost;
        if (world.due && !world.spent_when_due && weft_clock_now() >= world.due)
            world.spent_when_due = world.spent;
    }
    close_objects(&own);
    CHECK(world.stop); /* somebody else ran in time */
    return WEFT_OK;
}

/* What is spent while each of `runs` fibers runs once, with the operation under way. */
static uint64_t spent_in(unsigned runs)
{
    return (uint64_t)runs * (world.budget + world.operation->cost);
}

/* Runs `watch` beside busy fibers. */
static void watch_the_busy(void *watch)
{
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    for (unsigned i = 0; i < BUSY; i++)
        CHECK(weft_scope_spawn(&scope, "busy", keep_busy, NULL) == WEFT_OK);
    (*(void (**)(void))watch)();
    world.stop = true;
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
}

static void run_beside(const struct operation *operation, unsigned budget, void (*watch)(void))
{
    weft_runtime_options options = {.workers = 1, .budget = budget};
    world.operation = operation;
    world.budget = budget ? budget : WEFT_BUDGET;
    world.spent = world.spent_when_due = 0;
    world.due = 0;
    world.stop = false;
    assert_int_equal(weft_runtime_run(&options, watch_the_busy, &watch), WEFT_OK);
}

static void run_beside_all(unsigned budget, void (*watch)(void))
{
    for (unsigned i = 0; i < OPERATIONS; i++) {
        print_message("# beside: %s\n", operations[i].name);
        run_beside(&operations[i], budget, watch);
    }
}

/* ---- within a bound --------------------------------------------------------------------------- */

static void give_way_often(void)
{
    weft_worker_metrics metrics;
    while (world.spent < spent_in(2 * BUSY)) /* pipes are ready from their first event on */
        weft_yield();
    for (unsigned i = 0; i < TURNS; i++) {
        uint64_t before = world.spent;
        weft_yield();
        CHECK(world.spent - before <= spent_in(BUSY));
    }
    CHECK(weft_worker_measure(0, &metrics) && metrics.turns_given >= TURNS * BUSY);
}

static void whoever_is_ready_runs(void **state)
{
    (void)state;
    run_beside_all(0, give_way_often);
}

static void the_budget_is_an_option(void **state)
{
    (void)state;
    run_beside(&operations[0], 1, give_way_often);
    run_beside(&operations[0], 10, give_way_often);
    run_beside(&operations[0], 1000, give_way_often);
}

static void see_an_event(void)
{
    weft_stream *reader, *writer;
    char byte = 'x';
    size_t got;
    CHECK(weft_pipe_open(&reader, &writer) == WEFT_OK);
    CHECK(weft_stream_read(reader, &byte, 1, &got, weft_clock_now() + 1) == WEFT_TIMED_OUT);
    for (unsigned i = 0; i < 5; i++) {
        CHECK(write(writer->source.fd, &byte, 1) == 1);
        uint64_t before = world.spent;
        reader->source.ready = 0; /* so that the event itself is waited for */
        CHECK(weft_stream_read(reader, &byte, 1, &got, WEFT_NEVER) == WEFT_OK && got == 1);
        CHECK(world.spent - before <= spent_in(WEFT_TURN + BUSY));
    }
    weft_stream_close(reader);
    weft_stream_close(writer);
}

static void events_are_seen(void **state)
{
    (void)state;
    run_beside_all(0, see_an_event);
}

static void see_a_timer(void)
{
    int64_t until = weft_deadline_after(2 * WEFT_MILLISECOND);
    world.due = until + WEFT_MILLISECOND; /* rounded up to the wheel's next tick */
    CHECK(weft_sleep_until(until) == WEFT_OK);
    uint64_t late = world.spent_when_due ? world.spent - world.spent_when_due : 0;
    CHECK(late <= spent_in(WEFT_TURN + BUSY));
}

static void timers_are_seen(void **state)
{
    (void)state;
    run_beside_all(0, see_a_timer);
}

struct message {
    weft_notify notify;
    uint64_t spent_when_sent;
};

static void *send_message(void *arg)
{
    struct message *message = arg;
    weft_notify_one(&message->notify);
    message->spent_when_sent = world.spent;
    return NULL;
}

static void see_a_message(void)
{
    struct message message = {0};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, send_message, &message) == 0);
    CHECK(weft_notify_wait(&message.notify, WEFT_NEVER) == WEFT_OK);
    uint64_t spent = world.spent;
    pthread_join(thread, NULL);
    CHECK(spent < message.spent_when_sent ||
          spent - message.spent_when_sent <= spent_in(WEFT_TURN + BUSY));
}

static void messages_of_threads_are_seen(void **state)
{
    (void)state;
    run_beside_all(0, see_a_message);
}

/* ---- and no more than that -------------------------------------------------------------------- */

static uint64_t turns_given(void)
{
    weft_worker_metrics metrics;
    CHECK(weft_worker_measure(0, &metrics));
    return metrics.turns_given;
}

static void lock_often(unsigned times)
{
    weft_mutex mutex = WEFT_MUTEX_INIT;
    for (unsigned i = 0; i < times; i++) {
        CHECK(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK);
        weft_mutex_unlock(&mutex);
    }
}

static void stay_below(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 100; i++) {
        lock_often(WEFT_BUDGET - 1);
        weft_yield();
    }
    CHECK(turns_given() == 0);
    lock_often(WEFT_BUDGET);
    CHECK(turns_given() == 1);
    lock_often(10 * WEFT_BUDGET);
    CHECK(turns_given() == 11);
}

static void whoever_waits_has_a_fresh_budget(void **state)
{
    (void)state;
    run_with(1, stay_below, NULL);
}

/* A cancelled fiber, and one whose deadline has passed, still does what need not wait. */
static void be_cancelled(void *arg)
{
    (void)arg;
    weft_fiber_cancel(weft_fiber_current());
    int64_t old = weft_deadline_narrow(0);
    lock_often(3 * WEFT_BUDGET);
    weft_deadline_restore(old);
    CHECK(turns_given() == 3);
}

static void giving_way_is_no_wait(void **state)
{
    (void)state;
    run_with(1, be_cancelled, NULL);
}

static void *lock_in_a_thread(void *arg)
{
    lock_often(10 * WEFT_BUDGET);
    return arg;
}

static void threads_have_none(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, lock_in_a_thread, NULL), 0);
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_ready_runs),
        cmocka_unit_test(the_budget_is_an_option),
        cmocka_unit_test(events_are_seen),
        cmocka_unit_test(timers_are_seen),
        cmocka_unit_test(messages_of_threads_are_seen),
        cmocka_unit_test(whoever_waits_has_a_fresh_budget),
        cmocka_unit_test(giving_way_is_no_wait),
        cmocka_unit_test(threads_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
