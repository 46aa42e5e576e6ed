/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_stream.c: listeners and streams over real sockets.
 */
#include "../runtime/fibers.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/stream.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/net.h>

static int64_t soon(void)
{
    return weft_deadline_after(5 * WEFT_SECOND);
}

static weft_listener *listen_on(const char *text, weft_address *chosen)
{
    weft_listener *listener;
    weft_address address;
    CHECK(weft_address_parse(text, &address) == WEFT_OK);
    CHECK(weft_listener_open(&listener, &address) == WEFT_OK);
    *chosen = weft_listener_address(listener);
    return listener;
}

/* Two ends of one connection, both in this process. */
struct pair {
    weft_stream *server, *client;
};

static struct pair connect_pair(void)
{
    struct pair pair;
    weft_address address;
    weft_listener *listener = listen_on("127.0.0.1:0", &address);
    CHECK(weft_stream_connect(&pair.client, &address, soon()) == WEFT_OK);
    CHECK(weft_listener_accept(listener, &pair.server, soon()) == WEFT_OK);
    weft_listener_close(listener);
    return pair;
}

static void close_pair(struct pair pair)
{
    weft_stream_close(pair.server);
    weft_stream_close(pair.client);
}

/* ---- listening ---------------------------------------------------------------------------- */

static void check_listener(void *arg)
{
    (void)arg;
    weft_address address;
    char text[WEFT_ADDRESS_TEXT];
    weft_listener *listener = listen_on("127.0.0.1:0", &address);
    weft_address_format(&address, text);
    CHECK(strncmp(text, "127.0.0.1:", 10) == 0 && strcmp(text, "127.0.0.1:0") != 0);

    weft_listener *second;
    CHECK(weft_listener_open(&second, &address) == WEFT_ADDRESS); /* taken */

    weft_stream *stream;
    int64_t deadline = weft_deadline_after(10 * WEFT_MILLISECOND);
    CHECK(weft_listener_accept(listener, &stream, deadline) == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= deadline);
    weft_listener_close(listener);
    weft_listener_close(NULL);

    CHECK(weft_listener_open(&listener, &address) == WEFT_OK); /* free again at once */
    weft_listener_close(listener);
}

static void listener_chooses_a_port_and_times_out(void **state)
{
    (void)state;
    run_with(1, check_listener, NULL);
}

static void connect_before_accept(void *arg)
{
    weft_listener *listener = arg;
    weft_stream *stream;
    CHECK(weft_listener_accept(listener, &stream, soon()) == WEFT_OK);
    char byte;
    size_t got;
    CHECK(weft_stream_read(stream, &byte, 1, &got, soon()) == WEFT_OK && got == 1 && byte == 'x');
    weft_stream_close(stream);
    weft_listener_close(listener);
}

static void accepts_what_came_before_the_runtime(void **state)
{
    (void)state;
    weft_address address;
    weft_listener *listener = listen_on("127.0.0.1:0", &address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)address.bytes, address.len), 0);
    assert_int_equal(write(fd, "x", 1), 1);
    run_with(2, connect_before_accept, listener);
    close(fd);
}

static void check_flags(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    int fds[] = {pair.server->source.fd, pair.client->source.fd};
    for (int i = 0; i < 2; i++) {
        int on = 0;
        socklen_t len = sizeof on;
        CHECK(getsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &on, &len) == 0 && on);
        CHECK(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
        CHECK(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
    }
    close_pair(pair);
}

static void sockets_are_set_up(void **state)
{
    (void)state;
    run_with(1, check_flags, NULL);
}

static void check_peer(void *arg)
{
    (void)arg;
    weft_address address, peer, none;
    weft_listener *listener = listen_on("[::1]:0", &address);
    weft_stream *client;
    int fd;
    CHECK(weft_stream_connect(&client, &address, soon()) == WEFT_OK);
    CHECK(weft__listener_accept(listener, &fd, &peer, soon()) == WEFT_OK);
    char text[WEFT_ADDRESS_TEXT];
    weft_address_format(&peer, text);
    CHECK(strncmp(text, "[::1]:", 6) == 0);
    CHECK(weft_address_parse("[::1]", &none) == WEFT_ADDRESS);
    close(fd);
    weft_stream_close(client);
    weft_listener_close(listener);
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&any, sizeof any) == 0;
    close(fd);
    return bound;
}

