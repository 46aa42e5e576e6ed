/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_scope.c: scopes own their fibers: errors, cancellation, deadlines, memory, bounds.
 */
#include "fibers.h"
#include <pthread.h>
#include <runtime/sanitize.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/scope.h>

struct child {
    int64_t sleep;
    weft_error result; /* unless a wait fails */
    weft_error waited; /* how the wait ended */
    _Atomic bool ended;
};

static weft_error sleep_then(void *arg)
{
    struct child *child = arg;
    child->waited = weft_sleep(child->sleep);
    child->ended = true;
    return child->waited ? child->waited : child->result;
}

static void spawn(weft_scope *scope, unsigned on, weft_scope_fn *fn, void *arg)
{
    CHECK(weft_scope_spawn_on(scope, on, "child", fn, arg) == WEFT_OK);
}

/* Runs `fn` with one worker, and with two, where odd children are on the other one. */
static void run_near_and_far(weft_fiber_fn *fn)
{
    for (unsigned workers = 1; workers <= 2; workers++)
        run_with(workers, fn, NULL);
}

/* With two workers that take from each other whatever has not started. */
static void run_stealing(weft_fiber_fn *fn)
{
    weft_runtime_options options = {.workers = 2, .stealing = WEFT_STEALING_EAGER};
    assert_int_equal(weft_runtime_run(&options, fn, NULL), WEFT_OK);
}

/* ---- joining ------------------------------------------------------------------------------- */

static void leave_empty(void *arg)
{
    (void)arg;
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
}

static void leave_waits(void *arg)
{
    (void)arg;
    struct child children[] = {
        {.sleep = 0}, {.sleep = 5 * WEFT_MILLISECOND}, {.sleep = 0}, {.sleep = WEFT_MILLISECOND}};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
    for (unsigned i = 0; i < 4; i++)
        spawn(&scope, i, sleep_then, &children[i]);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    for (unsigned i = 0; i < 4; i++)
        CHECK(children[i].ended && children[i].waited == WEFT_OK);
}

static void leave_after_the_end(void *arg)
{
    (void)arg;
    struct child child = {.result = WEFT_NOT_FOUND};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 1, sleep_then, &child);
    while (!child.ended)
        CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    CHECK(weft_scope_leave(&scope) == WEFT_NOT_FOUND);
}

static void leaving_waits_for_all(void **state)
{
    (void)state;
    run_near_and_far(leave_empty);
    run_near_and_far(leave_waits);
    run_near_and_far(leave_after_the_end);
}

struct family {
    weft_scope *scope;
    _Atomic unsigned born;
};

static weft_error have_siblings(void *arg)
{
    struct family *family = arg;
    if (atomic_fetch_add(&family->born, 1) >= 200)
        return WEFT_OK;
    unsigned here = weft_worker_index();
    WEFT_TRY(weft_scope_spawn_on(family->scope, here + 1, "sibling", have_siblings, family));
    weft_yield();
    return weft_scope_spawn(family->scope, "sibling", have_siblings, family);
}

static void spawn_from_children(void *arg)
{
    (void)arg;
    weft_scope scope;
    struct family family = {.scope = &scope};
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 0, have_siblings, &family);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    CHECK(family.born > 200);
}

static void children_may_spawn_into_their_scope(void **state)
{
    (void)state;
    run_near_and_far(spawn_from_children);
}

#ifdef WEFT__TSAN
#define MANY  1000 /* ThreadSanitizer needs a megabyte for each */
#define SEEDS 20
#else
#define MANY  10000
#define SEEDS 100
#endif

static weft_error count_up(void *arg)
{
    weft_yield();
    atomic_fetch_add((_Atomic unsigned *)arg, 1);
    return WEFT_OK;
}

static void have_many(void *arg)
{
    (void)arg;
    _Atomic unsigned count = 0;
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    for (unsigned i = 0; i < MANY; i++)
        spawn(&scope, i % 3 == 2 ? WEFT_ANYWHERE : i, count_up, &count);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    CHECK(count == MANY);
}

static void thousands_of_children_are_joined(void **state)
{
    (void)state;
    run_near_and_far(have_many);
}

static void cancel_many(void *arg)
{
    (void)arg;
    static struct child children[MANY];
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    for (unsigned i = 0; i < MANY; i++) {
        children[i] = (struct child){.sleep = WEFT_HOUR};
        spawn(&scope, i, sleep_then, &children[i]);
    }
    CHECK(weft_sleep(WEFT_MILLISECOND) == WEFT_OK);
    weft_scope_cancel(&scope);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(children[i].waited == WEFT_CANCELLED);
}

