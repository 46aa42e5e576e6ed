/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements from fibers: nobody freezes a worker, everybody ends by deadline or cancellation.
 */
#include "fixture.h"

#include <sqlite3.h>
#include <weft/runtime.h>

#include "db/sqlite/database.h"

/* Runs `body(f)` as the first fiber of a runtime. */
static void in_runtime(unsigned workers, void (*body)(void *), fixture *f)
{
    weft_runtime_options options = {.workers = workers};
    assert_int_equal(weft_runtime_run(&options, body, f), WEFT_OK);
}

static weft_fiber *spawn_on(unsigned on, weft_fiber_fn *fn, void *arg)
{
    weft_fiber *fiber;
    assert_int_equal(weft_fiber_spawn_on(&fiber, on, "test", fn, arg), WEFT_OK);
    return fiber;
}

static sqlite3 *hold_lock(const fixture *f)
{
    sqlite3 *other;
    assert_int_equal(sqlite3_open(f->url + strlen("sqlite:"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return other;
}

/* ---- every kind, many fibers ----------------------------------------------------------------- */

enum { WRITERS = 64, ROWS_EACH = 20 };

typedef struct share {
    fixture *f;
    int index;
    weft_db_result result;
} share;

static void write_and_read_back(void *arg)
{
    share *s = arg;
    for (int i = 0; i < ROWS_EACH && s->result == WEFT_DB_OK; i++) {
        int64_t id = s->index * ROWS_EACH + i, found = -1;
        s->result = RUN(s->f->db, "INSERT INTO t VALUES ($1)", INT(id));
        /* What was answered is visible to every later read, on whichever connection. */
        if (s->result == WEFT_DB_OK)
            s->result = ONE_INT(s->f->db, &found, "SELECT i FROM t WHERE i = $1", INT(id));
        if (found != id)
            s->result = WEFT_DB_FAILED;
    }
}

static void many_fibers_body(void *arg)
{
    fixture *f = arg;
    weft_fiber *fibers[WRITERS];
    share shares[WRITERS] = {0};
    for (int i = 0; i < WRITERS; i++) {
        shares[i] = (share){.f = f, .index = i};
        fibers[i] = spawn_on((unsigned)i, write_and_read_back, &shares[i]);
    }
    for (int i = 0; i < WRITERS; i++)
        weft_fiber_join(fibers[i]);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(shares[i].result, WEFT_DB_OK);
}

static void many_fibers_read_and_write(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY)"), WEFT_DB_OK);
    in_runtime(2, many_fibers_body, f);
    assert_int_equal(count_rows(f->db), WRITERS * ROWS_EACH);
    assert_int_equal(RUN(f->db, "DELETE FROM t"), WEFT_DB_OK);
    in_runtime(1, many_fibers_body, f); /* a second runtime finds the connections of the first */
    assert_int_equal(count_rows(f->db), WRITERS * ROWS_EACH);
}

/* ---- slow statements ------------------------------------------------------------------------- */

typedef struct ticker {
    bool stop;
    int ticks;
    int64_t longest; /* between two ticks */
} ticker;

static void tick(void *arg)
{
    ticker *t = arg;
    int64_t last = weft_clock_now();
    while (!t->stop && weft_sleep(WEFT_MILLISECOND) == WEFT_OK) {
        int64_t now = weft_clock_now();
        if (now - last > t->longest)
            t->longest = now - last;
        last = now;
        t->ticks++;
    }
}

static void slow_body(void *arg)
{
    fixture *f = arg;
    ticker t = {0};
    const int64_t rounds = getenv("WEFT_VALGRIND") ? 100000 : 2000000;
    int64_t value = 0, began = weft_clock_now();
    weft_fiber *ticking = spawn_on(0, tick, &t);
    assert_int_equal(ONE_INT(f->db, &value, BURN, INT(rounds)), WEFT_DB_OK);
    int64_t took = weft_clock_now() - began;
    t.stop = true;
    weft_fiber_join(ticking);
    assert_int_equal(value, rounds);
    print_message("# a statement of %lld ms; meanwhile %d ticks, the longest after %lld us\n",
                  (long long)(took / WEFT_MILLISECOND), t.ticks,
                  (long long)(t.longest / WEFT_MICROSECOND));
    /* The bound is loose for machines that are busy with other things. */
    assert_true(took > 50 * WEFT_MILLISECOND && t.longest < took / 2);
    assert_true(t.ticks > 10);
}

static void a_slow_statement_does_not_freeze_its_worker(void **state)
{
    in_runtime(1, slow_body, *state);
}

static weft_db_result decode_pair(const weft_row *row, weft_arena *arena, void *into)
{
    (void)arena;
    return weft_row_i64(row, 0, 0, INT64_MAX, into);
}

/* Rows come before the budget ends; none of them may be there twice. */
static void rows_of_a_dropped_attempt_body(void *arg)
{
    fixture *f = arg;
    static const weft_statement rows = {
        .name = "rows",
        .sql = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - 1) "
               "SELECT i FROM n",
        .parameters = 1,
        .columns = 1,
        .read_only = true};
    int64_t *items = NULL;
    size_t count = 0;
    weft_db_value many = INT(200000);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(weft_db_all(f->db, &rows, &many, &f->arena, decode_pair, sizeof(*items),
                                     (void **)&items, &count),
                         WEFT_DB_OK);
        assert_int_equal(count, 200000);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(items[i], i);
    }
}

