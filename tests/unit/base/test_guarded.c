/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Memory that is used after its end, or beyond it, when arenas are guarded: each misuse in a child
 * process, which must be caught.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/chunk.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile char seen;
static const char *looked_at;

static const char *owner(void)
{
    return "the test";
}

/* Ends by SIGUSR1 when whose memory it is is known: an exit status would be valgrind's. */
static void on_fault(int number, siginfo_t *info, void *machine)
{
    const char *whose;
    (void)number, (void)machine;
    bool known = info->si_addr == looked_at && weft__guarded_find(info->si_addr, &whose) &&
                 strcmp(whose, "the test") == 0;
    raise(known ? SIGUSR1 : SIGUSR2);
}

static void look_at(const char *at)
{
    looked_at = at;
    seen = *at;
}

/* How a child ends that runs this; what it says on standard error. */
static int run_child(void (*fn)(void), char *said, size_t room)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        dup2(ends[1], STDERR_FILENO);
        struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
        sigaction(SIGSEGV, &action, NULL);
        weft__guarded_owner = owner;
        fn();
        _exit(0);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t got; (got = read(ends[0], said + len, room - 1 - len)) > 0;)
        len += (size_t)got;
    said[len] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void expect_caught(void (*fn)(void))
{
    char said[32768];
    int status = run_child(fn, said, sizeof said);
#ifdef WEFT__UNDER_ASAN
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(said, "weft: use of memory of the test after its end; copy what is to"));
#else
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGUSR1);
#endif
}

static void use_after_reset(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *piece = weft_arena_alloc(&arena, 64, 8);
    memset(piece, 1, 64);
    weft_arena_reset(&arena);
    look_at(piece + 3);
}

static void use_after_rewind(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *piece = weft_arena_alloc(&arena, 64, 8);
    memset(piece, 1, 64);
    weft__arena_rewind(&arena);
    (void)!weft_arena_alloc(&arena, 64, 8);
    look_at(piece + 3);
}

static void use_of_a_large_piece(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    (void)!weft_arena_alloc(&arena, 64, 8);
    char *piece = weft_arena_alloc(&arena, 100000, 8);
    memset(piece, 1, 100000);
    weft_arena_reset(&arena);
    look_at(piece + 70000);
}

/* Many others have come and gone. */
static void use_much_later(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    const char *piece = weft_arena_alloc(&arena, 64, 8);
    weft_arena_reset(&arena);
    for (int i = 0; i < WEFT__GUARDED_KEPT - 1; i++) {
        memset(weft_arena_alloc(&arena, 64, 8), 1, 64);
        weft_arena_reset(&arena);
    }
    look_at(piece + 3);
}

static void *take(void *arena)
{
    return weft_arena_alloc(arena, 64, 8);
}

static void use_of_another_threads(void)
{
    weft_arena arena;
    pthread_t thread;
    void *piece;
    weft_arena_init(&arena, 0);
    pthread_create(&thread, NULL, take, &arena);
    pthread_join(thread, &piece);
    weft_arena_reset(&arena);
    look_at(piece);
}

static void what_is_used_after_its_end_is_caught(void **state)
{
    (void)state;
    expect_caught(use_after_reset);
    expect_caught(use_after_rewind);
    expect_caught(use_of_a_large_piece);
    expect_caught(use_much_later);
    expect_caught(use_of_another_threads);
}

#ifdef WEFT__UNDER_ASAN
static void use_beyond_the_end(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *piece = weft_arena_alloc(&arena, 13, 1);
    memset(weft_arena_alloc(&arena, 64, 1), 1, 64);
    seen = piece[13];
}

static void use_of_what_was_not_asked_for(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    char *piece = weft_arena_alloc(&arena, 64, 8);
    seen = piece[64 + 16];
}

static void what_lies_between_two_pieces_is_caught(void **state)
{
    (void)state;
    char said[32768];
    assert_int_equal(WEXITSTATUS(run_child(use_beyond_the_end, said, sizeof said)), 1);
    assert_non_null(strstr(said, "use-after-poison"));
    assert_int_equal(WEXITSTATUS(run_child(use_of_what_was_not_asked_for, said, sizeof said)), 1);
    assert_non_null(strstr(said, "use-after-poison"));
}
#endif

static void ordinary_use(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (int round = 0; round < 3 * WEFT__GUARDED_KEPT; round++) {
        for (size_t size = 1; size < 9000; size *= 3) {
            char *piece = weft_arena_alloc(&arena, size, 1);
            memset(piece, round, size);
            seen = piece[size - 1];
        }
        weft__arena_rewind(&arena);
    }
    weft_arena_reset(&arena);
}

static void right_use_is_not_caught(void **state)
{
    (void)state;
    char said[32768];
    int status = run_child(ordinary_use, said, sizeof said);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(said, "");
}

static void other_memory_has_no_owner(void **state)
{
    (void)state;
    const char *whose;
    char here = 0;
    assert_false(weft__guarded_find(&here, &whose));
    assert_false(weft__guarded_find(NULL, &whose));
}

int main(void)
{
    setenv("WEFT_GUARD_MEMORY", "1", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_used_after_its_end_is_caught),
#ifdef WEFT__UNDER_ASAN
        cmocka_unit_test(what_lies_between_two_pieces_is_caught),
#endif
        cmocka_unit_test(right_use_is_not_caught),
        cmocka_unit_test(other_memory_has_no_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
