/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Faults in the parts by themselves: parsers, fibers, channels, sockets, files, processes.
 */
#include "faults.h"
#include "http/h1/h1.h"
#include "net/address.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <weft/weft.h>

/* ---- parsers --------------------------------------------------------------------------------- */

static const char head[] = "GET /users/1?name=a%20b&name=%C3%A9&empty HTTP/1.1\r\nHost: a\r\n"
                           "Cookie: a=1; b=\"2\"\r\nAccept: text/*;q=0.5\r\n\r\n";

static outcome decode_query(weft_str query, weft_arena *arena)
{
    weft_str name, value;
    weft_urlencoded_result result;
    int pairs = 0;
    while ((result = weft_urlencoded_next(&query, arena, &name, &value)) == WEFT_URLENCODED_OK)
        pairs++;
    return outcome_of(result == WEFT_URLENCODED_END && pairs == 3);
}

static outcome parse_a_head(void *unused)
{
    (void)unused;
    weft_arena arena;
    weft_request request;
    const weft__h1_limits limits = {0};
    weft__h1_fault why;
    size_t used;
    weft_arena_init(&arena, 0);
    weft__request_init(&request, &arena);
    outcome ended = OUTCOME_FAILED;
    if (weft__h1_parse(head, sizeof head - 1, &limits, &request, &used, &why) == WEFT__H1_DONE)
        ended = decode_query(weft_request_query(&request), &arena);
    weft_arena_reset(&arena);
    return ended;
}

static outcome compile_patterns(void *unused)
{
    (void)unused;
    weft_pattern *pattern = weft_pattern_compile("^[a-z]+(-[0-9]{2,4})*$");
    bool done = pattern != NULL && weft_pattern_matches(pattern, WEFT_STR("ab-12-345"));
    weft_pattern_destroy(pattern);
    return outcome_of(done);
}

static outcome make_ids(void *unused)
{
    (void)unused;
    weft_uuid one = weft_uuid_v4(), other = weft_uuid_v7();
    return outcome_of(memcmp(&one, &other, sizeof one) != 0);
}

static outcome make_keys(void *unused)
{
    (void)unused;
    weft_cookie_keys *keys = weft_cookie_keys_create(
        "0123456789abcdef0123456789abcdef,another-secret-of-at-least-32-bytes");
    weft_cookie_keys_destroy(keys);
    return outcome_of(keys != NULL);
}

/* ---- fibers ---------------------------------------------------------------------------------- */

typedef struct first_fiber {
    weft_scope_fn *body;
    weft_error error;
} first_fiber;

static void run_first(void *arg)
{
    first_fiber *first = arg;
    first->error = first->body(NULL);
}

/* Runs it as a runtime's first fiber, with two workers. */
static outcome in_fibers(void *arg)
{
    first_fiber *first = arg;
    const weft_runtime_options options = {.workers = 2};
    weft_error error = weft_runtime_run(&options, run_first, first);
    return outcome_of(error == WEFT_OK && first->error == WEFT_OK);
}

static weft_error nothing(void *arg)
{
    (void)arg;
    return WEFT_OK;
}

static weft_error send_numbers(void *arg)
{
    weft_channel *to = arg;
    weft_error error = WEFT_OK;
    for (int i = 0; i < 5 && error == WEFT_OK; i++)
        error = weft_channel_send(to, &i, WEFT_NEVER);
    weft_channel_close(to);
    return error;
}

/* Receives by select, until the sender has closed the channel. */
static weft_error receive_numbers(weft_channel *from)
{
    int number = -1, next = 0;
    for (;;) {
        size_t index;
        weft_case cases[] = {weft_case_receive(from, &number), weft_case_deadline(WEFT_NEVER)};
        weft_error error = weft_select(cases, 2, WEFT_NEVER, &index);
        if (error == WEFT_CLOSED)
            return next == 5 ? WEFT_OK : WEFT_IO;
        WEFT_TRY(error);
        if (number != next++)
            return WEFT_INVALID;
    }
}

static weft_error talk_through(weft_channel *channel)
{
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
    weft_error error = weft_scope_spawn_on(&scope, 1, "sender", send_numbers, channel);
    if (error == WEFT_OK)
        error = receive_numbers(channel);
    weft_error left = weft_scope_leave(&scope);
    return error != WEFT_OK ? error : left;
}

static weft_error channel_scope_select(void *arg)
{
    (void)arg;
    weft_channel *channel = weft_channel_create(sizeof(int), 2);
    if (channel == NULL)
        return WEFT_NO_MEMORY;
    weft_error error = talk_through(channel);
    weft_channel_destroy(channel);
    return error;
}

