/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The writer from plain threads: groups, deadlines, lost transactions, and what survives kill -9.
 */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <weft/runtime.h>

enum { THREADS_MAX = 32 };

/* Runs `body` on `count` threads, which each get their own index by `task`. */
typedef struct task {
    weft_database *db;
    int index;
    int ack; /* a pipe for acknowledged rows */
    int64_t deadline;
    weft_db_result result;
} task;

static void start(pthread_t *threads, task *tasks, int count, fixture *f, void *(*body)(void *))
{
    for (int i = 0; i < count; i++) {
        tasks[i].db = f->db;
        tasks[i].index = i;
        assert_int_equal(pthread_create(&threads[i], NULL, body, &tasks[i]), 0);
    }
}

static void join(pthread_t *threads, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* Another process' lock on the database, held until it is closed. */
static sqlite3 *hold_lock(const fixture *f)
{
    sqlite3 *other;
    assert_int_equal(sqlite3_open(f->url + strlen("sqlite:"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return other;
}

static void let_go(sqlite3 *other)
{
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

static void *insert_many(void *arg)
{
    task *t = arg;
    for (int i = 0; i < 500 && t->result == WEFT_DB_OK; i++)
        t->result = RUN(t->db, "INSERT INTO t VALUES ($1)", INT(t->index * 500 + i));
    return NULL;
}

static void threads_write_at_once(void **state)
{
    enum { THREADS = 8 };
    fixture *f = *state;
    pthread_t threads[THREADS];
    task tasks[THREADS] = {0};
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY)"), WEFT_DB_OK);
    start(threads, tasks, THREADS, f, insert_many);
    join(threads, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(tasks[i].result, WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), THREADS * 500);
}

/* Every third breaks a constraint at once, every other third at the commit. */
static void *insert_mixed(void *arg)
{
    task *t = arg;
    if (t->index % 3 == 0)
        t->result = RUN(t->db, "INSERT INTO t VALUES ($1, NULL)", INT(t->index));
    else if (t->index % 3 == 1)
        t->result = RUN(t->db, "INSERT INTO t VALUES (-1, NULL)");
    else
        t->result = RUN(t->db, "INSERT INTO t VALUES ($1, 12345)", INT(t->index));
    return NULL;
}

static void one_failure_in_a_group_is_nobody_elses(void **state)
{
    fixture *f = *state;
    pthread_t threads[THREADS_MAX];
    task tasks[THREADS_MAX] = {0};
    assert_int_equal(RUN(f->db,
                         "CREATE TABLE t (i INTEGER PRIMARY KEY, up INTEGER REFERENCES t (i) "
                         "DEFERRABLE INITIALLY DEFERRED)"),
                     WEFT_DB_OK);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (-1, NULL)"), WEFT_DB_OK);
    sqlite3 *lock = hold_lock(f); /* so that they meet in one group */
    start(threads, tasks, THREADS_MAX, f, insert_mixed);
    usleep(100000);
    let_go(lock);
    join(threads, THREADS_MAX);
    int good = 0;
    for (int i = 0; i < THREADS_MAX; i++) {
        const weft_db_result expected[] = {WEFT_DB_OK, WEFT_DB_UNIQUE, WEFT_DB_FOREIGN_KEY};
        assert_int_equal(tasks[i].result, expected[i % 3]);
        good += i % 3 == 0;
    }
    assert_int_equal(count_rows(f->db), good + 1);
}

/* The first runs far longer than its deadline; the others are in its group. */
static void *insert_one_long(void *arg)
{
    task *t = arg;
    if (t->index == 5) {
        weft_deadline_narrow(weft_deadline_after(200 * WEFT_MILLISECOND));
        t->result = RUN(t->db, "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT "
                               "i + 1 FROM n WHERE i < 100000000) SELECT i FROM n");
    } else {
        t->result = RUN(t->db, "INSERT INTO t VALUES ($1)", INT(t->index));
    }
    return NULL;
}

static void an_interrupted_write_is_nobody_elses_loss(void **state)
{
    enum { THREADS = 12 };
    fixture *f = *state;
    pthread_t threads[THREADS];
    task tasks[THREADS] = {0};
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY)"), WEFT_DB_OK);
    sqlite3 *lock = hold_lock(f);
    int64_t began = weft_clock_now();
    start(threads, tasks, THREADS, f, insert_one_long);
    usleep(50000);
    let_go(lock);
    join(threads, THREADS);
    assert_true(weft_clock_now() - began < 3 * WEFT_SECOND);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(tasks[i].result, i == 5 ? WEFT_DB_TIMED_OUT : WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), THREADS - 1);
}

static void *insert_by_deadline(void *arg)
{
    task *t = arg;
    weft_deadline_narrow(t->deadline);
    t->result = RUN(t->db, "INSERT INTO t VALUES ($1)", INT(t->index));
    return NULL;
}

static void deadlines_end_the_wait_for_a_lock(void **state)
{
    enum { THREADS = 4 };
    fixture *f = *state;
    pthread_t threads[THREADS];
    task tasks[THREADS] = {0};
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    sqlite3 *lock = hold_lock(f);
    int64_t began = weft_clock_now();
    for (int i = 0; i < THREADS; i++)
        tasks[i].deadline = weft_deadline_after(100 * WEFT_MILLISECOND);
    start(threads, tasks, THREADS, f, insert_by_deadline);
    join(threads, THREADS);
    int64_t took = weft_clock_now() - began;
    let_go(lock);
    assert_true(took >= 100 * WEFT_MILLISECOND && took < 2 * WEFT_SECOND);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(tasks[i].result, WEFT_DB_TIMED_OUT);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_OK);
}

static void a_lock_held_too_long_is_busy(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    sqlite3 *lock = hold_lock(f);
    int64_t began = weft_clock_now();
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_BUSY);
    assert_true(weft_clock_now() - began >= 5 * WEFT_SECOND);
    assert_string_equal(last_message(),
                        "database is locked: another process held its lock for 5 seconds");
    int64_t rows;
    assert_int_equal(ONE_INT(f->db, &rows, "SELECT count(*) FROM t"), WEFT_DB_OK);
    let_go(lock);
}

