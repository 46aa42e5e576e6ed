/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_select.c: the first of several things, between fibers, workers and plain threads.
 */
#include "crowd.h"
#include <sched.h>

/* ---- one of everything -------------------------------------------------------------------- */

enum { RECEIVE, SEND, ONESHOT, BROADCAST, CHANGED, NOTIFIED, ENDED, NEVER_COMES, CASES };

struct things {
    weft_channel *source, *sink;
    weft_oneshot *oneshot;
    weft_broadcast *broadcast;
    weft_broadcast_reader reader;
    weft_watch *watch;
    weft_notify notify, end;
    weft_fiber *fiber;
    int received, sent, answer, news, state;
    uint64_t lost, seen;
    weft_case cases[CASES];
};

static void wait_for_end(void *arg)
{
    struct things *things = arg;
    CHECK(weft_notify_wait(&things->end, WEFT_NEVER) == WEFT_OK);
}

/* Nothing is ready: the sink is full, everything else empty. */
static void things_open(struct things *things, unsigned on)
{
    *things = (struct things){.sent = 5, .seen = 1};
    things->source = weft_channel_create(sizeof(int), 1);
    things->sink = weft_channel_create(sizeof(int), 1);
    things->oneshot = weft_oneshot_create(sizeof(int));
    things->broadcast = weft_broadcast_create(sizeof(int), 1);
    things->reader = weft_broadcast_subscribe(things->broadcast);
    things->watch = weft_watch_create(sizeof(int), &things->state);
    CHECK(weft_channel_try_send(things->sink, &things->sent) == WEFT_OK);
    CHECK(weft_fiber_spawn_on(&things->fiber, on, "ends", wait_for_end, things) == WEFT_OK);
    things->cases[RECEIVE] = weft_case_receive(things->source, &things->received);
    things->cases[SEND] = weft_case_send(things->sink, &things->sent);
    things->cases[ONESHOT] = weft_case_oneshot(things->oneshot, &things->answer);
    things->cases[BROADCAST] = weft_case_broadcast(&things->reader, &things->news, &things->lost);
    things->cases[CHANGED] = weft_case_changed(things->watch, &things->seen, &things->state);
    things->cases[NOTIFIED] = weft_case_notified(&things->notify);
    things->cases[ENDED] = weft_case_ended(things->fiber);
}

static void things_close(struct things *things)
{
    weft_channel_destroy(things->source);
    weft_channel_destroy(things->sink);
    weft_oneshot_close(things->oneshot);
    weft_broadcast_destroy(things->broadcast);
    weft_watch_destroy(things->watch);
    weft_fiber_join(things->fiber);
}

/* Makes one case ready, its value 7. */
static void provide(struct things *things, size_t which)
{
    int seven = 7, got;
    if (which == RECEIVE)
        CHECK(weft_channel_try_send(things->source, &seven) == WEFT_OK);
    if (which == SEND)
        CHECK(weft_channel_try_receive(things->sink, &got) == WEFT_OK);
    if (which == ONESHOT)
        CHECK(weft_oneshot_send(things->oneshot, &seven) == WEFT_OK);
    if (which == BROADCAST)
        CHECK(weft_broadcast_send(things->broadcast, &seven) == WEFT_OK);
    if (which == CHANGED)
        CHECK(weft_watch_set(things->watch, &seven) == WEFT_OK);
    if (which == NOTIFIED)
        weft_notify_one(&things->notify);
    if (which == ENDED)
        weft_notify_one(&things->end);
}

/* What has been done, a bit for each case. */
static unsigned effects(struct things *things)
{
    int got;
    bool sent = weft_channel_try_receive(things->sink, &got) == WEFT_OK;
    return (unsigned)(things->received == 7) << RECEIVE | (unsigned)sent << SEND |
           (unsigned)(things->answer == 7) << ONESHOT | (unsigned)(things->news == 7) << BROADCAST |
           (unsigned)(things->state == 7) << CHANGED;
}

enum {
    LEAVES_TRACES = 1u << RECEIVE | 1u << SEND | 1u << ONESHOT | 1u << BROADCAST | 1u << CHANGED
};