static void rows_of_a_dropped_attempt_are_gone(void **state)
{
    in_runtime(1, rows_of_a_dropped_attempt_body, *state);
}

static const weft_statement burn = {
    .name = "burn", .sql = BURN, .parameters = 1, .columns = 1, .read_only = true};

static void burn_once(fixture *f, int64_t rounds)
{
    int64_t value;
    weft_db_value n = INT(rounds);
    assert_int_equal(weft_db_one(f->db, &burn, &n, &f->arena, decode_i64, &value), WEFT_DB_OK);
    assert_int_equal(value, rounds);
}

static unsigned slow_mark(const fixture *f, const weft_statement *statement)
{
    weft__sqlite_database *database = (weft__sqlite_database *)f->db;
    weft__prepared *known = weft__sqlite_known(database->of_worker[0], statement);
    assert_non_null(known);
    return known->slow;
}

/* Under valgrind the fastest statement takes longer than a fast one may. */
static bool all_are_slow(void)
{
    if (!getenv("WEFT_VALGRIND"))
        return false;
    print_message("# not under valgrind, where every statement is slow\n");
    return true;
}

static void slow_statements_body(void *arg)
{
    fixture *f = arg;
    burn_once(f, 1);
    assert_int_equal(slow_mark(f, &burn), 0);
    burn_once(f, 300000);
    assert_true(slow_mark(f, &burn) >= WEFT_SQLITE_SLOW_RUNS - 1);
    /* Fast again: it comes back after so many runs, give or take what disturbs them. */
    unsigned runs = 0;
    for (; slow_mark(f, &burn) != 0 && runs < 20 * WEFT_SQLITE_SLOW_RUNS; runs++)
        burn_once(f, 1);
    assert_true(runs >= WEFT_SQLITE_SLOW_RUNS - 1);
    assert_int_equal(slow_mark(f, &burn), 0);
}

static void slow_statements_are_remembered_and_forgiven(void **state)
{
    if (!all_are_slow())
        in_runtime(1, slow_statements_body, *state);
}

static const weft_statement count_all = {
    .name = "count_all", .sql = "SELECT count(*) FROM t", .columns = 1, .read_only = true};

/* Counting a table is one step of SQLite's machine, which no handler interrupts. */
static void uninterruptible_body(void *arg)
{
    fixture *f = arg;
    int64_t value;
    for (int i = 0; i < 2; i++)
        assert_int_equal(weft_db_one(f->db, &count_all, NULL, &f->arena, decode_i64, &value),
                         WEFT_DB_OK);
    assert_int_equal(slow_mark(f, &count_all), 0);
    assert_int_equal(RUN(f->db, "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                                "i + 1 FROM n WHERE i < 1000000) SELECT i FROM n"),
                     WEFT_DB_OK);
    assert_int_equal(weft_db_one(f->db, &count_all, NULL, &f->arena, decode_i64, &value),
                     WEFT_DB_OK);
    assert_int_equal(value, 1000000);
    assert_int_equal(slow_mark(f, &count_all), WEFT_SQLITE_SLOW_RUNS);
}

static void what_cannot_be_interrupted_is_noticed(void **state)
{
    fixture *f = *state;
    if (all_are_slow())
        return;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    in_runtime(1, uninterruptible_body, f);
}

/* ---- depth ----------------------------------------------------------------------------------- */

static const weft_statement match_self = {.name = "match_self",
                                          .sql = "SELECT $1 LIKE $1",
                                          .parameters = 1,
                                          .columns = 1,
                                          .read_only = true};
static const weft_statement parse_json = {.name = "parse_json",
                                          .sql = "SELECT json_patch($1, $1) IS NOT NULL",
                                          .parameters = 1,
                                          .columns = 1,
                                          .read_only = true};