static void thousands_of_children_are_cancelled(void **state)
{
    (void)state;
    run_near_and_far(cancel_many);
}

static void reach_the_limit(void *arg)
{
    (void)arg;
    struct child sleeper = {.sleep = WEFT_HOUR};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    for (unsigned i = 0; i < WEFT_SCOPE_MAX; i++)
        CHECK(weft_scope_spawn(&scope, "child", sleep_then, &sleeper) == WEFT_OK);
    CHECK(weft_scope_spawn(&scope, "child", sleep_then, &sleeper) == WEFT_LIMIT);
    weft_scope_cancel(&scope);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
}

static void living_children_are_bounded(void **state)
{
    (void)state;
#ifdef WEFT__TSAN
    puts("# skipped: the thread sanitizer does not take so many fibers");
    (void)reach_the_limit;
#else
    run_with(1, reach_the_limit, NULL);
#endif
}

static void threads_have_no_children(void **state)
{
    (void)state;
    struct child child = {0};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    assert_int_equal(weft_scope_spawn(&scope, "child", sleep_then, &child), WEFT_INVALID);
    assert_int_equal(weft_scope_spawn_on(&scope, 0, "child", sleep_then, &child), WEFT_INVALID);
    assert_int_equal(weft_scope_leave(&scope), WEFT_OK);
}

/* Children that may start anywhere end, fail and are cancelled before they have started. */
static void race_with_the_start(void *arg)
{
    (void)arg;
    static _Atomic unsigned count;
    for (unsigned round = 0; round < 300; round++) {
        unsigned spawned = 0;
        weft_scope scope;
        count = 0;
        weft_scope_enter(&scope, WEFT_SCOPE_ALL);
        for (; spawned < round % 40; spawned++)
            spawn(&scope, WEFT_ANYWHERE, count_up, &count);
        if (round % 3 == 0)
            weft_yield();
        weft_scope_cancel(&scope);
        CHECK(weft_scope_leave(&scope) == WEFT_OK);
        CHECK(count == spawned); /* each has run, cancelled or not */
    }
}

static void children_may_start_anywhere(void **state)
{
    (void)state;
    run_stealing(race_with_the_start);
    run_stealing(have_many);
}

/* ---- errors -------------------------------------------------------------------------------- */

/* The third child fails first, then the second, however busy the machine is. */
static const struct child failing[] = {
    {.sleep = 600 * WEFT_MILLISECOND},
    {.sleep = 500 * WEFT_MILLISECOND, .result = WEFT_NOT_FOUND},
    {.sleep = 20 * WEFT_MILLISECOND, .result = WEFT_REFUSED},
    {.sleep = 1 * WEFT_MILLISECOND},
};

static weft_error leave_failing(unsigned flags, struct child children[4])
{
    weft_scope scope;
    memcpy(children, failing, sizeof failing);
    weft_scope_enter(&scope, flags);
    for (unsigned i = 0; i < 4; i++)
        spawn(&scope, i, sleep_then, &children[i]);
    return weft_scope_leave(&scope);
}

static void let_all_finish(void *arg)
{
    (void)arg;
    struct child children[4];
    CHECK(leave_failing(WEFT_SCOPE_ALL, children) == WEFT_REFUSED);
    for (unsigned i = 0; i < 4; i++)
        CHECK(children[i].ended && children[i].waited == WEFT_OK);
}

static void stop_at_the_first(void *arg)
{
    (void)arg;
    struct child children[4];
    CHECK(leave_failing(WEFT_SCOPE_FIRST_ERROR, children) == WEFT_REFUSED);
    CHECK(children[0].waited == WEFT_CANCELLED && children[1].waited == WEFT_CANCELLED);
    CHECK(children[3].waited == WEFT_OK);
}

static void first_error_is_returned(void **state)
{
    (void)state;
    run_near_and_far(let_all_finish);
    run_near_and_far(stop_at_the_first);
}

static weft_error refuse(void *arg)
{
    (void)arg;
    return WEFT_IO;
}

static void all_fail_at_once(void *arg)
{
    (void)arg;
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
    weft_error error = WEFT_OK;
    for (unsigned i = 0; i < 100 && !error; i++) {
        error = weft_scope_spawn_on(&scope, i, "child", refuse, NULL);
        if (i % 10 == 0)
            weft_yield();
    }
    CHECK(error == WEFT_OK || error == WEFT_CANCELLED);
    CHECK(weft_scope_leave(&scope) == WEFT_IO);
}