static void tells_the_peer_over_ipv6(void **state)
{
    (void)state;
    if (!has_ipv6()) {
        print_message("# skipped: this machine has no IPv6 loopback\n");
        return;
    }
    run_with(1, check_peer, NULL);
}

/* ---- connecting --------------------------------------------------------------------------- */

static void check_refused(void *arg)
{
    (void)arg;
    weft_address address;
    weft_listener_close(listen_on("127.0.0.1:0", &address));
    weft_stream *stream = NULL;
    CHECK(weft_stream_connect(&stream, &address, soon()) == WEFT_REFUSED);
    CHECK(!stream);
}

static void connection_refused(void **state)
{
    (void)state;
    run_with(1, check_refused, NULL);
}

/* ---- reading and writing ------------------------------------------------------------------ */

static void read_all(weft_stream *stream, char *to, size_t len)
{
    for (size_t done = 0, got; done < len; done += got) {
        CHECK(weft_stream_read(stream, to + done, len - done, &got, soon()) == WEFT_OK);
        CHECK(got > 0);
    }
}

static void check_byte_at_a_time(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    char text[16];
    size_t got;
    CHECK(weft_stream_read(pair.server, text, 0, &got, soon()) == WEFT_OK && got == 0);
    for (char c = 'a'; c <= 'z'; c++) {
        CHECK(weft_stream_write(pair.client, &c, 1, soon()) == WEFT_OK);
        CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_OK);
        CHECK(got == 1 && text[0] == c);
    }
    CHECK(weft_stream_write(pair.client, "0123456789", 10, soon()) == WEFT_OK);
    for (int i = 0; i < 10; i++) {
        read_all(pair.server, text, 1); /* full reads: not drained */
        CHECK(text[0] == '0' + i);
    }
    CHECK(weft_stream_read(pair.server, text, 1, &got,
                           weft_deadline_after(10 * WEFT_MILLISECOND)) == WEFT_TIMED_OUT);
    close_pair(pair);
}

static void reads_a_byte_at_a_time(void **state)
{
    (void)state;
    run_with(1, check_byte_at_a_time, NULL);
}

/* The end of the stream comes with the data, in one edge: it must not be waited for. */
static void check_end_with_data(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    char text[16];
    size_t got;
    CHECK(weft_stream_write(pair.client, "end", 3, soon()) == WEFT_OK);
    weft_stream_close(pair.client);
    CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_OK && got == 3);
    CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_OK && got == 0);
    CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_OK && got == 0);
    weft_stream_close(pair.server);
}

static void end_of_stream_is_not_lost(void **state)
{
    (void)state;
    run_with(1, check_end_with_data, NULL);
}

static void check_half_close(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    char text[16];
    size_t got;
    CHECK(weft_stream_write(pair.client, "ask", 3, soon()) == WEFT_OK);
    shutdown(pair.client->source.fd, SHUT_WR);
    read_all(pair.server, text, 3);
    CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_OK && got == 0);
    CHECK(weft_stream_write(pair.server, "answer", 6, soon()) == WEFT_OK);
    read_all(pair.client, text, 6);
    CHECK(memcmp(text, "answer", 6) == 0);
    close_pair(pair);
}

static void answers_after_a_half_close(void **state)
{
    (void)state;
    run_with(1, check_half_close, NULL);
}