static void a_deadline_interrupts_a_read(void **state)
{
    fixture *f = *state;
    int64_t value = 0, began = weft_clock_now();
    int64_t old = weft_deadline_narrow(weft_deadline_after(100 * WEFT_MILLISECOND));
    assert_int_equal(ONE_INT(f->db, &value, BURN, INT(1000000000)), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    assert_true(weft_clock_now() - began < 2 * WEFT_SECOND);
    assert_string_equal(last_message(), "the deadline passed before the statement ended");
    assert_int_equal(ONE_INT(f->db, &value, BURN, INT(1000)), WEFT_DB_OK);
    assert_int_equal(value, 1000);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

static void *insert_and_tell(void *arg)
{
    task *t = arg;
    for (int64_t i = 0;; i++) {
        int64_t id = t->index * INT64_C(1000000) + i;
        if (RUN(t->db, "INSERT INTO t VALUES ($1)", INT(id)) != WEFT_DB_OK ||
            write(t->ack, &id, sizeof(id)) != sizeof(id))
            _exit(1);
    }
    return NULL;
}

/* The child: writes, and tells which rows were answered, until it is killed. */
static void write_until_killed(fixture *f, int ack)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    task tasks[THREADS] = {0};
    f->db = weft_database_open(f->url);
    if (f->db == NULL)
        _exit(1);
    for (int i = 0; i < THREADS; i++)
        tasks[i].ack = ack;
    start(threads, tasks, THREADS, f, insert_and_tell);
    join(threads, THREADS);
    _exit(1);
}

static void kill_loses_no_answered_row(void **state)
{
    fixture *f = *state;
    size_t answered = 0;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY)"), WEFT_DB_OK);
    for (int round = 0; round < 5; round++) {
        weft_database_close(f->db);
        int ack[2], status;
        assert_int_equal(pipe(ack), 0);
        pid_t child = fork();
        assert_int_not_equal(child, -1);
        if (child == 0)
            write_until_killed(f, ack[1]);
        close(ack[1]);
        int64_t id, present;
        size_t seen = 0, wanted = 200 + 150 * (size_t)round;
        int64_t *ids = calloc(1u << 20, sizeof(*ids));
        assert_non_null(ids);
        while (read(ack[0], &id, sizeof(id)) == sizeof(id)) {
            ids[seen++] = id;
            if (seen == wanted)
                assert_int_equal(kill(child, SIGKILL), 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        close(ack[0]);

        f->db = weft_database_open(f->url);
        assert_non_null(f->db);
        for (size_t i = 0; i < seen; i++) {
            assert_int_equal(
                ONE_INT(f->db, &present, "SELECT count(*) FROM t WHERE i = $1", INT(ids[i])),
                WEFT_DB_OK);
            assert_int_equal(present, 1);
        }
        free(ids);
        answered += seen;
        assert_int_equal(RUN(f->db, "DELETE FROM t"), WEFT_DB_OK);
    }
    print_message("# %zu answered rows, none lost\n", answered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(threads_write_at_once),
        CASE(one_failure_in_a_group_is_nobody_elses),
        CASE(an_interrupted_write_is_nobody_elses_loss),
        CASE(deadlines_end_the_wait_for_a_lock),
        CASE(a_lock_held_too_long_is_busy),
        CASE(a_deadline_interrupts_a_read),
        CASE(kill_loses_no_answered_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