static weft_error other_channels(void *arg)
{
    (void)arg;
    int value = 7, got = 0;
    uint64_t lost;
    weft_error error = WEFT_NO_MEMORY;
    weft_watch *watch = weft_watch_create(sizeof value, &value);
    weft_broadcast *broadcast = weft_broadcast_create(sizeof value, 2);
    weft_oneshot *oneshot = weft_oneshot_create(sizeof value);
    if (watch != NULL && broadcast != NULL && oneshot != NULL) {
        weft_broadcast_reader reader = weft_broadcast_subscribe(broadcast);
        error = weft_broadcast_send(broadcast, &value);
        if (error == WEFT_OK)
            error = weft_broadcast_receive(&reader, &got, &lost, WEFT_NEVER);
    }
    weft_oneshot_drop(oneshot);
    weft_oneshot_close(oneshot);
    weft_broadcast_destroy(broadcast);
    weft_watch_destroy(watch);
    return error != WEFT_OK || got == value ? error : WEFT_INVALID;
}

/* On a plain thread, while this fiber sends to it. */
static void receive_on_thread(void *arg)
{
    weft_channel *from = arg;
    int number = 0;
    while (weft_channel_receive(from, &number, WEFT_NEVER) == WEFT_OK)
        continue;
}

static weft_error send_later(void *arg)
{
    weft_channel *to = arg;
    weft_error error = weft_sleep(20 * WEFT_MILLISECOND);
    if (error == WEFT_OK)
        error = weft_channel_send(to, &(int){1}, WEFT_NEVER);
    weft_channel_close(to);
    return error;
}

static weft_error wait_on_thread(void *arg)
{
    (void)arg;
    weft_scope scope;
    weft_channel *channel = weft_channel_create(sizeof(int), 1);
    if (channel == NULL)
        return WEFT_NO_MEMORY;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_error error = weft_scope_spawn(&scope, "sender", send_later, channel);
    if (error == WEFT_OK)
        error = weft_blocking_run(receive_on_thread, channel);
    weft_error left = weft_scope_leave(&scope);
    weft_channel_destroy(channel);
    return error != WEFT_OK ? error : left;
}

static void count_up(void *arg)
{
    ++*(int *)arg;
}

static weft_error block_twice(void *arg)
{
    (void)arg;
    int count = 0;
    WEFT_TRY(weft_blocking_run(count_up, &count));
    WEFT_TRY(weft_blocking_run(count_up, &count));
    return count == 2 ? WEFT_OK : WEFT_INVALID;
}

static weft_error start_background(void *arg)
{
    (void)arg;
    return weft_background("background", nothing, NULL);
}

/* ---- files and sockets ----------------------------------------------------------------------- */

/* Writes two pieces, reads them back, resizes. */
static weft_error use_file(weft_file *file)
{
    char back[12];
    size_t got;
    uint64_t size;
    WEFT_TRY(weft_file_write_at(file, "hello ", 6, 0));
    WEFT_TRY(weft_file_write_at(file, "world!", 6, 6));
    WEFT_TRY(weft_file_read_at(file, back, sizeof back, 0, &got));
    if (got != sizeof back || memcmp(back, "hello world!", sizeof back) != 0)
        return WEFT_INVALID;
    WEFT_TRY(weft_file_resize(file, 5));
    WEFT_TRY(weft_file_size(file, &size));
    WEFT_TRY(weft_file_sync(file));
    return size == 5 ? WEFT_OK : WEFT_INVALID;
}

static weft_error write_and_read_file(void *arg)
{
    (void)arg;
    weft_file *file;
    WEFT_TRY(weft_file_open(&file, "/tmp", WEFT_FILE_READ | WEFT_FILE_WRITE | WEFT_FILE_UNNAMED));
    weft_error error = use_file(file);
    weft_file_close(file);
    return error;
}

static weft_error read_file(void *arg)
{
    (void)arg;
    weft_arena arena;
    weft_str text;
    weft_arena_init(&arena, 0);
    weft_error error = weft_file_read_all("/etc/passwd", 1u << 20, &arena, &text);
    if (error == WEFT_OK && !weft_str_starts_with(text, WEFT_STR("root:")))
        error = WEFT_INVALID;
    weft_arena_reset(&arena);
    return error;
}

/* Parts that do not fit at once, so that both sides wait. */
enum { LONG = 300000 };
static char sent[LONG], received[LONG];

static void fill(void)
{
    for (size_t i = 0; i < LONG; i++)
        sent[i] = (char)(i * 7 % 251);
    memset(received, 0, LONG);
}

static weft_error write_long(void *arg)
{
    weft_stream *to = arg;
    const struct iovec parts[] = {{sent, 1000}, {sent + 1000, LONG - 1000}};
    WEFT_TRY(weft_stream_write_parts(to, parts, 2, WEFT_NEVER));
    return weft_stream_write(to, "end", 3, WEFT_NEVER);
}