static void many_may_fail(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50; i++)
        run_near_and_far(all_fail_at_once);
}

/* ---- cancellation -------------------------------------------------------------------------- */

static void cancel_scope(void *arg)
{
    (void)arg;
    struct child waiting = {.sleep = WEFT_HOUR}, failed = {.result = WEFT_IO}, late = {0};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 1, sleep_then, &waiting);
    weft_scope_cancel(&scope);
    CHECK(weft_scope_spawn(&scope, "late", sleep_then, &late) == WEFT_CANCELLED);
    weft_scope_cancel(&scope);
    CHECK(weft_scope_leave(&scope) == WEFT_OK); /* it was asked for */
    CHECK(waiting.waited == WEFT_CANCELLED && !late.ended);

    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 0, sleep_then, &failed);
    spawn(&scope, 1, sleep_then, &waiting);
    CHECK(weft_sleep(5 * WEFT_MILLISECOND) == WEFT_OK);
    weft_scope_cancel(&scope);
    CHECK(weft_scope_leave(&scope) == WEFT_IO);
}

static void scopes_are_cancelled(void **state)
{
    (void)state;
    run_near_and_far(cancel_scope);
}

static weft_error cancel_own_scope(void *arg)
{
    weft_scope_cancel(arg);
    return weft_sleep(WEFT_HOUR);
}

static void *cancel_from_thread(void *scope)
{
    weft_scope_cancel(scope);
    return NULL;
}

static void cancel_from_everywhere(void *arg)
{
    (void)arg;
    struct child waiting = {.sleep = WEFT_HOUR};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 0, sleep_then, &waiting);
    spawn(&scope, 1, cancel_own_scope, &scope);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    CHECK(waiting.waited == WEFT_CANCELLED);

    pthread_t thread;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 0, sleep_then, &waiting);
    CHECK(pthread_create(&thread, NULL, cancel_from_thread, &scope) == 0);
    pthread_join(thread, NULL); /* before leaving, which the thread's visit must not outlast */
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
}

static void children_and_threads_may_cancel(void **state)
{
    (void)state;
    run_near_and_far(cancel_from_everywhere);
}

/* A tree of scopes: each node waits for its children or, at the leaves, for ever. */
struct tree {
    unsigned depth;
    _Atomic unsigned *living;
};

static weft_error grow(void *arg)
{
    struct tree *tree = arg;
    if (tree->depth == 0)
        return weft_sleep(WEFT_HOUR);
    struct tree smaller = {tree->depth - 1, tree->living};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    atomic_fetch_add(tree->living, 1);
    weft_error error = WEFT_OK;
    for (unsigned i = 0; i < 4 && !error; i++)
        error = weft_scope_spawn_on(&scope, i < 2 ? i : WEFT_ANYWHERE, "node", grow, &smaller);
    CHECK(error == WEFT_OK);
    error = weft_scope_leave(&scope);
    atomic_fetch_sub(tree->living, 1);
    CHECK(error == WEFT_CANCELLED);
    return error;
}

static weft_error fell_later(void *arg)
{
    weft_error error = weft_sleep(*(int64_t *)arg);
    return error ? error : WEFT_RESET; /* brings the whole tree down */
}

static void grow_and_fell(void *arg)
{
    (void)arg;
    for (int64_t after = 0; after < 4 * WEFT_MILLISECOND; after += WEFT_MILLISECOND / 4) {
        _Atomic unsigned living = 0;
        struct tree tree = {4, &living};
        weft_scope scope;
        weft_scope_enter(&scope, WEFT_SCOPE_FIRST_ERROR);
        spawn(&scope, 1, grow, &tree);
        spawn(&scope, 0, fell_later, &after);
        CHECK(weft_scope_leave(&scope) == WEFT_RESET);
        CHECK(living == 0); /* nothing outlives its owner */
    }
}

static void cancellation_goes_down_the_tree(void **state)
{
    (void)state;
    run_near_and_far(grow_and_fell);
    run_stealing(grow_and_fell);
}

static void own_shielded(void *arg)
{
    weft_error *result = arg;
    struct child child = {.sleep = 20 * WEFT_MILLISECOND};
    weft_shield shield = weft_shield_begin();
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 1, sleep_then, &child);
    *result = weft_scope_leave(&scope);
    weft_shield_end(shield);
    CHECK(child.waited == WEFT_OK);
}

