/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_oneshot.c: a single value between fibers, workers and plain threads. That each oneshot is
 * freed once is what the address sanitizer sees.
 */
#include "crowd.h"

static void refuses_impossible_sizes(void **state)
{
    (void)state;
    assert_null(weft_oneshot_create(0));
    assert_null(weft_oneshot_create(SIZE_MAX));
    assert_null(weft_oneshot_create(PTRDIFF_MAX));
    weft_oneshot_drop(NULL);
    weft_oneshot_close(NULL);
}

static void gives_its_value_once(void **state)
{
    (void)state;
    int value = 7, got = 0;
    weft_oneshot *oneshot = weft_oneshot_create(sizeof value);
    int64_t deadline = in_ms(2);
    assert_int_equal(weft_oneshot_try_receive(oneshot, &got), WEFT_BUSY);
    assert_int_equal(weft_oneshot_receive(oneshot, &got, deadline), WEFT_TIMED_OUT);
    assert_true(weft_clock_now() >= deadline);
    assert_int_equal(weft_oneshot_send(oneshot, &value), WEFT_OK);
    assert_int_equal(weft_oneshot_receive(oneshot, &got, 0), WEFT_OK);
    assert_int_equal(got, 7);
    assert_int_equal(weft_oneshot_receive(oneshot, &got, WEFT_NEVER), WEFT_CLOSED);
    assert_int_equal(weft_oneshot_try_receive(oneshot, &got), WEFT_CLOSED);
    weft_oneshot_close(oneshot);
}

static void ends_go_in_either_order(void **state)
{
    (void)state;
    int value = 7, got;
    weft_oneshot *oneshot = weft_oneshot_create(sizeof value);
    weft_oneshot_close(oneshot);
    assert_int_equal(weft_oneshot_send(oneshot, &value), WEFT_CLOSED);

    oneshot = weft_oneshot_create(sizeof value);
    weft_oneshot_close(oneshot);
    weft_oneshot_drop(oneshot);

    oneshot = weft_oneshot_create(sizeof value);
    weft_oneshot_drop(oneshot);
    assert_int_equal(weft_oneshot_receive(oneshot, &got, WEFT_NEVER), WEFT_CLOSED);
    weft_oneshot_close(oneshot);
}

/* ---- waiting ------------------------------------------------------------------------------ */

struct answer {
    weft_oneshot *oneshot;
    weft_error expected;
    int value;
};

static void receive(void *arg)
{
    struct answer *answer = arg;
    CHECK(weft_oneshot_receive(answer->oneshot, &answer->value, WEFT_NEVER) == answer->expected);
    weft_oneshot_close(answer->oneshot);
}

static weft_fiber *start_receiver(struct answer *answer, weft_error expected)
{
    *answer = (struct answer){weft_oneshot_create(sizeof(int)), expected, 0};
    weft_fiber *fiber = start(receive, answer);
    weft_yield();
    return fiber;
}

static void end_waits(void *arg)
{
    (void)arg;
    struct answer answer;
    int value = 3;
    weft_fiber *fiber = start_receiver(&answer, WEFT_OK);
    CHECK(weft_oneshot_send(answer.oneshot, &value) == WEFT_OK);
    weft_fiber_join(fiber);
    CHECK(answer.value == 3);
    fiber = start_receiver(&answer, WEFT_CLOSED);
    weft_oneshot_drop(answer.oneshot);
    weft_fiber_join(fiber);
    fiber = start_receiver(&answer, WEFT_CANCELLED);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(weft_oneshot_send(answer.oneshot, &value) == WEFT_CLOSED);
}

static void value_drop_and_cancellation_end_the_wait(void **state)
{
    (void)state;
    run_with(1, end_waits, NULL);
}

/* ---- stress ------------------------------------------------------------------------------- */

enum { PAIRS = 5, ROUNDS = 2000 };

struct pair {
    weft_channel *offers; /* of weft_oneshot * */
    _Atomic int taken, refused, received, dropped, closed, abandoned;
};

static void answer_all(struct pair *pair)
{
    weft_oneshot *oneshot;
    for (int i = 0; weft_channel_receive(pair->offers, &oneshot, WEFT_NEVER) == WEFT_OK; i++) {
        if (i % 5 == 0) {
            weft_oneshot_drop(oneshot);
            pair->dropped++;
            continue;
        }
        if (i % 7 == 0)
            weft_yield();
        if (weft_oneshot_send(oneshot, &i) == WEFT_OK)
            pair->taken++;
        else
            pair->refused++;
    }
}

static void ask_all(struct pair *pair)
{
    for (int i = 0; i < ROUNDS; i++) {
        weft_oneshot *oneshot = weft_oneshot_create(sizeof(int));
        CHECK(oneshot && weft_channel_send(pair->offers, &oneshot, WEFT_NEVER) == WEFT_OK);
        int got = -1;
        weft_error error = weft_oneshot_receive(oneshot, &got, in_us(i % 40));
        CHECK(error == WEFT_CLOSED || error == WEFT_TIMED_OUT || (error == WEFT_OK && got >= 0));
        weft_oneshot_close(oneshot);
        *(error == WEFT_OK       ? &pair->received
          : error == WEFT_CLOSED ? &pair->closed
                                 : &pair->abandoned) += 1;
    }
    weft_channel_close(pair->offers);
}

static void ask_and_answer(void *arg, unsigned number)
{
    struct pair *pairs = arg;
    unsigned half = PAIRS;
    (number < half ? ask_all : answer_all)(&pairs[number % half]);
}

static void every_value_is_received_or_refused(void **state)
{
    (void)state;
    struct pair pairs[PAIRS] = {0};
    for (int i = 0; i < PAIRS; i++)
        pairs[i].offers = weft_channel_create(sizeof(weft_oneshot *), 2);
    /* Those who answer are fibers of other workers than those who ask, and two are threads. */
    crowd_run((struct crowd){3, 2 * PAIRS - 2, 2, ask_and_answer, pairs});
    for (int i = 0; i < PAIRS; i++) {
        assert_int_equal(pairs[i].taken + pairs[i].refused + pairs[i].dropped, ROUNDS);
        assert_int_equal(pairs[i].received + pairs[i].closed + pairs[i].abandoned, ROUNDS);
        assert_true(pairs[i].received <= pairs[i].taken);
        assert_true(pairs[i].closed <= pairs[i].dropped);
        weft_channel_destroy(pairs[i].offers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_impossible_sizes),
        cmocka_unit_test(gives_its_value_once),
        cmocka_unit_test(ends_go_in_either_order),
        cmocka_unit_test(value_drop_and_cancellation_end_the_wait),
        cmocka_unit_test(every_value_is_received_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
