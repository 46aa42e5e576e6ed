/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Which statements share a connection, by what their runs took. No server is asked.
 */
#include "fixture.h"

#include "db/postgres/lane.h"

static weft__pg pool;
static weft__pg_lane lane;
static const weft_statement query = {.name = "query", .sql = "SELECT 1"};

static int start(void **state)
{
    (void)state;
    pool = (weft__pg){.options = {.max_connections = 10, .shared = 2}};
    lane = (weft__pg_lane){.pool = &pool};
    return 0;
}

static weft__pg_use next_use(void)
{
    return weft__pg_use_of(&lane, &query);
}

static void run_for(int64_t time, int times)
{
    for (int i = 0; i < times; i++)
        weft__pg_learn(&lane, &query, time);
}

/* Transactions hold every connection that one may have alone. */
static void take_all(void)
{
    atomic_store(&pool.alone, weft__pg_alone_max(&pool));
}

static void the_first_run_is_alone(void **state)
{
    (void)state;
    assert_int_equal(next_use(), WEFT__PG_OWN);
    assert_int_equal(next_use(), WEFT__PG_SHARE); /* while the first is measured */
    run_for(-1, 1);                               /* it has not run */
    assert_int_equal(next_use(), WEFT__PG_OWN);
    run_for(WEFT_MILLISECOND, 1);
    assert_int_equal(next_use(), WEFT__PG_SHARE);
}

/* As on a machine that is too busy. */
static void now_and_then_is_not_slow(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        run_for(WEFT_MILLISECOND / 10, 7);
        run_for(20 * WEFT_MILLISECOND, 1);
        assert_int_equal(next_use(), WEFT__PG_SHARE);
    }
}

static void slow_ones_are_alone_when_they_can(void **state)
{
    (void)state;
    run_for(10 * WEFT_MILLISECOND, 50);
    assert_int_equal(next_use(), WEFT__PG_OWN);
    take_all();
    assert_int_equal(next_use(), WEFT__PG_SHARE);
}

static void very_slow_ones_are_alone(void **state)
{
    (void)state;
    run_for(WEFT_MILLISECOND, 50);
    run_for(WEFT_MINUTE, 1);
    take_all();
    assert_int_equal(next_use(), WEFT__PG_OWN);
    atomic_store(&pool.alone, 0);
    run_for(WEFT_MILLISECOND, 8);
    assert_int_equal(next_use(), WEFT__PG_OWN);
    run_for(WEFT_MILLISECOND, 12);
    assert_int_equal(next_use(), WEFT__PG_SHARE);
}

static void what_is_no_query_is_alone(void **state)
{
    (void)state;
    static const weft_statement call = {.name = "call", .sql = "CALL something()"};
    for (int i = 0; i < 20; i++)
        weft__pg_learn(&lane, &call, 0);
    assert_int_equal(weft__pg_use_of(&lane, &call), WEFT__PG_OWN);
}

int main(void)
{
#define FRESH(name) cmocka_unit_test_setup(name, start)
    const struct CMUnitTest tests[] = {
        FRESH(the_first_run_is_alone),
        FRESH(now_and_then_is_not_slow),
        FRESH(slow_ones_are_alone_when_they_can),
        FRESH(very_slow_ones_are_alone),
        FRESH(what_is_no_query_is_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