static weft_error read_long(void *arg)
{
    weft_stream *from = arg;
    char last[3];
    size_t got;
    size_t len = 0;
    while (len < LONG / 2) {
        const struct iovec parts[] = {{received + len, 10}, {received + len + 10, LONG / 2}};
        WEFT_TRY(weft_stream_read_parts(from, parts, 2, &got, WEFT_NEVER));
        if (got == 0)
            return WEFT_CLOSED;
        len += got;
    }
    WEFT_TRY(weft_stream_read_exactly(from, received + len, LONG - len, &got, WEFT_NEVER));
    WEFT_TRY(weft_stream_read_exactly(from, last, 3, &got, WEFT_NEVER));
    return memcmp(sent, received, LONG) == 0 && memcmp(last, "end", 3) == 0 ? WEFT_OK
                                                                            : WEFT_INVALID;
}

/* One fiber writes into `to`, another one reads from `from`. */
static weft_error carry(weft_stream *from, weft_stream *to)
{
    weft_scope scope;
    fill();
    weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
    weft_error error = weft_scope_spawn(&scope, "writer", write_long, to);
    if (error == WEFT_OK)
        error = weft_scope_spawn(&scope, "reader", read_long, from);
    if (error != WEFT_OK)
        weft_scope_cancel(&scope);
    weft_error left = weft_scope_leave(&scope);
    return error != WEFT_OK ? error : left;
}

static weft_error send_a_file(weft_stream *from, weft_stream *to)
{
    weft_file *file;
    char start[5];
    size_t got;
    WEFT_TRY(weft_file_open(&file, "/etc/passwd", WEFT_FILE_READ));
    weft_error error = weft_stream_send_file(to, file, 0, 5, WEFT_NEVER);
    weft_file_close(file);
    WEFT_TRY(error);
    WEFT_TRY(weft_stream_read_exactly(from, start, sizeof start, &got, WEFT_NEVER));
    return memcmp(start, "root:", 5) == 0 ? WEFT_OK : WEFT_INVALID;
}

static weft_error use_pipe(void *arg)
{
    (void)arg;
    weft_stream *reader, *writer;
    WEFT_TRY(weft_pipe_open(&reader, &writer));
    weft_error error = carry(reader, writer);
    if (error == WEFT_OK)
        error = send_a_file(reader, writer);
    weft_stream_close(writer);
    weft_stream_close(reader);
    return error;
}

/* Both ends of a connection in one fiber: the backlog holds it until it is accepted. */
static weft_error converse(weft_listener *listener)
{
    weft_stream *near = NULL, *far = NULL;
    weft_address address = weft_listener_address(listener);
    weft_error error = weft_stream_connect(&near, &address, weft_deadline_after(WEFT_SECOND * 5));
    if (error == WEFT_OK)
        error = weft_listener_accept(listener, &far, weft_deadline_after(WEFT_SECOND * 5));
    if (error == WEFT_OK)
        error = carry(far, near);
    if (error == WEFT_OK)
        error = send_a_file(near, far);
    if (error == WEFT_OK)
        error = weft_stream_finish(near);
    weft_credentials peer = {.pid = 0};
    if (error == WEFT_OK && weft__address_path(&address) != NULL)
        error = weft_stream_credentials(near, &peer);
    if (error == WEFT_OK && weft_stream_peer(far).len == 0)
        error = WEFT_INVALID;
    weft_stream_close(near);
    weft_stream_close(far);
    return error;
}

static weft_error listen_and_converse(const char *where)
{
    weft_address address;
    weft_listener *listener;
    WEFT_TRY(weft_address_parse(where, &address));
    WEFT_TRY(weft_listener_open(&listener, &address));
    weft_error error = converse(listener);
    weft_listener_close(listener);
    return error;
}

static weft_error use_tcp(void *arg)
{
    (void)arg;
    return listen_and_converse("127.0.0.1:0");
}

/* A socket that a server has left behind when it was killed. */
static void abandon(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    bool before = fault_spare(true);
    unlink(path);
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    close(fd);
    fault_spare(before);
}

static weft_error use_unix(void *arg)
{
    char where[64];
    (void)arg;
    snprintf(where, sizeof where, "unix:/tmp/weft-faults-%d.sock", (int)getpid());
    abandon(where + strlen("unix:"));
    return listen_and_converse(where);
}

