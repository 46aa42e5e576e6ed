/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_unix.c: Unix sockets: paths, abstract names, credentials, full backlogs.
 */
#include "descriptors.h"
#include <sys/stat.h>
#include <sys/un.h>

static char path[64], text[80];

static int make_path(void **state)
{
    (void)state;
    static unsigned number;
    snprintf(path, sizeof path, "/tmp/weft-test-unix-%d-%u", getpid(), number++);
    snprintf(text, sizeof text, "unix:%s", path);
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void check_exchange(void *arg)
{
    (void)arg;
    weft_address address = address_of(text);
    weft_listener *listener;
    weft_stream *client, *server;
    CHECK(weft_listener_open(&listener, &address) == WEFT_OK);
    CHECK(reads_as(weft_listener_address(listener), text));
    CHECK(weft_stream_connect(&client, &address, soon()) == WEFT_OK);
    CHECK(weft_listener_accept(listener, &server, soon()) == WEFT_OK);
    CHECK(reads_as(weft_stream_peer(client), text));
    CHECK(reads_as(weft_stream_peer(server), "unix:"));
    char byte = 'u', got_byte;
    size_t got;
    CHECK(weft_stream_write(client, &byte, 1, soon()) == WEFT_OK);
    CHECK(weft_stream_read(server, &got_byte, 1, &got, soon()) == WEFT_OK && got_byte == 'u');
    close_pair((struct pair){server, client});
    CHECK(access(path, F_OK) == 0);
    weft_listener_close(listener);
    CHECK(access(path, F_OK) != 0); /* the file is gone with its listener */
    CHECK(weft_stream_connect(&client, &address, soon()) == WEFT_NOT_FOUND);
}

static void exchanges_by_path(void **state)
{
    (void)state;
    run_and_count(1, check_exchange);
}

static void check_abstract(void *arg)
{
    (void)arg;
    char name[80];
    snprintf(name, sizeof name, "unix:@weft-test-%d", getpid());
    weft_address address = address_of(name);
    weft_listener *listener, *second;
    CHECK(weft_listener_open(&listener, &address) == WEFT_OK);
    CHECK(reads_as(weft_listener_address(listener), name));
    CHECK(weft_listener_open(&second, &address) == WEFT_ADDRESS);
    weft_listener_close(listener);
    close_pair(connect_pair(name));
    CHECK(weft_stream_connect(&(weft_stream *){NULL}, &address, soon()) == WEFT_REFUSED);
}

static void exchanges_by_abstract_name(void **state)
{
    (void)state;
    run_and_count(1, check_abstract);
}

static void check_credentials(void *arg)
{
    (void)arg;
    weft_credentials peer = {0};
    struct pair pair = connect_pair(text);
    CHECK(weft_stream_credentials(pair.server, &peer) == WEFT_OK);
    CHECK(peer.pid == getpid() && peer.uid == getuid() && peer.gid == getgid());
    close_pair(pair);
    pair = connect_pair("127.0.0.1:0");
    CHECK(weft_stream_credentials(pair.server, &peer) == WEFT_INVALID);
    close_pair(pair);
}

static void tells_who_the_peer_is(void **state)
{
    (void)state;
    run_and_count(1, check_credentials);
}

static void check_taken(void *arg)
{
    (void)arg;
    weft_address address = address_of(text);
    weft_listener *first, *second;
    CHECK(weft_listener_open(&first, &address) == WEFT_OK);
    CHECK(weft_listener_open(&second, &address) == WEFT_ADDRESS);
    weft_stream *client; /* the refused one has not harmed the first */
    CHECK(weft_stream_connect(&client, &address, soon()) == WEFT_OK);
    weft_stream_close(client);
    weft_listener_close(first);
}

static void address_in_use(void **state)
{
    (void)state;
    run_and_count(1, check_taken);
}

/* What a killed server leaves behind. */
static void leave_socket_file(void)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    memcpy(un.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(fd, 1), 0);
    close(fd);
    assert_int_equal(access(path, F_OK), 0);
}

static void replaces_an_abandoned_file(void **state)
{
    (void)state;
    leave_socket_file();
    run_and_count(1, check_exchange);
}

static void check_no_socket(void *arg)
{
    (void)arg;
    weft_address address = address_of(text);
    weft_listener *listener;
    CHECK(weft_listener_open(&listener, &address) == WEFT_ADDRESS);
}

static void spares_a_file_that_is_no_socket(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("precious", file);
    fclose(file);
    run_and_count(1, check_no_socket);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, 8);
}

static void connect_late(void *arg)
{
    weft_stream *client;
    CHECK(weft_stream_connect(&client, arg, soon()) == WEFT_OK);
    weft_stream_close(client);
}

static void check_full_backlog(void *arg)
{
    (void)arg;
    weft_address address = address_of(text);
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    memcpy(un.sun_path, path, strlen(path));
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (struct sockaddr *)&un, sizeof un) == 0 && listen(listener, 0) == 0);
    weft_stream *first, *second;
    CHECK(weft_stream_connect(&first, &address, soon()) == WEFT_OK);
    int64_t deadline = moment();
    CHECK(weft_stream_connect(&second, &address, deadline) == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= deadline);
    weft_fiber *late;
    CHECK(weft_fiber_spawn(&late, "late", connect_late, &address) == WEFT_OK);
    CHECK(weft_sleep(10 * WEFT_MILLISECOND) == WEFT_OK);
    close(accept(listener, NULL, NULL)); /* makes room */
    weft_fiber_join(late);
    weft_stream_close(first);
    close(listener);
}

static void waits_for_a_full_backlog(void **state)
{
    (void)state;
    run_and_count(1, check_full_backlog);
}

static void names_in_text(void **state)
{
    (void)state;
    char longest[WEFT_ADDRESS_TEXT] = "unix:/", too_long[WEFT_ADDRESS_TEXT] = "unix:/";
    memset(longest + 6, 'a', 106); /* 107 bytes of path and a NUL */
    memset(too_long + 6, 'a', 107);
    assert_true(reads_as(address_of(longest), longest));
    memset(longest + 5, '@', 1);
    assert_true(reads_as(address_of(longest), longest));
    assert_true(reads_as(address_of("unix:relative"), "unix:relative"));
    assert_true(reads_as(address_of("unix:/a:1"), "unix:/a:1"));
    const char *const none[] = {"unix:", "unix:@", too_long, "unix", "Unix:/a"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(weft_address_parse(none[i], &(weft_address){0}), WEFT_ADDRESS);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_path, remove_path)
    const struct CMUnitTest tests[] = {
        TEST(exchanges_by_path),          TEST(exchanges_by_abstract_name),
        TEST(tells_who_the_peer_is),      TEST(address_in_use),
        TEST(replaces_an_abandoned_file), TEST(spares_a_file_that_is_no_socket),
        TEST(waits_for_a_full_backlog),   TEST(names_in_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