static void poll_each(void *arg)
{
    unsigned *on = arg;
    for (size_t which = 0; which < NEVER_COMES; which++) {
        struct things things;
        size_t index = 99;
        things_open(&things, *on);
        CHECK(weft_select(things.cases, CASES, 0, &index) == WEFT_TIMED_OUT && index == CASES);
        provide(&things, which);
        CHECK(weft_select(things.cases, CASES, WEFT_NEVER, &index) == WEFT_OK && index == which);
        if (which == SEND)
            CHECK(weft_select(things.cases, CASES, 0, &index) == WEFT_TIMED_OUT);
        else
            provide(&things, SEND);
        CHECK(effects(&things) == (1u << which & LEAVES_TRACES));
        if (which != ENDED)
            provide(&things, ENDED);
        if (which != ONESHOT)
            weft_oneshot_drop(things.oneshot);
        things_close(&things);
    }
}

static void does_what_is_ready(void **state)
{
    (void)state;
    for (unsigned on = 0; on < 2; on++)
        run_with(2, poll_each, &on);
}

/* ---- waiting for each --------------------------------------------------------------------- */

struct later {
    struct things *things;
    size_t which;
    unsigned on;
};

static void provide_later(void *arg)
{
    struct later *later = arg;
    if (later->on)
        CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    provide(later->things, later->which);
}

static void wait_for_each(void *arg)
{
    unsigned *on = arg;
    for (size_t which = 0; which < NEVER_COMES; which++) {
        struct things things;
        struct later later = {&things, which, *on};
        weft_fiber *helper;
        size_t index;
        things_open(&things, *on);
        CHECK(weft_fiber_spawn_on(&helper, *on, "provider", provide_later, &later) == WEFT_OK);
        CHECK(weft_select(things.cases, CASES, WEFT_NEVER, &index) == WEFT_OK && index == which);
        weft_fiber_join(helper);
        CHECK(!things.notify.waits.first); /* nothing of the select is left anywhere */
        if (which != SEND)
            provide(&things, SEND);
        CHECK(effects(&things) == (1u << which & LEAVES_TRACES));
        for (size_t other = RECEIVE; other < NEVER_COMES; other++)
            if (other != which && other != SEND)
                provide(&things, other);
        things_close(&things);
    }
}

static void wakes_for_each(void **state)
{
    (void)state;
    for (unsigned on = 0; on < 2; on++)
        run_with(2, wait_for_each, &on);
}

static void close_later(void *arg)
{
    struct later *later = arg;
    if (later->which == RECEIVE)
        weft_channel_close(later->things->source);
    if (later->which == SEND)
        weft_channel_close(later->things->sink);
    if (later->which == ONESHOT)
        weft_oneshot_drop(later->things->oneshot);
    if (later->which == BROADCAST)
        weft_broadcast_close(later->things->broadcast);
    if (later->which == CHANGED)
        weft_watch_close(later->things->watch);
}

static void wait_for_closing(void *arg)
{
    (void)arg;
    for (size_t which = RECEIVE; which <= CHANGED; which++) {
        struct things things;
        struct later later = {&things, which, 0};
        size_t index;
        things_open(&things, 0);
        weft_fiber *helper = start(close_later, &later);
        for (int i = 0; i < 2; i++) /* woken, and found closed */
            CHECK(weft_select(things.cases, CASES, WEFT_NEVER, &index) == WEFT_CLOSED &&
                  index == which);
        weft_fiber_join(helper);
        provide(&things, ENDED);
        if (which != ONESHOT)
            weft_oneshot_drop(things.oneshot);
        things_close(&things);
    }
}

static void closing_is_the_result_of_its_case(void **state)
{
    (void)state;
    run_with(1, wait_for_closing, NULL);
}

/* ---- limits, deadlines, cancellation ------------------------------------------------------ */