static void cancel_shielded_owner(void *arg)
{
    (void)arg;
    weft_error result = WEFT_INVALID;
    weft_fiber *fiber;
    CHECK(weft_fiber_spawn(&fiber, "owner", own_shielded, &result) == WEFT_OK);
    CHECK(weft_sleep(2 * WEFT_MILLISECOND) == WEFT_OK);
    weft_fiber_cancel(fiber);
    weft_fiber_join(fiber);
    CHECK(result == WEFT_OK);
}

static void shielded_owners_wait(void **state)
{
    (void)state;
    run_near_and_far(cancel_shielded_owner);
}

/* A tree whose nodes sleep, fail, cancel their scope or spawn as a number says. */
struct bush {
    uint32_t number;
    unsigned depth;
    int *living;
};

static weft_error grow_wild(void *arg)
{
    struct bush *bush = arg;
    uint32_t number = bush->number;
    if (bush->depth == 0) {
        weft_error error = weft_sleep(number % 5 * WEFT_MILLISECOND);
        return error || number % 7 != 0 ? error : WEFT_REFUSED;
    }
    struct bush branches[3];
    weft_scope scope;
    weft_scope_enter(&scope, number % 2 ? WEFT_SCOPE_FIRST_ERROR : WEFT_SCOPE_ALL);
    ++*bush->living;
    weft_scope_narrow(&scope, weft_deadline_after((1 + number % 11) * WEFT_MILLISECOND));
    for (uint32_t i = 0; i < 3; i++) {
        branches[i] = (struct bush){number * 31 + i * 17 + 1, bush->depth - 1, bush->living};
        if (weft_scope_spawn(&scope, "branch", grow_wild, &branches[i]) != WEFT_OK)
            break;
        if (number % 4 == i)
            weft_yield();
    }
    if (number % 9 == 0)
        weft_scope_cancel(&scope);
    weft_error error = weft_scope_leave(&scope);
    --*bush->living;
    return error;
}

static void grow_bush(void *arg)
{
    struct bush *bush = arg;
    (void)!grow_wild(bush); /* whatever became of it, everybody is home */
    if (*bush->living != 0)
        fprintf(stderr, "WEFT_SEED=%u repeats it\n", (unsigned)bush->number);
    CHECK(*bush->living == 0);
}

static void seeds_shake_the_tree(void **state)
{
    (void)state;
    const char *given = getenv("WEFT_SEED");
    uint64_t first = given ? strtoull(given, NULL, 0) : 1, last = given ? first : SEEDS;
    for (uint64_t seed = first; seed <= last; seed++) {
        int living = 0;
        struct bush bush = {.number = (uint32_t)seed, .depth = 4, .living = &living};
        weft_runtime_options options = {.seed = seed, .virtual_time = true};
        assert_int_equal(weft_runtime_run(&options, grow_bush, &bush), WEFT_OK);
    }
}

/* ---- deadlines ----------------------------------------------------------------------------- */

static weft_error report_deadline(void *arg)
{
    *(int64_t *)arg = weft_deadline_current();
    return WEFT_OK;
}

static int64_t deadline_of_child(weft_scope *scope)
{
    int64_t deadline = 0;
    spawn(scope, 1, report_deadline, &deadline);
    CHECK(weft_scope_leave(scope) == WEFT_OK);
    return deadline;
}

static void inherit(void *arg)
{
    (void)arg;
    int64_t hour = weft_deadline_after(WEFT_HOUR), minute = weft_deadline_after(WEFT_MINUTE);
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    CHECK(deadline_of_child(&scope) == WEFT_NEVER);

    int64_t old = weft_deadline_narrow(hour);
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    CHECK(deadline_of_child(&scope) == hour);
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_scope_narrow(&scope, minute);
    weft_scope_narrow(&scope, hour); /* never wider */
    CHECK(deadline_of_child(&scope) == minute);

    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    int64_t wider = weft_deadline_narrow(minute);
    CHECK(deadline_of_child(&scope) == minute);
    weft_deadline_restore(wider);

    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_deadline_restore(old);
    CHECK(deadline_of_child(&scope) == hour); /* what it was when the scope was entered */
}

static void children_inherit_deadlines(void **state)
{
    (void)state;
    run_near_and_far(inherit);
}