static void check_reset(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    char text[16];
    size_t got;
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    setsockopt(pair.client->source.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    weft_stream_close(pair.client);
    CHECK(weft_stream_read(pair.server, text, sizeof text, &got, soon()) == WEFT_RESET);
    weft_error error = weft_stream_write(pair.server, "x", 1, soon());
    CHECK(error == WEFT_CLOSED || error == WEFT_RESET); /* and no SIGPIPE */
    weft_stream_close(pair.server);
}

static void reset_by_the_peer(void **state)
{
    (void)state;
    run_with(1, check_reset, NULL);
}

enum { MUCH = 8 << 20 };

static void write_much(void *arg)
{
    char *block = malloc(MUCH);
    CHECK(block);
    for (size_t i = 0; i < MUCH; i++)
        block[i] = (char)(i * 31 >> 8);
    CHECK(weft_stream_write(arg, block, MUCH, soon()) == WEFT_OK);
    free(block);
}

static void check_much(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    weft_fiber *writer;
    CHECK(weft_fiber_spawn(&writer, "writer", write_much, pair.client) == WEFT_OK);
    static char block[100000];
    size_t done = 0, got;
    while (done < MUCH) {
        CHECK(weft_stream_read(pair.server, block, sizeof block, &got, soon()) == WEFT_OK);
        CHECK(got > 0);
        for (size_t i = 0; i < got; i++)
            CHECK(block[i] == (char)((done + i) * 31 >> 8));
        done += got;
    }
    weft_fiber_join(writer);
    close_pair(pair);
}

static void writes_more_than_fits(void **state)
{
    (void)state;
    run_with(1, check_much, NULL);
}

static void check_slow_reader(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    char *block = calloc(1, MUCH);
    CHECK(block);
    int64_t deadline = weft_deadline_after(30 * WEFT_MILLISECOND);
    weft_error error;
    while ((error = weft_stream_write(pair.client, block, MUCH, deadline)) == WEFT_OK)
        continue;
    CHECK(error == WEFT_TIMED_OUT);
    CHECK(weft_clock_now() >= deadline);
    free(block);
    close_pair(pair);
}

static void write_times_out_when_nobody_reads(void **state)
{
    (void)state;
    run_with(1, check_slow_reader, NULL);
}

static void read_until_cancelled(void *arg)
{
    char byte;
    size_t got;
    CHECK(weft_stream_read(arg, &byte, 1, &got, WEFT_NEVER) == WEFT_CANCELLED);
}

static void check_cancel(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    weft_fiber *reader;
    CHECK(weft_fiber_spawn(&reader, "reader", read_until_cancelled, pair.server) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(reader);
    weft_fiber_join(reader);
    char byte = 'y'; /* the stream is as good as before */
    CHECK(weft_stream_write(pair.client, &byte, 1, soon()) == WEFT_OK);
    byte = 0;
    read_all(pair.server, &byte, 1);
    CHECK(byte == 'y');
    close_pair(pair);
}

static void cancelled_read_loses_nothing(void **state)
{
    (void)state;
    run_with(1, check_cancel, NULL);
}

/* ---- out of files ------------------------------------------------------------------------- */

struct crowd {
    weft_listener *listener;
    _Atomic bool accepted;
};

static void accept_one(void *arg)
{
    struct crowd *crowd = arg;
    weft_stream *stream;
    CHECK(weft_listener_accept(crowd->listener, &stream, soon()) == WEFT_OK);
    crowd->accepted = true;
    weft_stream_close(stream);
}

static void check_out_of_files(void *arg)
{
    (void)arg;
    struct crowd crowd = {0};
    weft_address address;
    crowd.listener = listen_on("127.0.0.1:0", &address);
    weft_stream *client;
    CHECK(weft_stream_connect(&client, &address, soon()) == WEFT_OK);
    struct rlimit limit, none;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = limit.rlim_max};
    weft_fiber *server;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    CHECK(weft_fiber_spawn(&server, "server", accept_one, &crowd) == WEFT_OK);
    CHECK(weft_sleep(WEFT_ACCEPT_PAUSE * 2) == WEFT_OK);
    CHECK(!crowd.accepted);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    weft_fiber_join(server);
    CHECK(crowd.accepted);
    weft_stream_close(client);
    weft_listener_close(crowd.listener);
}

static void survives_running_out_of_files(void **state)
{
    (void)state;
    if (getenv("WEFT_VALGRIND")) {
        print_message("# not under valgrind, which takes the connection and closes it\n");
        return;
    }
    run_with(1, check_out_of_files, NULL);
}

/* ---- many --------------------------------------------------------------------------------- */

enum { CLIENTS = 50, EXCHANGES = 20 };

static void echo(void *arg)
{
    weft_stream *stream;
    CHECK(weft__stream_adopt(&stream, (int)(intptr_t)arg) == WEFT_OK);
    char text[64];
    size_t got;
    for (;;) {
        CHECK(weft_stream_read(stream, text, sizeof text, &got, soon()) == WEFT_OK);
        if (got == 0)
            break;
        CHECK(weft_stream_write(stream, text, got, soon()) == WEFT_OK);
    }
    weft_stream_close(stream);
}

static void accept_many(void *arg)
{
    weft_fiber *fibers[CLIENTS];
    for (unsigned i = 0; i < CLIENTS; i++) {
        int fd;
        CHECK(weft__listener_accept(arg, &fd, NULL, soon()) == WEFT_OK);
        CHECK(weft_fiber_spawn_on(&fibers[i], i, "echo", echo, (void *)(intptr_t)fd) == WEFT_OK);
    }
    for (unsigned i = 0; i < CLIENTS; i++)
        weft_fiber_join(fibers[i]);
    weft_listener_close(arg);
}

static void exchange(void *arg)
{
    weft_stream *stream;
    CHECK(weft_stream_connect(&stream, arg, soon()) == WEFT_OK);
    for (int i = 0; i < EXCHANGES; i++) {
        char sent[8] = {'m', 's', 'g', (char)i}, got[8];
        CHECK(weft_stream_write(stream, sent, sizeof sent, soon()) == WEFT_OK);
        read_all(stream, got, sizeof got);
        CHECK(memcmp(sent, got, sizeof got) == 0);
    }
    weft_stream_close(stream);
}

static void check_many(void *arg)
{
    (void)arg;
    weft_address address;
    weft_listener *listener = listen_on("127.0.0.1:0", &address);
    weft_fiber *server, *clients[CLIENTS];
    CHECK(weft_fiber_spawn_on(&server, 1, "server", accept_many, listener) == WEFT_OK);
    for (unsigned i = 0; i < CLIENTS; i++)
        CHECK(weft_fiber_spawn_on(&clients[i], i, "client", exchange, &address) == WEFT_OK);
    for (unsigned i = 0; i < CLIENTS; i++)
        weft_fiber_join(clients[i]);
    weft_fiber_join(server);
}

static void many_connections_over_all_workers(void **state)
{
    (void)state;
    run_with(3, check_many, NULL);
}

/* ---- one worker ----------------------------------------------------------------------------- */

static void write_elsewhere(void *arg)
{
    weft_error error = weft_stream_write(arg, "x", 1, soon());
    (void)error;
}

static void check_elsewhere(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair();
    weft_fiber *stranger;
    CHECK(weft_fiber_spawn_on(&stranger, 1, "stranger", write_elsewhere, pair.client) == WEFT_OK);
    weft_fiber_join(stranger);
    close_pair(pair);
}

static void using_another_workers_stream_is_asserted(void **state)
{
    (void)state;
#ifdef NDEBUG
    print_message("# skipped: assertions are compiled out\n");
    return;
#endif
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        run_with(2, check_elsewhere, NULL);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listener_chooses_a_port_and_times_out),
        cmocka_unit_test(accepts_what_came_before_the_runtime),
        cmocka_unit_test(sockets_are_set_up),
        cmocka_unit_test(tells_the_peer_over_ipv6),
        cmocka_unit_test(connection_refused),
        cmocka_unit_test(reads_a_byte_at_a_time),
        cmocka_unit_test(end_of_stream_is_not_lost),
        cmocka_unit_test(answers_after_a_half_close),
        cmocka_unit_test(reset_by_the_peer),
        cmocka_unit_test(writes_more_than_fits),
        cmocka_unit_test(write_times_out_when_nobody_reads),
        cmocka_unit_test(cancelled_read_loses_nothing),
        cmocka_unit_test(survives_running_out_of_files),
        cmocka_unit_test(many_connections_over_all_workers),
        cmocka_unit_test(using_another_workers_stream_is_asserted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
