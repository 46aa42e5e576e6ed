/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_lend.c: while a fiber computes, an idle worker reads what arrives at its worker, and runs what
 * has not started; what has started waits. Nobody is adopted here: nobody is watched for so long.
 */
#include "fibers.h"
#include <errno.h>
#include <runtime/hold.h>
#include <runtime/lend.h>
#include <runtime/reactor.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include <weft/metrics.h>
#include <weft/sync.h>

#define PATIENCE (10 * WEFT_SECOND)

static void run_lending(unsigned workers, weft_stealing stealing, weft_fiber_fn *fn)
{
    weft_runtime_options options = {
        .workers = workers, .stealing = stealing, .stuck_after = WEFT_NEVER};
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
}

static void compute(int64_t duration)
{
    for (int64_t end = weft_deadline_after(duration); weft_clock_now() < end;)
        continue;
}

static uint64_t borrows(void)
{
    uint64_t all = 0;
    weft_worker_metrics worker;
    for (unsigned i = 0; i < weft_worker_count(); i++) {
        CHECK(weft_worker_measure(i, &worker));
        all += worker.borrows;
    }
    return all;
}

/* ---- a descriptor of this worker, and messages to it --------------------------------------- */

typedef struct inlet {
    weft__source source;
    int other_end;
    _Atomic unsigned answered, elsewhere;
} inlet;

static inlet in;

static void answer(void *unused)
{
    (void)unused;
    if (weft_worker_index() != 0)
        atomic_fetch_add(&in.elsewhere, 1);
    atomic_fetch_add(&in.answered, 1);
}

static void on_ready(weft__source *source)
{
    char bytes[16];
    CHECK(weft_worker_index() == 0);
    ssize_t got = recv(source->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    weft__source_drained(source);
    if (got < 0 && errno == EAGAIN) /* two messages were there, and the first time was for both */
        return;
    CHECK(got > 0);
    CHECK(weft__fiber_start_anywhere("answer", answer, NULL) == WEFT_OK);
}

static void on_message(weft__task *task)
{
    (void)task;
    CHECK(weft_worker_index() == 0);
    CHECK(weft__fiber_start_anywhere("answer", answer, NULL) == WEFT_OK);
}

static void open_inlet(weft__ready_fn *fn)
{
    int pair[2];
    WEFT__HOLD_WORKER();
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    in = (inlet){.source = {.fd = pair[0], .on_ready = fn}, .other_end = pair[1]};
    CHECK(weft__source_open(&in.source) == WEFT_OK);
}

static void close_inlet(void)
{
    WEFT__HOLD_WORKER();
    weft__source_close(&in.source);
    close(in.source.fd);
    close(in.other_end);
}

static void send_byte(void)
{
    CHECK(send(in.other_end, "x", 1, 0) == 1);
}

/* Computes until so many answers were given. */
static bool see_answers(unsigned count, int64_t patience)
{
    int64_t end = weft_deadline_after(patience);
    while (atomic_load(&in.answered) < count)
        if (weft_clock_now() > end)
            return false;
    return true;
}

/* ---- who helps ------------------------------------------------------------------------------ */

static void receive_while_computing(void *unused)
{
    (void)unused;
    weft__task message = {.fn = on_message};
    open_inlet(on_ready);
    for (unsigned round = 1; round <= 20; round++) {
        send_byte();
        weft__worker_post(0, &message);
        CHECK(see_answers(2 * round, PATIENCE));
        if (round % 4 == 0)
            weft_yield();
    }
    CHECK(in.elsewhere > 0 && borrows() > 0);
    close_inlet();
}

static void an_idle_worker_answers(void **state)
{
    (void)state;
    run_lending(2, WEFT_STEALING_EAGER, receive_while_computing);
    run_lending(4, WEFT_STEALING_EAGER, receive_while_computing);
}

static void be_away_often(void *unused)
{
    (void)unused;
    unsigned sent = 0;
    bool seen = false;
    open_inlet(on_ready);
    for (int64_t end = weft_deadline_after(PATIENCE); !seen && weft_clock_now() < end;) {
        compute(2 * WEFT__LONG_TURN);
        weft_yield();
        send_byte();
        sent++;
        seen = see_answers(sent, 2 * WEFT__LONG_TURN);
        if (!seen)
            weft_yield();
        while (atomic_load(&in.answered) < sent)
            weft_yield();
    }
    CHECK(seen && borrows() > 0);
    close_inlet();
}

static void who_is_away_often_is_helped(void **state)
{
    (void)state;
    run_lending(2, WEFT_STEALING_ON, be_away_often);
}

static void be_away_once(void *unused)
{
    (void)unused;
    compute(2 * WEFT__LONG_TURN);
    CHECK(weft_sleep(2 * WEFT__LEND_WINDOW) == WEFT_OK);
    CHECK(!weft__lending(weft_clock_now()));
}

static void be_on_my_own(void *unused)
{
    (void)unused;
    open_inlet(on_ready);
    for (unsigned round = 0; round < 4; round++) {
        compute(2 * WEFT__LONG_TURN);
        weft_yield();
    }
    send_byte();
    CHECK(!see_answers(1, 20 * WEFT_MILLISECOND));
    CHECK(borrows() == 0);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(atomic_load(&in.answered) == 1);
    close_inlet();
}

static void nobody_helps_without_need(void **state)
{
    (void)state;
    run_lending(2, WEFT_STEALING_OFF, be_on_my_own);
    run_lending(1, WEFT_STEALING_ON, be_on_my_own);
    run_lending(2, WEFT_STEALING_ON, be_away_once);
}

/* ---- what has started ----------------------------------------------------------------------- */

static void read_twice(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        WEFT__HOLD_WORKER();
        char byte;
        CHECK(weft__source_wait(&in.source, WEFT__READABLE, WEFT_NEVER) == WEFT_OK);
        CHECK(recv(in.source.fd, &byte, 1, MSG_DONTWAIT) == 1);
        weft__source_drained(&in.source);
        CHECK(weft_worker_index() == 0);
        atomic_fetch_add(&in.answered, 1);
    }
}