static void leave_late(void *arg)
{
    (void)arg;
    struct child child = {.sleep = WEFT_HOUR};
    weft_scope scope;
    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    weft_scope_narrow(&scope, weft_deadline_after(5 * WEFT_MILLISECOND));
    spawn(&scope, 1, sleep_then, &child);
    CHECK(weft_scope_leave(&scope) == WEFT_TIMED_OUT); /* the child's own */
    CHECK(child.waited == WEFT_TIMED_OUT);

    weft_scope_enter(&scope, WEFT_SCOPE_ALL);
    spawn(&scope, 1, sleep_then, &child);
    int64_t old = weft_deadline_narrow(weft_deadline_after(5 * WEFT_MILLISECOND));
    CHECK(weft_scope_leave(&scope) == WEFT_TIMED_OUT); /* the owner's, which the child never had */
    CHECK(child.waited == WEFT_CANCELLED);
    weft_deadline_restore(old);
}

static void late_owners_cancel(void **state)
{
    (void)state;
    run_near_and_far(leave_late);
}

/* ---- memory -------------------------------------------------------------------------------- */

static weft_error make_text(void *arg)
{
    weft_str *text = arg;
    *text = weft_arena_printf(weft_arena_current(), "from worker %u", weft_worker_index());
    return text->at ? WEFT_OK : WEFT_NO_MEMORY;
}

static void allocate_in_children(void *arg)
{
    unsigned flags = *(unsigned *)arg;
    weft_arena *arena = weft_arena_current();
    weft_str texts[20];
    weft_scope scope;
    weft_scope_enter(&scope, flags);
    for (unsigned i = 0; i < 20; i++)
        spawn(&scope, i, make_text, &texts[i]);
    CHECK(weft_scope_leave(&scope) == WEFT_OK);
    if (flags & WEFT_SCOPE_FORGET) {
        CHECK(arena->reserved == 0);
        return;
    }
    CHECK(arena->reserved >= (size_t)20 * WEFT_ARENA_CHUNK_SIZE);
    CHECK(weft_arena_printf(arena, "more").at);
    for (unsigned i = 0; i < 20; i++)
        CHECK(weft_str_starts_with(texts[i], WEFT_STR("from worker ")));
}

static void memory_of_children_passes_to_the_owner(void **state)
{
    (void)state;
    unsigned keep = WEFT_SCOPE_ALL, forget = WEFT_SCOPE_FORGET;
    run_with(2, allocate_in_children, &keep);
    run_with(2, allocate_in_children, &forget);
}

/* ---- misuse -------------------------------------------------------------------------------- */

static void forget_to_leave(void *arg)
{
    weft_scope_enter(arg, WEFT_SCOPE_ALL);
}

static weft_error leave_a_strangers(void *arg)
{
    return weft_scope_leave(arg);
}

static void let_a_stranger_leave(void *arg)
{
    weft_scope_enter(arg, WEFT_SCOPE_ALL);
    spawn(arg, 0, leave_a_strangers, arg);
    (void)!weft_scope_leave(arg);
}

/* Runs main in a process of its own, which must abort; gives what it said. */
static void abort_with(weft_fiber_fn *main, char said[512])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        weft_scope scope;
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        /* ThreadSanitizer lets no thread begin after a fork. */
        weft_runtime_options options = {.workers = 1, .stuck_after = WEFT_NEVER};
        weft_error error = weft_runtime_run(&options, main, &scope);
        _exit(error ? 2 : 0);
    }
    close(ends[1]);
    ssize_t len = read(ends[0], said, 511);
    close(ends[0]);
    said[len > 0 ? len : 0] = '\0';
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void misuse_is_told(void **state)
{
    (void)state;
    char said[512];
    abort_with(forget_to_leave, said);
    assert_non_null(strstr(said, "fiber \"main\" ended inside a scope"));
    abort_with(let_a_stranger_leave, said);
    assert_non_null(strstr(said, "fiber \"child\" leaves a scope that it has not entered"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaving_waits_for_all),
        cmocka_unit_test(children_may_spawn_into_their_scope),
        cmocka_unit_test(thousands_of_children_are_joined),
        cmocka_unit_test(thousands_of_children_are_cancelled),
        cmocka_unit_test(children_may_start_anywhere),
        cmocka_unit_test(living_children_are_bounded),
        cmocka_unit_test(seeds_shake_the_tree),
        cmocka_unit_test(threads_have_no_children),
        cmocka_unit_test(first_error_is_returned),
        cmocka_unit_test(many_may_fail),
        cmocka_unit_test(scopes_are_cancelled),
        cmocka_unit_test(children_and_threads_may_cancel),
        cmocka_unit_test(cancellation_goes_down_the_tree),
        cmocka_unit_test(shielded_owners_wait),
        cmocka_unit_test(children_inherit_deadlines),
        cmocka_unit_test(late_owners_cancel),
        cmocka_unit_test(memory_of_children_passes_to_the_owner),
        cmocka_unit_test(misuse_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
