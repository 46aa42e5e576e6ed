/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_shield.c: clean-up after a cancellation or a deadline, as a transaction does it.
 */
#include "fibers.h"
#include <runtime/park.h>

/* ---- a transaction over a connection whose every statement waits --------------------------- */

struct connection {
    bool open_transaction;
    _Atomic unsigned statements; /* those that have run */
};

static void execute(void *arg)
{
    ((struct connection *)arg)->statements++;
}

static weft_error statement(struct connection *connection)
{
    WEFT_TRY(weft_sleep(WEFT_MILLISECOND));
    return weft_blocking_run(execute, connection);
}

static weft_error begin(struct connection *connection)
{
    weft_error error = statement(connection);
    connection->open_transaction = error == WEFT_OK;
    return error;
}

static void roll_back(struct connection *connection)
{
    weft_shield shield = weft_shield_begin();
    if (statement(connection) == WEFT_OK)
        connection->open_transaction = false;
    weft_shield_end(shield);
}

static weft_error transaction(struct connection *connection)
{
    WEFT_TRY(begin(connection));
    weft_error error = weft_sleep(WEFT_HOUR); /* a slow statement */
    roll_back(connection);
    return error;
}

static void expect_rollback(struct connection *connection, weft_error expected)
{
    CHECK(transaction(connection) == expected);
    CHECK(!connection->open_transaction);
    CHECK(connection->statements == 2);
    CHECK(statement(connection) == expected); /* it shows again after the section */
}

static void be_cancelled(void *arg)
{
    expect_rollback(arg, WEFT_CANCELLED);
}

static void roll_back_when_cancelled(void *arg)
{
    unsigned on = *(unsigned *)arg;
    struct connection connection = {0};
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, on, "query", be_cancelled, &connection) == WEFT_OK);
    while (connection.statements == 0) /* cancelled before, it would not have begun */
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_sleep(20 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
}

static void transaction_is_rolled_back_when_cancelled(void **state)
{
    (void)state;
    for (unsigned on = 0; on < 2; on++)
        run_with(2, roll_back_when_cancelled, &on);
}

static void roll_back_when_late(void *arg)
{
    (void)arg;
    struct connection connection = {0};
    int64_t deadline = weft_deadline_after(WEFT_SECOND);
    int64_t old = weft_deadline_narrow(deadline);
    expect_rollback(&connection, WEFT_TIMED_OUT);
    CHECK(weft_deadline_current() == deadline);
    weft_deadline_restore(old);
}

static void transaction_is_rolled_back_when_late(void **state)
{
    (void)state;
    run_with(1, roll_back_when_late, NULL);
}

/* ---- the section itself -------------------------------------------------------------------- */

static void nest(void *arg)
{
    (void)arg;
    weft_fiber_cancel(weft_fiber_current());
    weft_shield outer = weft_shield_begin();
    weft_shield inner = weft_shield_begin();
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    weft_shield_end(inner);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    weft_shield_end(outer);
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_CANCELLED);
}

static void sections_nest(void **state)
{
    (void)state;
    run_with(1, nest, NULL);
}

static void keep_explicit_deadlines(void *arg)
{
    (void)arg;
    int64_t old = weft_deadline_narrow(0);
    weft_shield shield = weft_shield_begin();
    CHECK(weft_deadline_current() == WEFT_NEVER);
    int64_t soon = weft_deadline_after(5 * WEFT_MILLISECOND);
    CHECK(weft__park(soon) == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= soon);
    int64_t wide = weft_deadline_narrow(soon); /* one of the section's own */
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_TIMED_OUT);
    weft_deadline_restore(wide);
    weft_shield_end(shield);
    CHECK(weft_sleep(WEFT_HOUR) == WEFT_TIMED_OUT);
    weft_deadline_restore(old);
}

static void explicit_deadlines_hold_inside(void **state)
{
    (void)state;
    run_with(1, keep_explicit_deadlines, NULL);
}

static void wait_for_cancel(void *arg)
{
    weft_shield shield = weft_shield_begin();
    CHECK(weft__park(WEFT_NEVER) == WEFT_OK); /* not cut short by the cancellation before it */
    weft_shield_end(shield);
    *(weft_error *)arg = weft__park(WEFT_NEVER);
}

static void cancel_while_shielded(void *arg)
{
    unsigned on = *(unsigned *)arg;
    weft_error after = WEFT_OK;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn_on(&fiber, on, "shielded", wait_for_cancel, &after) == WEFT_OK);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    weft__unpark(fiber);
    weft_fiber_join(fiber);
    CHECK(after == WEFT_CANCELLED);
}

static void cancellation_waits_for_the_end_of_the_section(void **state)
{
    (void)state;
    for (unsigned on = 0; on < 2; on++)
        run_with(2, cancel_while_shielded, &on);
}

static void threads_have_sections_too(void **state)
{
    (void)state;
    int64_t old = weft_deadline_narrow(0);
    weft_shield shield = weft_shield_begin();
    assert_int_equal(weft_sleep(WEFT_MILLISECOND), WEFT_OK);
    weft_shield_end(shield);
    assert_int_equal(weft_sleep(WEFT_MILLISECOND), WEFT_TIMED_OUT);
    weft_deadline_restore(old);
}

/* ---- names --------------------------------------------------------------------------------- */

static void rename_itself(void *arg)
{
    (void)arg;
    weft_fiber_rename("GET /users/{id}");
    CHECK(strcmp(weft_fiber_name(weft_fiber_current()), "GET /users/{id}") == 0);
}

static void fibers_take_other_names(void **state)
{
    (void)state;
    run_with(1, rename_itself, NULL);
    weft_fiber_rename("nobody"); /* no fiber: nothing happens */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transaction_is_rolled_back_when_cancelled),
        cmocka_unit_test(transaction_is_rolled_back_when_late),
        cmocka_unit_test(sections_nest),
        cmocka_unit_test(explicit_deadlines_hold_inside),
        cmocka_unit_test(cancellation_waits_for_the_end_of_the_section),
        cmocka_unit_test(threads_have_sections_too),
        cmocka_unit_test(fibers_take_other_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
