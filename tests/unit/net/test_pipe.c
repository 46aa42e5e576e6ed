/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_pipe.c: pipes, and what streams of both kinds have in common: parts, exact lengths, ends.
 */
#include "descriptors.h"
#include <signal.h>

struct pipe {
    weft_stream *reader, *writer;
};

static struct pipe open_pipe(void)
{
    struct pipe pipe;
    CHECK(weft_pipe_open(&pipe.reader, &pipe.writer) == WEFT_OK);
    return pipe;
}

static void close_pipe(struct pipe pipe)
{
    weft_stream_close(pipe.reader);
    weft_stream_close(pipe.writer);
}

/* ---- pipes -------------------------------------------------------------------------------- */

static void check_pipe(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    char text[8];
    size_t got;
    CHECK(weft_stream_read(pipe.reader, text, 1, &got, moment()) == WEFT_TIMED_OUT);
    for (char c = 'a'; c <= 'z'; c++) {
        CHECK(weft_stream_write(pipe.writer, &c, 1, soon()) == WEFT_OK);
        CHECK(weft_stream_read(pipe.reader, text, sizeof text, &got, soon()) == WEFT_OK);
        CHECK(got == 1 && text[0] == c);
    }
    CHECK(weft_stream_write(pipe.writer, "end", 3, soon()) == WEFT_OK);
    weft_stream_close(pipe.writer);
    CHECK(weft_stream_read(pipe.reader, text, 2, &got, soon()) == WEFT_OK && got == 2);
    CHECK(weft_stream_read(pipe.reader, text, 2, &got, soon()) == WEFT_OK && got == 1);
    CHECK(weft_stream_read(pipe.reader, text, 2, &got, soon()) == WEFT_OK && got == 0);
    weft_stream_close(pipe.reader);
}

static void carries_bytes_and_ends(void **state)
{
    (void)state;
    run_and_count(1, check_pipe);
}

static void check_wrong_end(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    char byte = 0;
    size_t got;
    struct iovec part = {&byte, 1};
    CHECK(weft_stream_write(pipe.reader, &byte, 1, soon()) == WEFT_INVALID);
    CHECK(weft_stream_write_parts(pipe.reader, &part, 1, soon()) == WEFT_INVALID);
    CHECK(weft_stream_read(pipe.writer, &byte, 1, &got, soon()) == WEFT_INVALID);
    CHECK(weft_stream_read_parts(pipe.writer, &part, 1, &got, soon()) == WEFT_INVALID);
    CHECK(weft_stream_finish(pipe.writer) == WEFT_INVALID);
    CHECK(weft_stream_peer(pipe.writer).len == 0);
    close_pipe(pipe);
}

static void refuses_the_wrong_end(void **state)
{
    (void)state;
    run_and_count(1, check_wrong_end);
}

static void check_broken(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    struct iovec part = {"x", 1};
    weft_stream_close(pipe.reader);
    CHECK(weft_stream_write(pipe.writer, "x", 1, soon()) == WEFT_CLOSED);
    CHECK(weft_stream_write_parts(pipe.writer, &part, 1, soon()) == WEFT_CLOSED);
    weft_stream_close(pipe.writer);
    sigset_t pending, blocked;
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGPIPE));
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 && !sigismember(&blocked, SIGPIPE));
}

static void broken_pipe_is_an_error_and_no_signal(void **state)
{
    (void)state;
    struct sigaction action;
    sigaction(SIGPIPE, NULL, &action);
    assert_true(action.sa_handler == SIG_DFL); /* which would kill this test */
    run_and_count(1, check_broken);
}

enum { MUCH = 1 << 20 };

static void write_much(void *arg)
{
    char *block = malloc(MUCH);
    CHECK(block);
    for (size_t i = 0; i < MUCH; i++)
        block[i] = (char)(i * 31 >> 8);
    CHECK(weft_stream_write(arg, block, MUCH, soon()) == WEFT_OK);
    free(block);
    weft_stream_close(arg);
}

static void check_much(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    weft_fiber *writer;
    CHECK(weft_fiber_spawn(&writer, "writer", write_much, pipe.writer) == WEFT_OK);
    static char block[MUCH + 1];
    size_t got;
    CHECK(weft_stream_read_exactly(pipe.reader, block, MUCH + 1, &got, soon()) == WEFT_CLOSED);
    CHECK(got == MUCH);
    for (size_t i = 0; i < MUCH; i++)
        CHECK(block[i] == (char)(i * 31 >> 8));
    weft_fiber_join(writer);
    weft_stream_close(pipe.reader);
}

static void carries_more_than_fits(void **state)
{
    (void)state;
    run_and_count(1, check_much);
}

static void write_until_cancelled(void *arg)
{
    static const char block[MUCH];
    CHECK(weft_stream_write(arg, block, sizeof block, WEFT_NEVER) == WEFT_CANCELLED);
}