static void keeps_its_bounds(void **state)
{
    (void)state;
    weft_case cases[WEFT_SELECT_MAX + 1] = {0};
    size_t index = 99;
    assert_int_equal(weft_select(cases, WEFT_SELECT_MAX + 1, 0, &index), WEFT_INVALID);
    assert_int_equal(index, WEFT_SELECT_MAX + 1);
    assert_int_equal(weft_select(cases, WEFT_SELECT_MAX, in_ms(1), &index), WEFT_TIMED_OUT);
    assert_int_equal(index, WEFT_SELECT_MAX);
    int64_t deadline = in_ms(3);
    assert_int_equal(weft_select(NULL, 0, deadline, &index), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    weft_notify notify = WEFT_NOTIFY_INIT;
    weft_notify_one(&notify);
    for (size_t i = 0; i < WEFT_SELECT_MAX; i++)
        cases[i] = weft_case_notified(&notify);
    assert_int_equal(weft_select(cases, WEFT_SELECT_MAX, 0, &index), WEFT_OK);
    assert_true(index < WEFT_SELECT_MAX);
    assert_int_equal(weft_select(cases, WEFT_SELECT_MAX, in_ms(1), &index), WEFT_TIMED_OUT);
    assert_null(notify.waits.first);
}

static void check_deadlines(void *arg)
{
    (void)arg;
    weft_notify notify = WEFT_NOTIFY_INIT;
    size_t index;
    weft_case cases[] = {weft_case_deadline(WEFT_NEVER), weft_case_notified(&notify),
                         weft_case_deadline(in_ms(60000)), weft_case_deadline(in_ms(60000))};
    CHECK(weft_select(cases, 4, in_ms(1), &index) == WEFT_TIMED_OUT && index == 4);
    int64_t soon = in_ms(2);
    cases[2] = weft_case_deadline(soon);
    CHECK(weft_select(cases, 4, WEFT_NEVER, &index) == WEFT_OK && index == 2);
    CHECK(weft_clock_now() >= soon);
    CHECK(weft_select(cases, 4, soon, &index) == WEFT_OK && index == 2); /* a case goes first */
    int64_t old = weft_deadline_narrow(in_ms(1));
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_TIMED_OUT && index == 2);
    weft_deadline_restore(old);
}

static void deadlines_are_cases(void **state)
{
    (void)state;
    run_with(1, check_deadlines, NULL);
    check_deadlines(NULL); /* on a plain thread */
}

static void select_cancelled(void *arg)
{
    size_t index;
    weft_notify other = WEFT_NOTIFY_INIT;
    weft_case cases[] = {weft_case_notified(arg), weft_case_notified(&other)};
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_CANCELLED && index == 2);
    weft_notify_one(&other); /* cancelled or not, what is ready is done */
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_OK && index == 1);
    CHECK(weft_select(cases, 2, WEFT_NEVER, &index) == WEFT_CANCELLED);
}

static void cancel_select(void *arg)
{
    (void)arg;
    weft_notify notify = WEFT_NOTIFY_INIT;
    weft_fiber *fiber = start(select_cancelled, &notify);
    weft_yield();
    CHECK(notify.waits.first);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(!notify.waits.first);
    weft_notify_one(&notify);
    CHECK(weft_notify_wait(&notify, 0) == WEFT_OK);
}

static void cancellation_takes_everything_back(void **state)
{
    (void)state;
    run_with(1, cancel_select, NULL);
}

/* ---- fairness ----------------------------------------------------------------------------- */

enum { CHANNELS = 3, TURNS = 3000 };

static void no_ready_case_starves(void **state)
{
    (void)state;
    weft_notify notifies[CHANNELS];
    memset(notifies, 0, sizeof notifies);
    weft_case cases[CHANNELS];
    for (int i = 0; i < CHANNELS; i++)
        cases[i] = weft_case_notified(&notifies[i]);
    int done[2][CHANNELS] = {{0}}; /* two users take turns on one thread */
    for (int i = 0; i < 2 * TURNS; i++) {
        for (int k = 0; k < CHANNELS; k++)
            weft_notify_one(&notifies[k]);
        size_t index;
        assert_int_equal(weft_select(cases, CHANNELS, 0, &index), WEFT_OK);
        for (size_t k = 0; k < CHANNELS; k++) /* the others are untouched */
            assert_int_equal(notifies[k].permit, k != index);
        done[i % 2][index]++;
    }
    for (int user = 0; user < 2; user++)
        for (int k = 0; k < CHANNELS; k++)
            assert_in_range(done[user][k], TURNS / CHANNELS * 9 / 10, TURNS / CHANNELS * 11 / 10);
}

/* ---- stress: every item exactly once ------------------------------------------------------ */

enum { PRODUCERS = 4, CONSUMERS = 5, THREADS = 2, ITEMS = 8000 };

struct item {
    uint32_t producer, number;
};

struct market {
    weft_channel *channels[CHANNELS];
    _Atomic unsigned char seen[PRODUCERS][ITEMS];
    _Atomic unsigned producing;
    _Atomic long timeouts;
};

/* Half of them send wherever there is room first. */
static void produce(struct market *market, uint32_t producer)
{
    for (uint32_t i = 0; i < ITEMS; i++) {
        struct item item = {producer, i};
        weft_case cases[CHANNELS];
        for (int k = 0; k < CHANNELS; k++)
            cases[k] = weft_case_send(market->channels[k], &item);
        size_t index;
        weft_error error;
        do
            error = producer % 2
                        ? weft_select(cases, CHANNELS, in_us(i % 40), &index)
                        : weft_channel_send(market->channels[i % CHANNELS], &item, WEFT_NEVER);
        while (error == WEFT_TIMED_OUT);
        CHECK(error == WEFT_OK);
    }
    if (--market->producing == 0)
        for (int k = 0; k < CHANNELS; k++)
            weft_channel_close(market->channels[k]);
}

