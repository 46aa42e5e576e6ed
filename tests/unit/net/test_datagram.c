/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_datagram.c: UDP over the loopback interface.
 */
#include "descriptors.h"

static weft_datagram *open_on(const char *text)
{
    weft_datagram *datagram;
    weft_address address = address_of(text);
    CHECK(weft_datagram_open(&datagram, &address) == WEFT_OK);
    return datagram;
}

static void check_exchange(void *arg)
{
    (void)arg;
    weft_datagram *a = open_on("127.0.0.1:0"), *b = open_on("127.0.0.1:0");
    weft_address of_a = weft_datagram_address(a), of_b = weft_datagram_address(b), from;
    char text[16];
    size_t got;
    CHECK(weft_datagram_send(a, "ping", 4, &of_b, soon()) == WEFT_OK);
    CHECK(weft_datagram_send(a, "", 0, &of_b, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(b, text, sizeof text, &got, &from, soon()) == WEFT_OK);
    CHECK(got == 4 && memcmp(text, "ping", 4) == 0);
    CHECK(from.len == of_a.len && memcmp(from.bytes, of_a.bytes, from.len) == 0);
    CHECK(weft_datagram_receive(b, text, sizeof text, &got, NULL, soon()) == WEFT_OK && got == 0);
    CHECK(weft_datagram_send(b, "pong", 4, &from, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(a, text, sizeof text, &got, &from, soon()) == WEFT_OK && got == 4);
    weft_datagram_close(a);
    weft_datagram_close(b);
    weft_datagram_close(NULL);
}

static void sends_and_receives(void **state)
{
    (void)state;
    run_and_count(1, check_exchange);
}

static void check_lengths(void *arg)
{
    (void)arg;
    static char block[70000];
    weft_datagram *a = open_on("127.0.0.1:0");
    weft_address self = weft_datagram_address(a);
    char text[4];
    size_t got;
    CHECK(weft_datagram_send(a, block, sizeof block, &self, soon()) == WEFT_LIMIT);
    CHECK(weft_datagram_send(a, "123456", 6, &self, soon()) == WEFT_OK);
    CHECK(weft_datagram_send(a, "next", 4, &self, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(a, text, sizeof text, &got, NULL, soon()) == WEFT_LIMIT);
    CHECK(got == 6 && memcmp(text, "1234", 4) == 0);
    CHECK(weft_datagram_receive(a, text, sizeof text, &got, NULL, soon()) == WEFT_OK);
    CHECK(got == 4 && memcmp(text, "next", 4) == 0);
    weft_datagram_close(a);
}

static void tells_what_is_too_long(void **state)
{
    (void)state;
    run_and_count(1, check_lengths);
}

static void check_connected(void *arg)
{
    (void)arg;
    weft_datagram *a = open_on("127.0.0.1:0"), *b = open_on("127.0.0.1:0");
    weft_datagram *stranger = open_on("127.0.0.1:0");
    weft_address of_a = weft_datagram_address(a), of_b = weft_datagram_address(b);
    char text[4];
    size_t got;
    CHECK(weft_datagram_send(a, "x", 1, NULL, soon()) == WEFT_INVALID); /* to whom? */
    CHECK(weft_datagram_connect(a, &of_b) == WEFT_OK);
    CHECK(weft_datagram_send(a, "x", 1, NULL, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(b, text, sizeof text, &got, NULL, soon()) == WEFT_OK && got == 1);
    CHECK(weft_datagram_send(stranger, "no", 2, &of_a, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(a, text, sizeof text, &got, NULL, moment()) == WEFT_TIMED_OUT);
    weft_datagram_close(b);
    CHECK(weft_datagram_send(a, "x", 1, NULL, soon()) == WEFT_OK);
    CHECK(weft_datagram_receive(a, text, sizeof text, &got, NULL, soon()) == WEFT_REFUSED);
    weft_datagram_close(a);
    weft_datagram_close(stranger);
}

static void hears_its_peer_only(void **state)
{
    (void)state;
    run_and_count(1, check_connected);
}

static void receive_until_cancelled(void *arg)
{
    char byte;
    size_t got;
    CHECK(weft_datagram_receive(arg, &byte, 1, &got, NULL, WEFT_NEVER) == WEFT_CANCELLED);
}

static void check_cancel(void *arg)
{
    (void)arg;
    weft_datagram *a = open_on("127.0.0.1:0");
    weft_fiber *receiver;
    char byte;
    size_t got;
    CHECK(weft_fiber_spawn(&receiver, "receiver", receive_until_cancelled, a) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_datagram_receive(a, &byte, 1, &got, NULL, soon()) == WEFT_BUSY);
    weft_fiber_cancel(receiver);
    weft_fiber_join(receiver);
    weft_datagram_close(a);
}

static void receiving_can_be_cancelled(void **state)
{
    (void)state;
    run_and_count(1, check_cancel);
}

static void check_failures(void *arg)
{
    (void)arg;
    weft_datagram *a = open_on("127.0.0.1:0"), *b = NULL;
    weft_address address = weft_datagram_address(a);
    CHECK(weft_datagram_open(&b, &address) == WEFT_ADDRESS); /* taken */
    address = address_of("unix:/tmp/weft-no-datagrams");
    CHECK(weft_datagram_open(&b, &address) == WEFT_ADDRESS);
    address = address_of(":0");
    struct rlimit before = exhaust_descriptors();
    CHECK(weft_datagram_open(&b, &address) == WEFT_TOO_MANY_FILES);
    restore_descriptors(before);
    CHECK(!b);
    weft_datagram_close(a);
}

static void says_why_it_cannot_open(void **state)
{
    (void)state;
    run_and_count(1, check_failures);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_and_receives),      cmocka_unit_test(tells_what_is_too_long),
        cmocka_unit_test(hears_its_peer_only),     cmocka_unit_test(receiving_can_be_cancelled),
        cmocka_unit_test(says_why_it_cannot_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