/* Data for which SQLite needs more stack than a fiber has. */
static void depth_body(void *arg)
{
    enum { WILD = 20000, LEVELS = 1999 };
    fixture *f = arg;
    int64_t value;
    char *text = calloc(2, WILD + 1);
    assert_non_null(text);
    for (int i = 0; i < WILD; i++)
        memcpy(text + 2 * i, "%a", 2);
    weft_db_value patterns[] = {TEXT("a%"), TEXT(text), TEXT("b%")};
    for (size_t i = 0; i < 6; i++) { /* the statement is known as fast when the long one comes */
        value = 0;
        assert_int_equal(
            weft_db_one(f->db, &match_self, &patterns[i % 3], &f->arena, decode_i64, &value),
            WEFT_DB_OK);
        assert_int_equal(value, 1);
    }
    memset(text, 0, 2 * WILD);
    for (int i = 0; i < LEVELS; i++)
        strcat(text, "{\"a\":");
    strcat(text, "1");
    memset(text + strlen(text), '}', LEVELS);
    weft_db_value json = TEXT(text);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weft_db_one(f->db, &parse_json, &json, &f->arena, decode_i64, &value),
                         WEFT_DB_OK);
    assert_true(slow_mark(f, &parse_json) == WEFT__SQLITE_NEVER);
    free(text);
}

static void deep_data_does_not_overflow_a_fiber(void **state)
{
    in_runtime(1, depth_body, *state);
}

/* ---- deadlines, cancellation, limits --------------------------------------------------------- */

static void deadline_body(void *arg)
{
    fixture *f = arg;
    int64_t value, began = weft_clock_now();
    int64_t old = weft_deadline_narrow(weft_deadline_after(100 * WEFT_MILLISECOND));
    assert_int_equal(ONE_INT(f->db, &value, BURN, INT(1000000000)), WEFT_DB_TIMED_OUT);
    assert_int_equal(weft_db_last_failure()->result, WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    assert_true(weft_clock_now() - began < 2 * WEFT_SECOND);

    sqlite3 *lock = hold_lock(f);
    old = weft_deadline_narrow(weft_deadline_after(50 * WEFT_MILLISECOND));
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    sqlite3_close(lock);
    assert_int_equal(count_rows(f->db), 0);
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (1)"), WEFT_DB_OK);
}

static void deadlines_reach_the_statement(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    in_runtime(1, deadline_body, f);
}

static void read_forever(void *arg)
{
    share *s = arg;
    int64_t value;
    s->result = ONE_INT(s->f->db, &value, BURN, INT(1000000000));
}

static void write_forever(void *arg)
{
    share *s = arg;
    s->result = RUN(s->f->db,
                    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                    "FROM n) SELECT i FROM n");
}

static void cancel_body(void *arg)
{
    fixture *f = arg;
    weft_fiber_fn *const bodies[] = {read_forever, write_forever};
    for (size_t i = 0; i < 2; i++) {
        share s = {.f = f};
        weft_fiber *fiber = spawn_on(0, bodies[i], &s);
        assert_int_equal(weft_sleep(50 * WEFT_MILLISECOND), WEFT_OK);
        weft_fiber_cancel(fiber);
        weft_fiber_join(fiber);
        assert_int_equal(s.result, WEFT_DB_CANCELLED);
    }
    assert_int_equal(count_rows(f->db), 0);
}

static void cancellation_stops_the_statement(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    in_runtime(1, cancel_body, f);
}

static void insert_one(void *arg)
{
    share *s = arg;
    s->result = RUN(s->f->db, "INSERT INTO t VALUES ($1)", INT(s->index));
}

static void full_queue_body(void *arg)
{
    enum { FIBERS = WEFT_DB_QUEUE + 100 };
    fixture *f = arg;
    share *shares = calloc(FIBERS, sizeof(*shares));
    weft_fiber **fibers = calloc(FIBERS, sizeof(*fibers));
    assert_true(shares != NULL && fibers != NULL);
    sqlite3 *lock = hold_lock(f);
    for (int i = 0; i < FIBERS; i++) {
        shares[i] = (share){.f = f, .index = i};
        fibers[i] = spawn_on(0, insert_one, &shares[i]);
    }
    while (shares[FIBERS - 1].result ==
           WEFT_DB_OK) /* the last one does not even get into the queue */
        assert_int_equal(weft_sleep(WEFT_MILLISECOND), WEFT_OK);
    sqlite3_close(lock);
    int busy = 0;
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_join(fibers[i]);
        busy += shares[i].result == WEFT_DB_BUSY;
        assert_true(shares[i].result == WEFT_DB_OK || shares[i].result == WEFT_DB_BUSY);
    }
    assert_true(busy >= 99 &&
                busy <= 100); /* the writer had taken one, or none, out of the queue */
    assert_int_equal(count_rows(f->db), FIBERS - busy);
    free(shares);
    free(fibers);
}