static void compute_beside_a_reader(void *unused)
{
    (void)unused;
    weft_fiber *reader;
    open_inlet(NULL);
    CHECK(weft_fiber_spawn(&reader, "reader", read_twice, NULL) == WEFT_OK);
    for (unsigned i = 0; i < 2; i++) {
        weft_yield();
        uint64_t before = borrows();
        send_byte();
        for (int64_t end = weft_deadline_after(PATIENCE); borrows() < before + 2;)
            CHECK(weft_clock_now() < end);
        CHECK(atomic_load(&in.answered) == i);
    }
    weft_fiber_join(reader);
    CHECK(in.answered == 2);
    close_inlet();
}

static void started_fibers_stay(void **state)
{
    (void)state;
    run_lending(2, WEFT_STEALING_EAGER, compute_beside_a_reader);
}

/* ---- a storm -------------------------------------------------------------------------------- */

enum { STORM = 8, GUSTS = 60 };

static weft_mutex mutex = WEFT_MUTEX_INIT;
static unsigned guarded;

/* Everything that uses the worker, between computations, which it is borrowed in. */
static void gust(void *unused)
{
    (void)unused;
    weft_fiber *child;
    for (unsigned i = 0; i < GUSTS; i++) {
        compute(i % 4 * 20 * WEFT_MICROSECOND);
        CHECK(weft_mutex_lock(&mutex, WEFT_NEVER) == WEFT_OK);
        guarded++;
        compute(10 * WEFT_MICROSECOND);
        weft_mutex_unlock(&mutex);
        send_byte();
        CHECK(weft_fiber_spawn_on(&child, i % 2 ? 0 : WEFT_ANYWHERE, "child", answer, NULL) ==
              WEFT_OK);
        if (i % 3 == 0)
            weft_fiber_cancel(child);
        weft_fiber_join(child);
        if (i % 8 == 0)
            CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    }
}

static void blow(void *unused)
{
    (void)unused;
    weft_fiber *gusts[STORM];
    guarded = 0;
    open_inlet(on_ready);
    for (unsigned i = 0; i < STORM; i++)
        CHECK(weft_fiber_spawn_on(&gusts[i], i % 4 ? 0 : i, "gust", gust, NULL) == WEFT_OK);
    for (unsigned i = 0; i < STORM; i++)
        weft_fiber_join(gusts[i]);
    CHECK(guarded == STORM * GUSTS);
    CHECK(in.answered >= STORM * GUSTS);
    close_inlet();
}

static void a_storm_loses_nothing(void **state)
{
    (void)state;
    run_lending(2, WEFT_STEALING_EAGER, blow);
    run_lending(3, WEFT_STEALING_EAGER, blow);
    run_lending(3, WEFT_STEALING_ON, blow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_worker_answers),    cmocka_unit_test(who_is_away_often_is_helped),
        cmocka_unit_test(nobody_helps_without_need), cmocka_unit_test(started_fibers_stay),
        cmocka_unit_test(a_storm_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
