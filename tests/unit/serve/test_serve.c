/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A whole server inside the test: real sockets against a thread that runs weft_serve_with, stopped
 * by a real signal. What needs many processes or curl is in tests/integration.
 */
#include "runtime/sanitize.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/weft.h>

#include <cmocka.h>

/* ---- the application ------------------------------------------------------------------------ */

static weft_http_status echo(weft_request *request, weft_response *response)
{
    weft_str body, again;
    WEFT_TRY(weft_request_body(request, &body));
    WEFT_TRY(weft_request_body(request, &again)); /* a second call answers the same */
    if (!weft_str_equal(body, again) || weft_request_current() != request ||
        weft_arena_current() != weft_request_arena(request))
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    weft_buffer_append_str(weft_response_body(response, WEFT_STR("text/plain")), body);
    return WEFT_HTTP_OK;
}

/* The peer's address, and waits before it, so that the context is switched meanwhile. */
static weft_http_status peer(weft_request *request, weft_response *response)
{
    char text[WEFT_ADDRESS_TEXT];
    if (weft_sleep(5 * WEFT_MILLISECOND) != WEFT_OK || weft_request_current() != request)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    weft_address address = weft_request_peer(request);
    if (weft_response_text(response, weft_address_format(&address, text)) != WEFT_OK)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return WEFT_HTTP_OK;
}

/* Narrows its deadline and forgets to restore it: the next request must not notice. */
static weft_http_status hasty(weft_request *request, weft_response *response)
{
    (void)request;
    weft_deadline_narrow(0);
    if (weft_deadline_current() != 0)
        return WEFT_HTTP_INTERNAL_SERVER_ERROR;
    return weft_response_text(response, WEFT_STR("")) == WEFT_OK ? WEFT_HTTP_OK
                                                                 : WEFT_HTTP_INTERNAL_SERVER_ERROR;
}

static weft_http_status crash(weft_request *request, weft_response *response)
{
    (void)request, (void)response;
    abort();
}

#define ROW(m, p, f)                                                                   \
    {                                                                                  \
        .method = (m), .path = (p), .handler = (weft_any_fn *)(f), .handler_name = #f, \
        .call = (f), .file = __FILE__, .line = __LINE__                                \
    }
static const weft_route routes[] = {
    ROW("*", "/", echo),
    ROW("GET", "/peer", peer),
    ROW("GET", "/hasty", hasty),
    ROW("GET", "/crash", crash),
};
static const weft_route conflicting[] = {ROW("GET", "/", echo), ROW("GET", "/", peer)};
static const weft_router application = {.routes = WEFT_ROUTES(routes)};

/* ---- the server ----------------------------------------------------------------------------- */

typedef struct fixture {
    pthread_t thread;
    weft_serve_options options;
    int port;
    int result;
} fixture;

static void *serve(void *arg)
{
    fixture *self = arg;
    self->result = weft_serve_with("127.0.0.1:0", &application, &self->options);
    return NULL;
}

static void start(fixture *self)
{
    int ends[2];
    char text[WEFT_ADDRESS_TEXT + 1] = "";
    assert_int_equal(pipe(ends), 0);
    snprintf(text, sizeof text, "%d", ends[1]);
    assert_int_equal(setenv("WEFT_READY_FD", text, 1), 0);
    assert_int_equal(pthread_create(&self->thread, NULL, serve, self), 0);
    ssize_t got = read(ends[0], text, sizeof text - 1); /* the server closes the other end */
    assert_true(got > 0);
    text[got] = '\0';
    assert_int_equal(text[got - 1], '\n');
    self->port = atoi(strrchr(text, ':') + 1);
    close(ends[0]);
    unsetenv("WEFT_READY_FD");
}

static int stop(fixture *self)
{
    kill(getpid(), SIGTERM);
    pthread_join(self->thread, NULL);
    return self->result;
}

static int connected(const fixture *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)self->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1; /* else a request in two pieces waits for an acknowledgement */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