static void check_cancel(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    weft_fiber *writer;
    CHECK(weft_fiber_spawn(&writer, "writer", write_until_cancelled, pipe.writer) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(writer);
    weft_fiber_join(writer);
    CHECK(weft_stream_write(pipe.writer, "x", 1, moment()) == WEFT_TIMED_OUT); /* still full */
    close_pipe(pipe);
}

static void writing_can_be_cancelled(void **state)
{
    (void)state;
    run_and_count(1, check_cancel);
}

static void check_out_of_files(void *arg)
{
    (void)arg;
    struct pipe pipe = {0};
    struct rlimit before = exhaust_descriptors();
    CHECK(weft_pipe_open(&pipe.reader, &pipe.writer) == WEFT_TOO_MANY_FILES);
    restore_descriptors(before);
    close_pipe(pipe); /* of nothing */
}

static void out_of_files(void **state)
{
    (void)state;
    run_and_count(1, check_out_of_files);
}

/* ---- parts and exact lengths, for both kinds ------------------------------------------------ */

enum { PARTS = 3 * WEFT_STREAM_PARTS + 5 };

struct parts {
    weft_stream *stream;
    char *bytes;
    struct iovec list[PARTS];
    size_t len;
};

/* Parts of 0, 1000, 2000 .. bytes; every fifth is empty. */
static struct parts *make_parts(weft_stream *stream)
{
    struct parts *parts = calloc(1, sizeof *parts);
    CHECK(parts);
    parts->stream = stream;
    for (size_t i = 0; i < PARTS; i++)
        parts->len += parts->list[i].iov_len = i % 5 * 1000;
    char *at = parts->bytes = malloc(parts->len);
    CHECK(at);
    for (size_t i = 0; i < parts->len; i++)
        at[i] = (char)(i * 7 >> 4);
    for (size_t i = 0; i < PARTS; at += parts->list[i++].iov_len)
        parts->list[i].iov_base = at;
    return parts;
}

static void write_parts(void *arg)
{
    struct parts *parts = arg;
    CHECK(weft_stream_write_parts(parts->stream, parts->list, PARTS, soon()) == WEFT_OK);
}

static void check_parts_of(weft_stream *reader, weft_stream *writer)
{
    struct parts *parts = make_parts(writer);
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "writer", write_parts, parts) == WEFT_OK);
    char *block = malloc(parts->len);
    CHECK(block);
    size_t got;
    CHECK(weft_stream_read_exactly(reader, block, parts->len, &got, soon()) == WEFT_OK);
    CHECK(got == parts->len && memcmp(block, parts->bytes, got) == 0);
    weft_fiber_join(fiber);
    free(block);
    free(parts->bytes);
    free(parts);

    char a[3] = "", b[4] = "";
    struct iovec into[] = {{a, 2}, {NULL, 0}, {b, 3}};
    CHECK(weft_stream_read_parts(reader, into, 1, &got, moment()) == WEFT_TIMED_OUT);
    CHECK(weft_stream_read_parts(reader, into + 1, 1, &got, moment()) == WEFT_OK && got == 0);
    CHECK(weft_stream_write(writer, "abcd", 4, soon()) == WEFT_OK);
    CHECK(weft_stream_read_parts(reader, into, 3, &got, soon()) == WEFT_OK && got == 4);
    CHECK(strcmp(a, "ab") == 0 && strcmp(b, "cd") == 0);
    CHECK(weft_stream_write_parts(writer, into, 0, soon()) == WEFT_OK);
    CHECK(weft_stream_read_exactly(reader, a, 0, &got, soon()) == WEFT_OK && got == 0);
    CHECK(weft_stream_write(writer, "p", 1, soon()) == WEFT_OK);
    CHECK(weft_stream_read_exactly(reader, a, 2, &got, moment()) == WEFT_TIMED_OUT && got == 1);
}

static void check_parts(void *arg)
{
    (void)arg;
    struct pipe pipe = open_pipe();
    check_parts_of(pipe.reader, pipe.writer);
    close_pipe(pipe);
    struct pair pair = connect_pair("127.0.0.1:0");
    check_parts_of(pair.server, pair.client);
    close_pair(pair);
}

static void parts_and_exact_lengths(void **state)
{
    (void)state;
    run_and_count(1, check_parts);
}

static void check_finish(void *arg)
{
    (void)arg;
    struct pair pair = connect_pair("127.0.0.1:0");
    char text[8];
    size_t got;
    CHECK(weft_stream_write(pair.client, "ask", 3, soon()) == WEFT_OK);
    CHECK(weft_stream_finish(pair.client) == WEFT_OK);
    CHECK(weft_stream_write(pair.client, "x", 1, soon()) == WEFT_CLOSED);
    CHECK(weft_stream_read_exactly(pair.server, text, 8, &got, soon()) == WEFT_CLOSED && got == 3);
    CHECK(weft_stream_write(pair.server, "answer", 6, soon()) == WEFT_OK);
    CHECK(weft_stream_read_exactly(pair.client, text, 6, &got, soon()) == WEFT_OK);
    CHECK(memcmp(text, "answer", 6) == 0);
    close_pair(pair);
}

static void half_close(void **state)
{
    (void)state;
    run_and_count(1, check_finish);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carries_bytes_and_ends),
        cmocka_unit_test(refuses_the_wrong_end),
        cmocka_unit_test(broken_pipe_is_an_error_and_no_signal),
        cmocka_unit_test(carries_more_than_fits),
        cmocka_unit_test(writing_can_be_cancelled),
        cmocka_unit_test(out_of_files),
        cmocka_unit_test(parts_and_exact_lengths),
        cmocka_unit_test(half_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