static void a_full_queue_is_busy(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    in_runtime(1, full_queue_body, f);
}

/* ---- fairness, closing, threads -------------------------------------------------------------- */

static void read_many(void *arg)
{
    share *s = arg;
    int64_t value;
    for (int i = 0; i < 20 * WEFT_SQLITE_TURNS; i++)
        assert_int_equal(ONE_INT(s->f->db, &value, "SELECT 1"), WEFT_DB_OK);
    s->result = WEFT_DB_NONE;
}

static void turns_body(void *arg)
{
    fixture *f = arg;
    share s = {.f = f};
    weft_fiber *reader = spawn_on(0, read_many, &s);
    int turns = 0;
    for (; s.result == WEFT_DB_OK; turns++)
        weft_yield();
    weft_fiber_join(reader);
    assert_true(turns >= 20);
}

static void inline_reads_give_way_at_times(void **state)
{
    in_runtime(1, turns_body, *state);
}

static void close_body(void *arg)
{
    fixture *f = arg;
    for (int i = 0; i < 5; i++) {
        int64_t value;
        assert_int_equal(ONE_INT(f->db, &value, "SELECT 1"), WEFT_DB_OK);
        weft_database_close(f->db);
        f->db = weft_database_open(f->url);
        assert_non_null(f->db);
    }
}

static void a_database_can_be_closed_in_a_runtime(void **state)
{
    in_runtime(2, close_body, *state);
}

static void from_blocking_pool(void *arg)
{
    insert_one(arg);
}

static void blocking_body(void *arg)
{
    share s = {.f = arg, .index = 3};
    assert_int_equal(weft_blocking_run(from_blocking_pool, &s), WEFT_OK);
    assert_int_equal(s.result, WEFT_DB_OK);
    assert_int_equal(count_rows(s.f->db), 1);
}

static void blocking_threads_may_call(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER)"), WEFT_DB_OK);
    in_runtime(1, blocking_body, f);
}

/* ---- throughput ------------------------------------------------------------------------------ */

enum { LOAD_FIBERS = 256, LOAD_EACH = 40 };

static void insert_load(void *arg)
{
    share *s = arg;
    for (int i = 0; i < LOAD_EACH && s->result == WEFT_DB_OK; i++)
        s->result = RUN(s->f->db, "INSERT INTO t VALUES ($1)", INT(s->index * LOAD_EACH + i));
}

static void load_body(void *arg)
{
    fixture *f = arg;
    static share shares[LOAD_FIBERS];
    weft_fiber *fibers[LOAD_FIBERS];
    int64_t began = weft_clock_now();
    for (int i = 0; i < LOAD_FIBERS; i++) {
        shares[i] = (share){.f = f, .index = i};
        fibers[i] = spawn_on((unsigned)i, insert_load, &shares[i]);
    }
    for (int i = 0; i < LOAD_FIBERS; i++)
        weft_fiber_join(fibers[i]);
    int64_t took = weft_clock_now() - began;
    for (int i = 0; i < LOAD_FIBERS; i++)
        assert_int_equal(shares[i].result, WEFT_DB_OK);
    print_message("# %d inserts, each answered after its commit: %lld per second\n",
                  LOAD_FIBERS * LOAD_EACH,
                  (long long)(LOAD_FIBERS * LOAD_EACH * WEFT_SECOND / took));
}

static void groups_share_a_commit(void **state)
{
    fixture *f = *state;
    assert_int_equal(RUN(f->db, "CREATE TABLE t (i INTEGER PRIMARY KEY)"), WEFT_DB_OK);
    in_runtime(2, load_body, f);
    assert_int_equal(count_rows(f->db), LOAD_FIBERS * LOAD_EACH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(many_fibers_read_and_write),
        CASE(a_slow_statement_does_not_freeze_its_worker),
        CASE(rows_of_a_dropped_attempt_are_gone),
        CASE(slow_statements_are_remembered_and_forgiven),
        CASE(what_cannot_be_interrupted_is_noticed),
        CASE(deep_data_does_not_overflow_a_fiber),
        CASE(deadlines_reach_the_statement),
        CASE(cancellation_stops_the_statement),
        CASE(a_full_queue_is_busy),
        CASE(inline_reads_give_way_at_times),
        CASE(a_database_can_be_closed_in_a_runtime),
        CASE(blocking_threads_may_call),
        CASE(groups_share_a_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