static void consume(struct market *market, unsigned number)
{
    struct item items[CHANNELS];
    weft_case cases[CHANNELS];
    uint32_t next[CHANNELS][PRODUCERS] = {{0}};
    for (int k = 0; k < CHANNELS; k++)
        cases[k] = weft_case_receive(market->channels[k], &items[k]);
    for (int open = CHANNELS; open > 0;) {
        size_t k;
        weft_error error = weft_select(cases, CHANNELS, in_us(10 + 20 * number), &k);
        if (error == WEFT_CLOSED) {
            cases[k] = (weft_case){0};
            open--;
        } else if (error == WEFT_TIMED_OUT) {
            market->timeouts++;
        } else {
            struct item item = items[k];
            CHECK(error == WEFT_OK && k < CHANNELS);
            CHECK(item.number >= next[k][item.producer]); /* in the order of sending */
            next[k][item.producer] = item.number + 1;
            CHECK(++market->seen[item.producer][item.number] == 1);
        }
    }
}

static void produce_or_consume(void *arg, unsigned number)
{
    if (number < PRODUCERS)
        produce(arg, number);
    else
        consume(arg, number - PRODUCERS);
}

static void every_item_arrives_exactly_once(void **state)
{
    (void)state;
    static struct market market;
    for (size_t capacity = 1; capacity <= 16; capacity *= 16) {
        memset(&market, 0, sizeof market);
        market.producing = PRODUCERS;
        for (int k = 0; k < CHANNELS; k++)
            market.channels[k] = weft_channel_create(sizeof(struct item), capacity);
        crowd_run((struct crowd){3, PRODUCERS + CONSUMERS, THREADS, produce_or_consume, &market});
        for (int p = 0; p < PRODUCERS; p++)
            for (int i = 0; i < ITEMS; i++)
                assert_int_equal(market.seen[p][i], 1);
        for (int k = 0; k < CHANNELS; k++)
            weft_channel_destroy(market.channels[k]);
    }
}

/* ---- stress: fibers that end, notifications, a deadline, all at once ---------------------- */

enum { RACES = 3000 };

static void end_soon(void *arg)
{
    weft_notify *notify = arg;
    if (notify)
        weft_notify_one(notify);
}

/* Many idle cases between them make it likely that one becomes ready between try and
 * publication. */
static void race(void *arg)
{
    (void)arg;
    weft_notify notify = WEFT_NOTIFY_INIT, idle = WEFT_NOTIFY_INIT;
    weft_case cases[WEFT_SELECT_MAX];
    for (int i = 0; i < WEFT_SELECT_MAX; i++)
        cases[i] = weft_case_notified(&idle);
    for (int i = 0; i < RACES; i++) {
        weft_fiber *fibers[2];
        for (unsigned k = 0; k < 2; k++)
            CHECK(weft_fiber_spawn_on(&fibers[k], k + (unsigned)i, "ends", end_soon,
                                      k ? &notify : NULL) == WEFT_OK);
        cases[0] = weft_case_ended(fibers[0]);
        cases[10] = weft_case_ended(fibers[1]);
        cases[20] = weft_case_notified(&notify);
        cases[30] = weft_case_deadline(in_us(i % 30));
        for (unsigned left = 4; left > 0; left--) { /* each comes, and comes once */
            size_t index;
            CHECK(weft_select(cases, WEFT_SELECT_MAX, WEFT_NEVER, &index) == WEFT_OK);
            CHECK(index % 10 == 0 && cases[index].kind);
            cases[index] = (weft_case){0};
            if (index < 20)
                weft_fiber_join(fibers[index / 10]);
        }
        CHECK(!notify.permit && !notify.waits.first && !idle.waits.first);
    }
}

static void nothing_is_lost_when_all_come_at_once(void **state)
{
    (void)state;
    run_with(3, race, NULL);
}

/* ---- stress: what becomes ready between the try and the publication ------------------------ */

struct starter {
    weft_notify notify;
    _Atomic int ready, go; /* the race that each side is at */
    int number;
};

static void wait_until(_Atomic int *at, int number)
{
    while (*at != number)
        sched_yield();
}

