/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_file.c: files, and sending them to streams.
 */
#include "descriptors.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <weft/arena.h>
#include <weft/file.h>

static char directory[] = "/tmp/weft-test-file-XXXXXX";
static char path[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/file", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path) == 0 || errno == ENOENT ? 0 : -1;
}

enum { ALL = WEFT_FILE_READ | WEFT_FILE_WRITE | WEFT_FILE_CREATE };

static weft_file *open_file(unsigned how)
{
    weft_file *file;
    CHECK(weft_file_open(&file, path, how) == WEFT_OK);
    return file;
}

/* ---- reading and writing ------------------------------------------------------------------ */

static void check_file(void *arg)
{
    (void)arg;
    weft_file *file = open_file(ALL);
    char text[16] = "";
    size_t got;
    uint64_t size;
    CHECK(weft_file_size(file, &size) == WEFT_OK && size == 0);
    CHECK(weft_file_read_at(file, text, sizeof text, 0, &got) == WEFT_OK && got == 0);
    CHECK(weft_file_write_at(file, "hello", 5, 0) == WEFT_OK);
    CHECK(weft_file_write_at(file, "end", 3, 8) == WEFT_OK);
    CHECK(weft_file_sync(file) == WEFT_OK);
    CHECK(weft_file_size(file, &size) == WEFT_OK && size == 11);
    CHECK(weft_file_read_at(file, text, sizeof text, 0, &got) == WEFT_OK && got == 11);
    CHECK(memcmp(text, "hello\0\0\0end", 11) == 0);
    CHECK(weft_file_read_at(file, text, 3, 8, &got) == WEFT_OK && got == 3);
    CHECK(memcmp(text, "end", 3) == 0);
    CHECK(weft_file_read_at(file, text, 3, 11, &got) == WEFT_OK && got == 0);
    CHECK(weft_file_resize(file, 2) == WEFT_OK);
    CHECK(weft_file_size(file, &size) == WEFT_OK && size == 2);
    CHECK(weft_file_write_at(file, "", 0, 100) == WEFT_OK);
    CHECK(weft_file_read_at(file, text, 1, UINT64_MAX, &got) == WEFT_INVALID && got == 0);
    weft_file_close(file);
    weft_file_close(NULL);
}

static void reads_and_writes(void **state)
{
    (void)state;
    run_and_count(1, check_file);
}

static void works_on_plain_threads(void **state)
{
    (void)state;
    unsigned before = open_descriptors();
    check_file(NULL);
    assert_int_equal(open_descriptors(), before);
}

static void check_how(void *arg)
{
    (void)arg;
    weft_file *file = NULL;
    size_t got;
    char byte;
    CHECK(weft_file_open(&file, path, WEFT_FILE_READ) == WEFT_NOT_FOUND);
    CHECK(weft_file_open(&file, "/dev/null/x", WEFT_FILE_READ) == WEFT_NOT_FOUND);
    CHECK(weft_file_open(&file, path, 0) == WEFT_INVALID);
    CHECK(weft_file_open(&file, path, WEFT_FILE_CREATE) == WEFT_INVALID);
    CHECK(weft_file_open(&file, directory, WEFT_FILE_WRITE) == WEFT_INVALID);
    CHECK(!file);
    file = open_file(WEFT_FILE_WRITE | WEFT_FILE_CREATE | WEFT_FILE_EXCLUSIVE);
    CHECK(weft_file_write_at(file, "x", 1, 0) == WEFT_OK);
    CHECK(weft_file_read_at(file, &byte, 1, 0, &got) != WEFT_OK); /* only for writing */
    weft_file_close(file);
    CHECK(weft_file_open(&file, path, ALL | WEFT_FILE_EXCLUSIVE) == WEFT_EXISTS);
    file = open_file(WEFT_FILE_READ);
    CHECK(weft_file_write_at(file, "x", 1, 0) != WEFT_OK);
    CHECK(weft_file_read_at(file, &byte, 1, 0, &got) == WEFT_OK && got == 1 && byte == 'x');
    weft_file_close(file);
    file = open_file(WEFT_FILE_READ | WEFT_FILE_WRITE | WEFT_FILE_TRUNCATE);
    CHECK(weft_file_read_at(file, &byte, 1, 0, &got) == WEFT_OK && got == 0);
    weft_file_close(file);
    struct rlimit before = exhaust_descriptors();
    CHECK(weft_file_open(&file, path, WEFT_FILE_READ) == WEFT_TOO_MANY_FILES);
    restore_descriptors(before);
}