static weft_error exchange_datagrams(weft_datagram *one, weft_datagram *other)
{
    char text[8];
    size_t got;
    weft_address to = weft_datagram_address(other), from;
    int64_t deadline = weft_deadline_after(5 * WEFT_SECOND);
    WEFT_TRY(weft_datagram_connect(one, &to));
    WEFT_TRY(weft_datagram_send(one, "hello", 5, NULL, deadline));
    WEFT_TRY(weft_datagram_receive(other, text, sizeof text, &got, &from, deadline));
    WEFT_TRY(weft_datagram_send(other, text, got, &from, deadline));
    WEFT_TRY(weft_datagram_receive(one, text, sizeof text, &got, NULL, deadline));
    return got == 5 && memcmp(text, "hello", 5) == 0 ? WEFT_OK : WEFT_INVALID;
}

static weft_error use_datagrams(void *arg)
{
    (void)arg;
    weft_address any;
    weft_datagram *one = NULL, *other = NULL;
    WEFT_TRY(weft_address_parse("127.0.0.1:0", &any));
    weft_error error = weft_datagram_open(&one, &any);
    if (error == WEFT_OK)
        error = weft_datagram_open(&other, &any);
    if (error == WEFT_OK)
        error = exchange_datagrams(one, other);
    weft_datagram_close(other);
    weft_datagram_close(one);
    return error;
}

static weft_error use_signal(void *arg)
{
    (void)arg;
    weft_signal *signal;
    int number = 0;
    WEFT_TRY(weft_signal_open(&signal, (const int[]){SIGUSR1, SIGUSR2}, 2));
    kill(getpid(), SIGUSR2);
    weft_error error = weft_signal_wait(signal, &number, weft_deadline_after(5 * WEFT_SECOND));
    weft_signal_close(signal);
    return error != WEFT_OK || number == SIGUSR2 ? error : WEFT_INVALID;
}

static weft_error talk_to_child(weft_process *child)
{
    char text[5];
    size_t got;
    weft_process_end end;
    WEFT_TRY(weft_stream_write(weft_process_in(child), "hello", 5, WEFT_NEVER));
    weft_process_finish_in(child);
    weft_stream *out = weft_process_out(child);
    WEFT_TRY(weft_stream_read_exactly(out, text, 5, &got, WEFT_NEVER));
    WEFT_TRY(weft_process_wait(child, &end, WEFT_NEVER));
    return end.code == 0 && memcmp(text, "hello", 5) == 0 ? WEFT_OK : WEFT_INVALID;
}

static weft_error kill_process(void *arg)
{
    (void)arg;
    weft_process *child;
    weft_process_end end;
    const weft_process_options options = {.out = WEFT_PROCESS_NULL};
    WEFT_TRY(weft_process_spawn(&child, (const char *const[]){"sleep", "60", NULL}, &options));
    weft_error error = weft_process_kill(child, SIGTERM);
    if (error == WEFT_OK)
        error = weft_process_wait(child, &end, WEFT_NEVER);
    weft_process_close(child);
    return error != WEFT_OK || end.signal == SIGTERM ? error : WEFT_INVALID;
}

static weft_error use_process(void *arg)
{
    (void)arg;
    weft_process *child;
    const weft_process_options options = {.in = WEFT_PROCESS_PIPE,
                                          .out = WEFT_PROCESS_PIPE,
                                          .err = WEFT_PROCESS_NULL,
                                          .directory = "/tmp"};
    WEFT_TRY(weft_process_spawn(&child, (const char *const[]){"cat", NULL}, &options));
    weft_error error = talk_to_child(child);
    weft_process_close(child);
    return error;
}

#define FIBERS(function)                                                    \
    {                                                                       \
#function, in_fibers, &(first_fiber){.body = function }, NULL, NULL \
    }

enum { PROCESSES = 2 }; /* scenarios with a process, the last */

int main(int argc, char **argv)
{
    const scenario scenarios[] = {
        {"parse_a_head", parse_a_head, NULL, NULL, NULL},
        {"compile_patterns", compile_patterns, NULL, NULL, NULL},
        {"make_ids", make_ids, NULL, NULL, NULL},
        {"make_keys", make_keys, NULL, NULL, NULL},
        FIBERS(nothing),
        FIBERS(channel_scope_select),
        FIBERS(other_channels),
        FIBERS(block_twice),
        FIBERS(wait_on_thread),
        FIBERS(start_background),
        FIBERS(write_and_read_file),
        FIBERS(read_file),
        FIBERS(use_pipe),
        FIBERS(use_tcp),
        FIBERS(use_unix),
        FIBERS(use_datagrams),
        FIBERS(use_signal),
        FIBERS(use_process),
        FIBERS(kill_process),
    };
    size_t count = sizeof scenarios / sizeof *scenarios;
    if (getenv("WEFT_VALGRIND")) /* which knows no pidfd_open */
        count -= PROCESSES;
    return faults_main(argc, argv, scenarios, count);
}
