/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The slab of connections, and the cached date.
 */
#include "serve/server.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MANY = 1000 };

static unsigned visited;

static void count(weft__connection *connection)
{
    (void)connection;
    visited++;
}

static weft__slots *giving;

static void give_back(weft__connection *connection)
{
    weft__slots_give(giving, connection);
}

static void slots_are_distinct_and_reused(void **state)
{
    (void)state;
    weft__slots slots = {0};
    static weft__connection *taken[MANY];
    for (size_t i = 0; i < MANY; i++) {
        taken[i] = weft__slots_take(&slots);
        assert_non_null(taken[i]);
        assert_int_equal(taken[i]->phase, WEFT__PHASE_IDLE);
        taken[i]->deadline = (int64_t)i; /* nobody else's */
    }
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(taken[i]->deadline, (int64_t)i);
    weft__connection *last = taken[MANY / 2];
    weft__slots_give(&slots, last);
    assert_ptr_equal(weft__slots_take(&slots), last);
    assert_int_equal(last->deadline, 0);
    weft__slots_finish(&slots);
}

static void each_visits_what_is_taken(void **state)
{
    (void)state;
    weft__slots slots = {0};
    weft__connection *taken[WEFT__SLOTS_PER_BLOCK + 7];
    const size_t many = sizeof taken / sizeof taken[0];
    visited = 0;
    weft__slots_each(&slots, count);
    assert_int_equal(visited, 0);
    for (size_t i = 0; i < many; i++)
        taken[i] = weft__slots_take(&slots);
    weft__slots_give(&slots, taken[3]);
    weft__slots_each(&slots, count);
    assert_int_equal(visited, many - 1);
    giving = &slots;
    weft__slots_each(&slots, give_back); /* giving back while visiting is allowed */
    visited = 0;
    weft__slots_each(&slots, count);
    assert_int_equal(visited, 0);
    weft__slots_finish(&slots);
}

static void a_date_is_made_once_a_second(void **state)
{
    (void)state;
    weft__date date = {0};
    int64_t now = weft_clock_now();
    char wanted[29];
    do { /* again if the second just turned */
        weft__http_date(weft_clock_realtime() / WEFT_SECOND, wanted);
        date.until = 0;
        weft__date_text(&date, now);
    } while (weft_clock_realtime() % WEFT_SECOND < 10 * WEFT_MILLISECOND);
    assert_memory_equal(date.text, wanted, sizeof wanted);
    assert_true(date.until > now && date.until <= now + WEFT_SECOND);

    date.text[0] = '?';
    assert_int_equal(weft__date_text(&date, date.until - 1)[0], '?'); /* kept while true */
    assert_int_not_equal(weft__date_text(&date, date.until)[0], '?');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_distinct_and_reused),
        cmocka_unit_test(each_visits_what_is_taken),
        cmocka_unit_test(a_date_is_made_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
