/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Advisory locks: one holder among fibers, threads and processes; nobody keeps one by being
 * cancelled, killed or forgetful; and who has lost one hears of it.
 */
#include "server.h"

#include <signal.h>
#include <sys/wait.h>
#include <weft/advisory.h>

enum { KEY = 4711 };

static weft_database *db;

static int start(void **state)
{
    (void)state;
    db = weft_database_open(server_url("max_connections=6"));
    assert_non_null(db);
    return 0;
}

static long locked(void)
{
    return ask_number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted");
}

static int stop(void **state)
{
    (void)state;
    assert_int_equal(locked(), 0);
    weft_database_close(db);
    assert_true(all_left());
    return 0;
}

static void has_failed_with(weft_db_result result, weft_db_result expected, const char *text)
{
    assert_int_equal(result, expected);
    if (strstr(last_message(), text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", last_message(), text);
}

/* ---- one holder ------------------------------------------------------------------------------ */

static void take_and_leave(void *arg)
{
    (void)arg;
    weft_advisory *lock, *second;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(weft_advisory_lock(db, KEY + i, &lock), WEFT_DB_OK);
        assert_int_equal(weft_advisory_check(lock), WEFT_DB_OK);
        assert_int_equal(ask_number("SELECT objid FROM pg_locks WHERE locktype = 'advisory'"),
                         KEY + i);
        has_failed_with(weft_advisory_try_lock(db, KEY + i, &second), WEFT_DB_BUSY,
                        "somebody else has the lock 471");
        assert_null(second);
        assert_int_equal(weft_advisory_try_lock(db, -1, &second), WEFT_DB_OK);
        assert_int_equal(weft_advisory_unlock(second), WEFT_DB_OK);
        assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
        assert_int_equal(locked(), 0);
    }
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    assert_true(metrics.connects <= 2); /* connections come back */
}

static void a_lock_has_one_holder(void **state)
{
    (void)state;
    run_in_fibers(1, take_and_leave, NULL);
    take_and_leave(NULL);
}

static void keys_of_names(void **state)
{
    (void)state;
    assert_true(weft_advisory_key(WEFT_STR("")) == (int64_t)UINT64_C(0xcbf29ce484222325));
    assert_true(weft_advisory_key(WEFT_STR("a")) == (int64_t)UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(weft_advisory_key(WEFT_STR("foobar")) == (int64_t)UINT64_C(0x85944171f73967e8));
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void wait_in_vain(void *arg)
{
    (void)arg;
    weft_advisory *lock, *second;
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
    int64_t began = weft_clock_now();
    int64_t old = weft_deadline_narrow(began + 100 * WEFT_MILLISECOND);
    assert_int_equal(weft_advisory_lock(db, KEY, &second), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    assert_null(second);
    assert_true(weft_clock_now() - began >= 100 * WEFT_MILLISECOND);
    assert_true(weft_clock_now() - began < WEFT_SECOND);
    assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
    assert_int_equal(locked(), 0);
}

static void a_wait_ends_by_the_deadline(void **state)
{
    (void)state;
    run_in_fibers(1, wait_in_vain, NULL);
    wait_in_vain(NULL);
}

typedef struct waiter {
    weft_db_result result;
    int64_t waited;
} waiter;

static void wait_for_it(void *arg)
{
    waiter *w = arg;
    weft_advisory *lock;
    int64_t began = weft_clock_now();
    w->result = weft_advisory_lock(db, KEY, &lock);
    w->waited = weft_clock_now() - began;
    if (w->result == WEFT_DB_OK)
        w->result = weft_advisory_unlock(lock);
}

/* Longer than the statement timeout, and than a slice. */
static void hold_for_long(void *arg)
{
    (void)arg;
    weft_advisory *lock;
    weft_fiber *fiber;
    waiter w = {0};
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
    assert_int_equal(weft_fiber_spawn(&fiber, "waiter", wait_for_it, &w), WEFT_OK);
    (void)weft_sleep(2200 * WEFT_MILLISECOND);
    assert_int_equal(
        ask_number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'weft' AND "
                   "clock_timestamp() - xact_start > interval '1900 milliseconds'"),
        0);
    assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
    weft_fiber_join(fiber);
    assert_int_equal(w.result, WEFT_DB_OK);
    assert_true(w.waited >= 2 * WEFT_SECOND);
}

static void a_wait_has_no_other_end_and_no_old_snapshot(void **state)
{
    (void)state;
    weft_database_close(db);
    db = weft_database_open(server_url("statement_timeout=300"));
    run_in_fibers(1, hold_for_long, NULL);
}

static unsigned dice(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Struck before, while and after it locks: nothing is left in any case. */
static void cancel_at_random(void *arg)
{
    (void)arg;
    unsigned seed = 7, cancelled = 0;
    for (int round = 0; round < 60; round++) {
        weft_advisory *lock = NULL;
        weft_fiber *fiber;
        waiter w = {0};
        if (round % 2 != 0)
            assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
        assert_int_equal(weft_fiber_spawn(&fiber, "waiter", wait_for_it, &w), WEFT_OK);
        int64_t until = weft_clock_now() + dice(&seed) % 1500 * WEFT_MICROSECOND;
        while (weft_clock_now() < until)
            weft_yield();
        weft_fiber_cancel(fiber);
        weft_fiber_join(fiber);
        assert_true(w.result == WEFT_DB_CANCELLED || (lock == NULL && w.result == WEFT_DB_OK));
        cancelled += w.result == WEFT_DB_CANCELLED;
        assert_int_equal(locked(), lock != NULL);
        if (lock != NULL)
            assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
    }
    assert_true(cancelled >= 30);
}

static void who_is_cancelled_has_no_lock(void **state)
{
    (void)state;
    run_in_fibers(1, cancel_at_random, NULL);
}

/* ---- other processes ------------------------------------------------------------------------- */

/* Locks, says so, and waits to be killed; does not return. */
static void be_the_other(int tell)
{
    weft_advisory *lock;
    weft_database *own = weft_database_open(server_url(""));
    char done = own != NULL && weft_advisory_lock(own, KEY, &lock) == WEFT_DB_OK ? 'y' : 'n';
    if (write(tell, &done, 1) == 1)
        pause();
    _exit(1);
}

static void a_killed_process_leaves_none(void **state)
{
    (void)state;
    int tell[2], status;
    char done;
    weft_advisory *lock;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0)
        be_the_other(tell[1]);
    assert_int_equal(read(tell[0], &done, 1), 1);
    assert_int_equal(done, 'y');
    assert_int_equal(weft_advisory_try_lock(db, KEY, &lock), WEFT_DB_BUSY);
    int64_t old = weft_deadline_narrow(weft_clock_now() + 50 * WEFT_MILLISECOND);
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);

    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
    assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
    close(tell[0]);
    close(tell[1]);
}

enum { TURNS = 50 };

/* Reads a number, waits, writes it back plus one: without the lock some are lost. */
static int count_up(weft_database *own)
{
    for (int i = 0; i < TURNS; i++) {
        weft_advisory *lock;
        int64_t n;
        if (weft_advisory_lock(own, KEY, &lock) != WEFT_DB_OK ||
            ONE_INT(own, &n, "SELECT n FROM counted") != WEFT_DB_OK)
            return 1;
        usleep(200);
        if (RUN(own, "UPDATE counted SET n = $1", INT(n + 1)) != WEFT_DB_OK ||
            weft_advisory_unlock(lock) != WEFT_DB_OK)
            return 1;
    }
    return 0;
}

static void two_processes_take_turns(void **state)
{
    (void)state;
    int status;
    do_sql("DROP TABLE IF EXISTS counted; CREATE TABLE counted (n int); "
           "INSERT INTO counted VALUES (0)");
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        weft_database *own = weft_database_open(server_url(""));
        int failed = own == NULL || count_up(own);
        weft_database_close(own);
        _exit(failed);
    }
    assert_int_equal(count_up(db), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(ask_number("SELECT n FROM counted"), 2 * TURNS);
}

/* ---- lost and forgotten ---------------------------------------------------------------------- */

static void lose_the_connection(void *arg)
{
    (void)arg;
    weft_advisory *lock;
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
    do_sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    has_failed_with(weft_advisory_check(lock), WEFT_DB_AWAY, "somebody else may have it");
    has_failed_with(weft_advisory_unlock(lock), WEFT_DB_AWAY, "and the lock with it");
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
    assert_int_equal(weft_advisory_unlock(lock), WEFT_DB_OK);
}

static void who_loses_one_hears_of_it(void **state)
{
    (void)state;
    run_in_fibers(1, lose_the_connection, NULL);
    lose_the_connection(NULL);
}

static void forget_it(void *arg)
{
    (void)arg;
    weft_advisory *lock;
    assert_int_equal(weft_advisory_lock(db, KEY, &lock), WEFT_DB_OK);
}

static void forget_in_a_fiber(void *arg)
{
    (void)arg;
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn(&fiber, "forgetful", forget_it, NULL), WEFT_OK);
    weft_fiber_join(fiber);
    assert_int_equal(locked(), 0);
}

static void the_end_of_a_fiber_unlocks(void **state)
{
    (void)state;
    run_in_fibers(1, forget_in_a_fiber, NULL);
}

/* ---- within transactions --------------------------------------------------------------------- */

static void lock_within(void *arg)
{
    (void)arg;
    weft_transaction *one, *two;
    weft_advisory *lock;
    assert_int_equal(weft_transaction_begin(db, NULL, &one), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(db, NULL, &two), WEFT_DB_OK);
    assert_int_equal(weft_transaction_lock(one, KEY), WEFT_DB_OK);
    assert_int_equal(weft_transaction_try_lock(one, KEY), WEFT_DB_OK); /* its own, again */
    assert_int_equal(weft_transaction_try_lock(two, KEY), WEFT_DB_BUSY);
    assert_int_equal(weft_advisory_try_lock(db, KEY, &lock), WEFT_DB_BUSY);
    assert_int_equal(RUN(weft_within(two), "SELECT 1"), WEFT_DB_OK); /* nothing is spoilt */
    int64_t old = weft_deadline_narrow(weft_clock_now() + 50 * WEFT_MILLISECOND);
    assert_int_equal(weft_transaction_lock(two, KEY), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    assert_int_equal(weft_transaction_commit(two), WEFT_DB_TIMED_OUT);
    has_failed_with(weft_advisory_lock(weft_within(one), KEY, &lock), WEFT_DB_FAILED,
                    "weft_transaction_lock");
    assert_int_equal(weft_transaction_commit(one), WEFT_DB_OK);
    assert_int_equal(locked(), 0);
}

static void transactions_have_locks(void **state)
{
    (void)state;
    run_in_fibers(1, lock_within, NULL);
    lock_within(NULL);
}

/* ---- where there are none -------------------------------------------------------------------- */

static void sqlite_has_none(void **state)
{
    (void)state;
    weft_advisory *lock;
    weft_transaction *tx;
    weft_database *other = weft_database_open("sqlite::memory:");
    has_failed_with(weft_advisory_lock(other, KEY, &lock), WEFT_DB_FAILED, "they are PostgreSQL's");
    assert_null(lock);
    assert_int_equal(weft_advisory_try_lock(other, KEY, &lock), WEFT_DB_FAILED);
    assert_int_equal(weft_transaction_begin(other, NULL, &tx), WEFT_DB_OK);
    has_failed_with(weft_transaction_lock(tx, KEY), WEFT_DB_FAILED, "they are PostgreSQL's");
    assert_int_equal(weft_transaction_try_lock(tx, KEY), WEFT_DB_FAILED);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    weft_database_close(other);
}

int main(void)
{
#define SERVER(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        SERVER(a_lock_has_one_holder),
        cmocka_unit_test(keys_of_names),
        SERVER(a_wait_ends_by_the_deadline),
        SERVER(a_wait_has_no_other_end_and_no_old_snapshot),
        SERVER(who_is_cancelled_has_no_lock),
        SERVER(a_killed_process_leaves_none),
        SERVER(two_processes_take_turns),
        SERVER(who_loses_one_hears_of_it),
        SERVER(the_end_of_a_fiber_unlocks),
        SERVER(transactions_have_locks),
        SERVER(sqlite_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
