/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * timeout: what is cut off, by whom, and that the deadline is put back; in fibers.
 */
#include "harness.h"
#include <weft/runtime.h>

static int64_t sleep_for; /* the handler's */
static weft_error slept;
static int64_t seen_deadline;
static weft_http_status returned = WEFT_HTTP_OK;

static weft_http_status handler(weft_request *request, weft_response *response)
{
    (void)request;
    seen_deadline = weft_deadline_current();
    slept = weft_sleep(sleep_for);
    assert_int_equal(weft_response_location(response, "/made/%d", 1), WEFT_OK);
    weft_buffer_append(weft_response_body(response, WEFT_STR("text/plain")), "done", 4);
    return returned;
}

static exchange x;

static void ask(const weft_layer *layers, int64_t duration)
{
    exchange_finish(&x);
    exchange_init(&x);
    sleep_for = duration;
    exchange_run(&x, layers, handler);
}

static void in_time(void *unused)
{
    (void)unused;
    assert_int_equal(weft_deadline_current(), WEFT_NEVER);
    ask(WEFT_LAYERS(weft_timeout(10 * WEFT_SECOND)), WEFT_MILLISECOND);
    assert_int_equal(x.response.status, 200);
    assert_true(exchange_has(&x, "done"));
    int64_t left = seen_deadline - weft_clock_now();
    assert_true(left > 8 * WEFT_SECOND && left < 10 * WEFT_SECOND);
    assert_int_equal(weft_deadline_current(), WEFT_NEVER);
}

static void too_late(void *unused)
{
    (void)unused;
    ask(WEFT_LAYERS(weft_timeout(20 * WEFT_MILLISECOND)), 10 * WEFT_SECOND);
    assert_int_equal(slept, WEFT_TIMED_OUT);
    assert_int_equal(x.response.status, 503);
    assert_true(exchange_has(&x, "the request took longer than 20 ms"));
    assert_false(exchange_has(&x, "done"));
    assert_string_equal(exchange_header(&x, "location"), "");
    assert_int_equal(weft_deadline_current(), WEFT_NEVER);
    returned = WEFT_HTTP_INTERNAL_SERVER_ERROR; /* whatever it returns */
    ask(WEFT_LAYERS(weft_timeout(20 * WEFT_MILLISECOND)), 10 * WEFT_SECOND);
    assert_int_equal(x.response.status, 503);
    returned = WEFT_HTTP_OK;
}

static void whole_seconds(void *unused)
{
    (void)unused;
    ask(WEFT_LAYERS(weft_timeout(1 * WEFT_SECOND)), 10 * WEFT_SECOND);
    assert_int_equal(x.response.status, 503);
    assert_true(exchange_has(&x, "the request took longer than 1 s\""));
}

/* The sooner deadline counts, on whichever side it stands, and the layer that set it answers. */
static void nested(void *unused)
{
    (void)unused;
    ask(WEFT_LAYERS(weft_timeout(20 * WEFT_MILLISECOND), weft_timeout(10 * WEFT_SECOND)),
        10 * WEFT_SECOND);
    assert_true(exchange_has(&x, "longer than 20 ms"));
    ask(WEFT_LAYERS(weft_timeout(10 * WEFT_SECOND), weft_timeout(20 * WEFT_MILLISECOND)),
        10 * WEFT_SECOND);
    assert_true(exchange_has(&x, "longer than 20 ms"));
}

static void counted_from_the_head(void *unused)
{
    (void)unused;
    exchange_finish(&x);
    exchange_init(&x);
    x.request.started = weft_clock_now() - 5 * WEFT_SECOND;
    sleep_for = 0;
    exchange_run(&x, WEFT_LAYERS(weft_timeout(3 * WEFT_SECOND)), handler);
    assert_int_equal(x.response.status, 503);
    exchange_finish(&x);
    exchange_init(&x);
    x.request.started = weft_clock_now();
    exchange_run(&x, WEFT_LAYERS(weft_timeout(INT64_MAX)), handler);
    assert_int_equal(x.response.status, 200);
}

static void in_fiber(weft_fiber_fn *body)
{
    const weft_runtime_options options = {.workers = 1};
    assert_int_equal(weft_runtime_run(&options, body, NULL), WEFT_OK);
    exchange_finish(&x);
}

#define FIBER_TEST(body)                   \
    static void test_##body(void **unused) \
    {                                      \
        (void)unused;                      \
        in_fiber(body);                    \
    }
FIBER_TEST(in_time)
FIBER_TEST(too_late)
FIBER_TEST(whole_seconds)
FIBER_TEST(nested)
FIBER_TEST(counted_from_the_head)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_time),
        cmocka_unit_test(test_too_late),
        cmocka_unit_test(test_whole_seconds),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_counted_from_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