static void opens_as_asked(void **state)
{
    (void)state;
    run_and_count(1, check_how);
}

/* The folder can be removed while the file is open: it has no name in there. */
static void check_unnamed(void *arg)
{
    (void)arg;
    enum { UNNAMED = WEFT_FILE_UNNAMED | WEFT_FILE_READ | WEFT_FILE_WRITE };
    static char folder[96], text[8];
    weft_file *one, *other;
    size_t got;
    snprintf(folder, sizeof folder, "%s/unnamed", directory);
    CHECK(mkdir(folder, 0700) == 0);
    CHECK(weft_file_open(&one, folder, UNNAMED) == WEFT_OK);
    CHECK(weft_file_open(&other, folder, UNNAMED) == WEFT_OK);
    CHECK(rmdir(folder) == 0);
    CHECK(weft_file_write_at(one, "one", 3, 0) == WEFT_OK);
    CHECK(weft_file_write_at(other, "other", 5, 0) == WEFT_OK);
    CHECK(weft_file_read_at(one, text, sizeof text, 0, &got) == WEFT_OK && got == 3);
    CHECK(memcmp(text, "one", 3) == 0);
    weft_file_close(one);
    weft_file_close(other);
    CHECK(weft_file_open(&one, folder, UNNAMED) == WEFT_NOT_FOUND);
    CHECK(weft_file_open(&one, directory, WEFT_FILE_UNNAMED | WEFT_FILE_READ) == WEFT_INVALID);
}

static void files_without_a_name(void **state)
{
    (void)state;
    run_and_count(1, check_unnamed);
}

static void check_full(void *arg)
{
    (void)arg;
    weft_file *file;
    CHECK(weft_file_open(&file, "/dev/full", WEFT_FILE_WRITE) == WEFT_OK);
    CHECK(weft_file_write_at(file, "x", 1, 0) == WEFT_NO_SPACE);
    weft_file_close(file);
}

static void no_space(void **state)
{
    (void)state;
    run_and_count(1, check_full);
}

static void check_fifo(void *arg)
{
    (void)arg;
    weft_file *file;
    size_t got;
    char byte;
    CHECK(weft_file_open(&file, path, WEFT_FILE_READ) == WEFT_OK); /* and does not hang */
    CHECK(weft_file_read_at(file, &byte, 1, 0, &got) == WEFT_IO);
    weft_file_close(file);
}

static void a_named_pipe_holds_nobody(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    run_and_count(1, check_fifo);
}

static void use_cancelled(void *arg)
{
    weft_file *file = arg, *second;
    while (weft_sleep(WEFT_MILLISECOND) == WEFT_OK)
        continue;
    CHECK(weft_file_write_at(file, "x", 1, 0) == WEFT_CANCELLED);
    CHECK(weft_file_open(&second, path, WEFT_FILE_READ) == WEFT_CANCELLED);
    weft_file_close(file);
}

static void check_cancel(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "cancelled", use_cancelled, open_file(ALL)) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    int64_t own = weft_deadline_narrow(weft_clock_now());
    weft_file *file;
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_TIMED_OUT);
    CHECK(weft_file_open(&file, path, WEFT_FILE_READ) == WEFT_TIMED_OUT);
    weft_deadline_restore(own);
}

static void cancelled_fibers_can_close(void **state)
{
    (void)state;
    run_and_count(1, check_cancel);
}