/* Reads until `end` has come, or to the end of the stream when it is NULL. */
static const char *hear(int fd, const char *end)
{
    static char heard[65536];
    size_t len = 0;
    for (;;) {
        ssize_t got = recv(fd, heard + len, sizeof heard - 1 - len, 0);
        assert_true(got >= 0);
        len += (size_t)got;
        heard[len] = '\0';
        if (got == 0 || (end != NULL && strstr(heard, end) != NULL))
            return heard;
    }
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void serves_and_stops(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) { /* a process may serve again */
        fixture server = {0};
        start(&server);
        int fd = connected(&server);
        say(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        assert_non_null(strstr(hear(fd, "hello"), "HTTP/1.1 200 OK\r\n"));
        say(fd, "GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_non_null(strstr(hear(fd, NULL), "\r\n\r\n127.0.0.1:"));
        close(fd);
        assert_int_equal(stop(&server), 0);
    }
}

static void a_forgotten_deadline_ends_with_its_request(void **state)
{
    (void)state;
    fixture server = {0};
    start(&server);
    int fd = connected(&server);
    say(fd, "GET /hasty HTTP/1.1\r\nHost: a\r\n\r\nGET /peer HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_null(strstr(hear(fd, "127.0.0.1:"), " 500 "));
    close(fd);
    assert_int_equal(stop(&server), 0);
}

static void a_chunked_body_cut_anywhere(void **state)
{
    (void)state;
    const char wire[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
    fixture server = {0};
    start(&server);
    int fd = connected(&server);
    for (size_t cut = 1; cut < sizeof wire - 1; cut++) {
        assert_int_equal(send(fd, wire, cut, 0), cut);
        usleep(300);
        say(fd, wire + cut);
        assert_non_null(strstr(hear(fd, "abc0123456789"), "HTTP/1.1 200 OK\r\n"));
    }
    close(fd);
    assert_int_equal(stop(&server), 0);
}

static void refuses_what_cannot_be_served(void **state)
{
    (void)state;
    const weft_router conflict = {.routes = WEFT_ROUTES(conflicting)};
    assert_int_equal(weft_serve("127.0.0.1:0", &conflict), 1);
    assert_int_equal(weft_serve("not an address", &application), 1);
    assert_int_equal(weft_serve(NULL, &application), 1);
    const weft_serve_options options = {.idle_deadline = -1};
    assert_int_equal(weft_serve_with("127.0.0.1:0", &application, &options), 1);

    fixture server = {0};
    start(&server);
    char text[WEFT_ADDRESS_TEXT];
    snprintf(text, sizeof text, "127.0.0.1:%d", server.port);
    assert_int_equal(weft_serve(text, &application), 1);          /* in use */
    assert_int_equal(weft_serve("127.0.0.1:0", &application), 1); /* one server at a time */
    int fd = connected(&server);                                  /* which still serves */
    say(fd, "GET /peer HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_non_null(strstr(hear(fd, "127.0.0.1:"), " 200 "));
    close(fd);
    assert_int_equal(stop(&server), 0);
}

#ifndef WEFT__TSAN /* under which no fiber ends alone */
/* The server that is refused has taken nothing from the one that serves. In a process of its own,
 * which ends because of the crash. */
static void a_crash_is_answered_after_another_server_was_refused(void **state)
{
    (void)state;
    int ends[2];
    if (getenv("WEFT_VALGRIND")) {
        print_message("# not under valgrind, to which the way out of the handler is an error\n");
        return;
    }
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        fixture server = {0};
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        start(&server);
        bool refused = weft_serve("127.0.0.1:0", &application) == 1;
        int fd = connected(&server);
        say(fd, "GET /crash HTTP/1.1\r\nHost: a\r\n\r\n");
        bool answered = strstr(hear(fd, "\r\n\r\n"), "HTTP/1.1 500 ") != NULL;
        (void)!write(ends[1], refused && answered ? "y" : "n", 1);
        pthread_join(server.thread, NULL);
        _exit(0);
    }
    char said = '-';
    close(ends[1]);
    assert_int_equal(read(ends[0], &said, 1), 1);
    assert_int_equal(said, 'y');
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), WEFT_EXIT_CRASHED);
}
#endif

static void signals_are_put_back(void **state)
{
    (void)state;
    struct sigaction before[3], after[3];
    const int numbers[] = {SIGTERM, SIGINT, SIGPIPE};
    for (int i = 0; i < 3; i++)
        sigaction(numbers[i], NULL, &before[i]);
    fixture server = {0};
    start(&server);
    assert_int_equal(stop(&server), 0);
    for (int i = 0; i < 3; i++) {
        sigaction(numbers[i], NULL, &after[i]);
        assert_ptr_equal(after[i].sa_handler, before[i].sa_handler);
    }
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_and_stops),
        cmocka_unit_test(a_forgotten_deadline_ends_with_its_request),
        cmocka_unit_test(a_chunked_body_cut_anywhere),
        cmocka_unit_test(refuses_what_cannot_be_served),
#ifndef WEFT__TSAN
        cmocka_unit_test(a_crash_is_answered_after_another_server_was_refused),
#endif
        cmocka_unit_test(signals_are_put_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
