/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Who is one client, and how many connections it may have.
 */
#include "serve/clients.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { MOST = 3 };

static weft__clients *clients;

static weft__peer peer_of(const char *text)
{
    weft_address address;
    assert_int_equal(weft_address_parse(text, &address), WEFT_OK);
    return weft__peer_keep(&address);
}

static bool enter(const char *text)
{
    weft__peer peer = peer_of(text);
    return weft__clients_enter(clients, &peer);
}

static void leave(const char *text)
{
    weft__peer peer = peer_of(text);
    weft__clients_leave(clients, &peer);
}

static int begin(void **state)
{
    (void)state;
    clients = weft__clients_create(MOST);
    return clients == NULL;
}

static int end(void **state)
{
    (void)state;
    weft__clients_destroy(clients);
    clients = NULL;
    return 0;
}

/* One client by the first three addresses, others by the rest. */
static void assert_one(const char *const same[MOST], const char *other)
{
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < MOST; i++)
            assert_true(enter(same[i]));
        for (size_t i = 0; i < MOST; i++)
            assert_false(enter(same[i]));
        assert_true(enter(other));
        leave(other);
        leave(same[0]);
        assert_true(enter(same[1]));
        for (size_t i = 0; i < MOST; i++)
            leave(same[i]);
    }
}

static void an_address_is_a_client(void **state)
{
    (void)state;
    assert_one((const char *[]){"10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"}, "10.0.0.2:1");
}

static void a_network_of_64_bits_is_a_client(void **state)
{
    (void)state;
    assert_one(
        (const char *[]){"[2001:db8:1:2::1]:1", "[2001:db8:1:2::2]:1", "[2001:db8:1:2:ffff::]:1"},
        "[2001:db8:1:3::1]:1");
}

static void a_mapped_address_is_the_one_it_stands_for(void **state)
{
    (void)state;
    assert_one((const char *[]){"10.0.0.1:1", "[::ffff:10.0.0.1]:1", "10.0.0.1:2"},
               "[::ffff:10.0.0.2]:1");
}

static void who_has_no_address_is_not_limited(void **state)
{
    (void)state;
    weft__peer none = {.len = 0};
    for (int i = 0; i < 2 * MOST; i++) {
        assert_true(enter("unix:/run/x"));
        assert_true(weft__clients_enter(clients, &none));
    }
    leave("unix:/run/x");
    weft__clients_leave(clients, &none);
    weft__peer someone = peer_of("10.0.0.1:1");
    for (int i = 0; i < 2 * MOST; i++)
        assert_true(weft__clients_enter(NULL, &someone)); /* no limit */
    weft__clients_leave(NULL, &someone);
}

/* More than the table has places; some are left for the end. */
static void many_clients(void **state)
{
    (void)state;
    char text[WEFT_ADDRESS_TEXT];
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 5000; i++) {
            snprintf(text, sizeof text, "10.1.%d.%d:80", i / 250, i % 250);
            assert_true(enter(text));
            assert_true(enter(text));
            leave(text);
        }
    }
    for (int i = 0; i < 5000; i += 2) {
        snprintf(text, sizeof text, "10.1.%d.%d:80", i / 250, i % 250);
        leave(text);
        assert_true(enter(text));
        assert_true(enter(text));
        assert_false(enter(text));
    }
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        RUN(an_address_is_a_client),
        RUN(a_network_of_64_bits_is_a_client),
        RUN(a_mapped_address_is_the_one_it_stands_for),
        RUN(who_has_no_address_is_not_limited),
        RUN(many_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