/* ---- whole files -------------------------------------------------------------------------- */

static void write_whole(size_t len)
{
    char *bytes = malloc(len + 1);
    CHECK(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(i * 13 >> 3);
    weft_file *file = open_file(ALL | WEFT_FILE_TRUNCATE);
    CHECK(weft_file_write_at(file, bytes, len, 0) == WEFT_OK);
    weft_file_close(file);
    free(bytes);
}

static void check_whole(void *arg)
{
    (void)arg;
    static const size_t lengths[] = {0, 1, 4095, 4096, 4097, 100000};
    weft_arena arena;
    weft_str text;
    weft_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t len = lengths[i];
        write_whole(len);
        CHECK(weft_file_read_all(path, len, &arena, &text) == WEFT_OK);
        CHECK(text.len == len && text.at[len] == '\0');
        for (size_t j = 0; j < len; j++)
            CHECK(text.at[j] == (char)(j * 13 >> 3));
        CHECK(weft_file_read_all(path, SIZE_MAX, &arena, &text) == WEFT_OK && text.len == len);
        if (len > 0)
            CHECK(weft_file_read_all(path, len - 1, &arena, &text) == WEFT_LIMIT);
        weft_arena_reset(&arena);
    }
    weft_arena_init(&arena, 8192);
    CHECK(weft_file_read_all(path, SIZE_MAX, &arena, &text) == WEFT_NO_MEMORY);
    CHECK(weft_file_read_all(directory, SIZE_MAX, &arena, &text) != WEFT_OK);
    CHECK(weft_file_read_all("/nowhere", SIZE_MAX, &arena, &text) == WEFT_NOT_FOUND);
    weft_arena_reset(&arena);
}

static void reads_whole_files(void **state)
{
    (void)state;
    run_and_count(1, check_whole);
}

/* Files of /proc say that they are empty. */
static void check_unsized(void *arg)
{
    (void)arg;
    weft_arena arena;
    weft_str text;
    weft_arena_init(&arena, 0);
    CHECK(weft_file_read_all("/proc/kallsyms", 20000, &arena, &text) == WEFT_LIMIT ||
          access("/proc/kallsyms", R_OK) != 0);
    CHECK(weft_file_read_all("/proc/self/smaps", 16u << 20, &arena, &text) == WEFT_OK);
    CHECK(text.len > 10000 && text.at[text.len] == '\0' && strlen(text.at) == text.len);
    CHECK(weft_file_read_all("/proc/self/smaps", 100, &arena, &text) == WEFT_LIMIT);
    CHECK(weft_file_read_all("/proc/self/smaps", 0, &arena, &text) == WEFT_LIMIT);
    CHECK(weft_file_read_all("/dev/null", 0, &arena, &text) == WEFT_OK && text.len == 0);
    weft_arena_reset(&arena);
}

static void reads_files_that_do_not_say_their_size(void **state)
{
    (void)state;
    run_and_count(1, check_unsized);
}

/* ---- sending ------------------------------------------------------------------------------ */

enum { LONG = (3 << 20) + 12345 };

struct sending {
    weft_stream *stream;
    weft_file *file;
    uint64_t offset, len;
    weft_error error;
};

static void send_it(void *arg)
{
    struct sending *sending = arg;
    sending->error = weft_stream_send_file(sending->stream, sending->file, sending->offset,
                                           sending->len, soon());
    weft_stream_close(sending->stream);
}

/* What comes out of `reader` when the file is sent into `writer`, which is closed then. */
static weft_error send_through(weft_stream *reader, weft_stream *writer, weft_file *file,
                               uint64_t offset, uint64_t len, size_t expected)
{
    struct sending sending = {writer, file, offset, len, WEFT_OK};
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "sender", send_it, &sending) == WEFT_OK);
    char *block = malloc(LONG + 1);
    CHECK(block);
    size_t got;
    CHECK(weft_stream_read_exactly(reader, block, LONG + 1, &got, soon()) == WEFT_CLOSED);
    CHECK(got == expected);
    for (size_t i = 0; i < got; i++)
        CHECK(block[i] == (char)((offset + i) * 13 >> 3));
    weft_fiber_join(fiber);
    free(block);
    weft_stream_close(reader);
    return sending.error;
}