/* On the other worker: comes a little after the start, later from race to race. */
static void come_soon(void *arg)
{
    struct starter *starter = arg;
    int number = starter->number;
    starter->ready = number;
    wait_until(&starter->go, number);
    for (int64_t end = weft_clock_now() + number / 2 % 50 * 50; weft_clock_now() < end;)
        continue;
    if (number % 2 == 0)
        weft_notify_one(&starter->notify);
}

/* The case is the last one of many idle ones, so that there is time between its try and its
 * publication. Lost, it would come no more. */
static void meet(void *arg)
{
    (void)arg;
    struct starter starter = {.ready = -1, .go = -1};
    weft_notify idle = WEFT_NOTIFY_INIT;
    weft_case cases[WEFT_SELECT_MAX];
    for (int i = 0; i < WEFT_SELECT_MAX; i++)
        cases[i] = weft_case_notified(&idle);
    for (int i = 0; i < RACES; i++) {
        weft_fiber *fiber;
        size_t index;
        starter.number = i;
        CHECK(weft_fiber_spawn_on(&fiber, 1, "comes", come_soon, &starter) == WEFT_OK);
        cases[WEFT_SELECT_MAX - 1] = i % 2 ? weft_case_ended(fiber)
                                           : weft_case_notified(&starter.notify);
        wait_until(&starter.ready, i);
        starter.go = i;
        int64_t deadline = in_ms(10000);
        CHECK(weft_select(cases, WEFT_SELECT_MAX, deadline, &index) == WEFT_OK);
        CHECK(index == WEFT_SELECT_MAX - 1);
        CHECK(weft_clock_now() < deadline); /* woken, not found when trying for the last time */
        weft_fiber_join(fiber);
    }
}

static void nothing_is_lost_before_publication(void **state)
{
    (void)state;
    run_with(2, meet, NULL);
}

/* ---- the turns of a runtime --------------------------------------------------------------------- */

enum { CHOICES = 64, NOTIFIES = 5 };

struct choices {
    uint64_t seed;
    unsigned char made[CHOICES];
};

static void choose_often(void *arg)
{
    struct choices *choices = arg;
    weft_notify notifies[NOTIFIES] = {0};
    weft_case cases[NOTIFIES];
    for (unsigned i = 0; i < NOTIFIES; i++)
        cases[i] = weft_case_notified(&notifies[i]);
    for (unsigned i = 0; i < CHOICES; i++) {
        size_t index;
        for (unsigned j = 0; j < NOTIFIES; j++)
            weft_notify_one(&notifies[j]);
        CHECK(weft_select(cases, NOTIFIES, WEFT_NEVER, &index) == WEFT_OK);
        choices->made[i] = (unsigned char)index;
    }
}

static struct choices choices_by(uint64_t seed)
{
    struct choices choices = {.seed = seed};
    weft_runtime_options options = {.workers = 1, .seed = seed};
    assert_int_equal(weft_runtime_run(&options, choose_often, &choices), WEFT_OK);
    return choices;
}

static void every_runtime_chooses_alike(void **state)
{
    (void)state;
    struct choices first = choices_by(0);
    for (unsigned i = 0; i < 3; i++) {
        struct choices again = choices_by(0);
        assert_memory_equal(again.made, first.made, CHOICES);
    }
}

static void a_seed_decides_and_repeats(void **state)
{
    (void)state;
    struct choices first = choices_by(1);
    unsigned count[NOTIFIES] = {0}, different = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct choices choices = choices_by(seed), again = choices_by(seed);
        assert_memory_equal(again.made, choices.made, CHOICES);
        different += memcmp(choices.made, first.made, CHOICES) != 0;
        for (unsigned i = 0; i < CHOICES; i++)
            count[choices.made[i]]++;
    }
    assert_int_equal(different, 19);
    for (unsigned i = 0; i < NOTIFIES; i++) /* of 256 on average */
        assert_in_range(count[i], 180, 340);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_what_is_ready),
        cmocka_unit_test(wakes_for_each),
        cmocka_unit_test(closing_is_the_result_of_its_case),
        cmocka_unit_test(keeps_its_bounds),
        cmocka_unit_test(deadlines_are_cases),
        cmocka_unit_test(cancellation_takes_everything_back),
        cmocka_unit_test(no_ready_case_starves),
        cmocka_unit_test(every_item_arrives_exactly_once),
        cmocka_unit_test(nothing_is_lost_when_all_come_at_once),
        cmocka_unit_test(nothing_is_lost_before_publication),
        cmocka_unit_test(every_runtime_chooses_alike),
        cmocka_unit_test(a_seed_decides_and_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