static void send_to_both(weft_file *file, uint64_t offset, uint64_t len, size_t expected,
                         weft_error error)
{
    struct pair pair = connect_pair("127.0.0.1:0");
    CHECK(send_through(pair.server, pair.client, file, offset, len, expected) == error);
    weft_stream *reader, *writer;
    CHECK(weft_pipe_open(&reader, &writer) == WEFT_OK);
    CHECK(send_through(reader, writer, file, offset, len, expected) == error);
}

static void check_send(void *arg)
{
    (void)arg;
    write_whole(LONG);
    weft_file *file = open_file(WEFT_FILE_READ);
    send_to_both(file, 0, LONG, LONG, WEFT_OK);
    send_to_both(file, 4097, 5, 5, WEFT_OK);
    send_to_both(file, LONG, 0, 0, WEFT_OK);
    send_to_both(file, LONG - 10, 11, 10, WEFT_CLOSED); /* the file ends before */
    send_to_both(file, 0, UINT64_MAX, 0, WEFT_INVALID);
    weft_file_close(file);
}

static void sends_files(void **state)
{
    (void)state;
    run_and_count(1, check_send);
}

static void drop_cache(void)
{
    int fd = open(path, O_RDONLY);
    CHECK(fd >= 0 && fdatasync(fd) == 0);
    CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
    close(fd);
}

static void check_cold(void *arg)
{
    (void)arg;
    write_whole(LONG);
    weft_file *file = open_file(WEFT_FILE_READ);
    drop_cache();
    send_to_both(file, 0, LONG, LONG, WEFT_OK);
    weft_file_close(file);
}

static void sends_files_that_are_not_cached(void **state)
{
    (void)state;
    run_and_count(1, check_cold);
}

static void check_send_failures(void *arg)
{
    (void)arg;
    write_whole(LONG);
    weft_file *file = open_file(WEFT_FILE_READ);
    weft_stream *reader, *writer;
    CHECK(weft_pipe_open(&reader, &writer) == WEFT_OK);
    CHECK(weft_stream_send_file(reader, file, 0, 1, soon()) == WEFT_INVALID);
    CHECK(weft_stream_send_file(writer, file, 0, LONG, moment()) == WEFT_TIMED_OUT);
    weft_stream_close(reader);
    CHECK(weft_stream_send_file(writer, file, 0, LONG, soon()) == WEFT_CLOSED); /* no SIGPIPE */
    weft_stream_close(writer);
    struct pair pair = connect_pair("127.0.0.1:0");
    CHECK(weft_stream_finish(pair.client) == WEFT_OK);
    CHECK(weft_stream_send_file(pair.client, file, 0, 1, soon()) == WEFT_CLOSED);
    close_pair(pair);
    weft_file_close(file);
}

static void says_why_it_cannot_send(void **state)
{
    (void)state;
    run_and_count(1, check_send_failures);
}

int main(void)
{
    setenv("WEFT_LOG", "off", 0);
#define TEST(name) cmocka_unit_test_teardown(name, remove_file)
    const struct CMUnitTest tests[] = {
        TEST(reads_and_writes),
        TEST(works_on_plain_threads),
        TEST(opens_as_asked),
        TEST(files_without_a_name),
        TEST(no_space),
        TEST(a_named_pipe_holds_nobody),
        TEST(cancelled_fibers_can_close),
        TEST(reads_whole_files),
        TEST(reads_files_that_do_not_say_their_size),
        TEST(sends_files),
        TEST(sends_files_that_are_not_cached),
        TEST(says_why_it_cannot_send),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
