/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Statements by themselves: from plain threads and from fibers, one at a time and many.
 */
#include "server.h"

static int start(void **state)
{
    do_sql("DROP TABLE IF EXISTS t, u; CREATE TABLE t (i integer PRIMARY KEY, s text)");
    *state = weft_database_open(server_url(""));
    assert_non_null(*state);
    return 0;
}

static int stop(void **state)
{
    weft_database_close(*state);
    assert_true(all_left());
    return 0;
}

#define SERVER(name) cmocka_unit_test_setup_teardown(name, start, stop)

/* ---- plain threads --------------------------------------------------------------------------- */

static void a_thread_writes_and_reads(void **state)
{
    weft_database *db = *state;
    int64_t found = 0;
    assert_int_equal(RUN(db, "INSERT INTO t VALUES ($1, $2)", INT(1), TEXT("one")), WEFT_DB_OK);
    assert_int_equal(ONE_INT(db, &found, "SELECT i FROM t WHERE s = $1", TEXT("one")), WEFT_DB_OK);
    assert_int_equal(found, 1);
    assert_int_equal(ONE_INT(db, &found, "SELECT i FROM t WHERE s = $1", TEXT("two")),
                     WEFT_DB_NONE);
    assert_int_equal(connections_in("idle"), 1);
}

static void affected_rows_are_counted(void **state)
{
    weft_database *db = *state;
    int64_t affected = -1;
    assert_int_equal(weft_db_run(db, STATEMENT_("INSERT INTO t SELECT generate_series(1, 5)", 0, 0),
                                 NULL, &affected),
                     WEFT_DB_OK);
    assert_int_equal(affected, 5);
    assert_int_equal(
        weft_db_run(db, STATEMENT_("UPDATE t SET s = 'x' WHERE i > 3", 0, 0), NULL, &affected),
        WEFT_DB_OK);
    assert_int_equal(affected, 2);
    assert_int_equal(weft_db_run(db, STATEMENT_("SELECT i FROM t", 1, 1), NULL, &affected),
                     WEFT_DB_OK);
    assert_int_equal(affected, 0);
}

/* The server has said how many come. Room that were doubled again and again would not fit. */
static void rows_take_the_room_they_need(void **state)
{
    static const weft_statement count_up = {
        .name = "count_up",
        .sql = "SELECT i::bigint FROM generate_series(1, 1000) i",
        .columns = 1,
        .read_only = true};
    weft_arena arena;
    int64_t *items = NULL;
    size_t count = 0;
    weft_arena_init(&arena, 1000 * sizeof *items + WEFT_ARENA_CHUNK_SIZE / 2);
    assert_int_equal(weft_db_all(*state, &count_up, NULL, &arena, decode_i64, sizeof *items,
                                 (void **)&items, &count),
                     WEFT_DB_OK);
    assert_int_equal(count, 1000);
    assert_int_equal(items[0], 1);
    assert_int_equal(items[999], 1000);
    weft_arena_reset(&arena);
}

/* ---- fibers ---------------------------------------------------------------------------------- */

enum { FIBERS = 64, EACH = 20 };

typedef struct share {
    weft_database *db;
    int index;
    weft_db_result result;
} share;

static void write_and_read_back(void *arg)
{
    share *s = arg;
    for (int i = 0; i < EACH && s->result == WEFT_DB_OK; i++) {
        int64_t id = s->index * EACH + i, found = -1;
        s->result = RUN(s->db, "INSERT INTO t VALUES ($1)", INT(id));
        if (s->result == WEFT_DB_OK)
            s->result = ONE_INT(s->db, &found, "SELECT i FROM t WHERE i = $1", INT(id));
        if (s->result == WEFT_DB_OK && found != id)
            s->result = WEFT_DB_FAILED;
    }
    if (s->result != WEFT_DB_OK)
        print_error("%s\n", last_message());
}

static void many(void *arg)
{
    weft_fiber *fibers[FIBERS];
    share shares[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++) {
        shares[i] = (share){.db = arg, .index = i};
        assert_int_equal(
            weft_fiber_spawn_on(&fibers[i], (unsigned)i, "test", write_and_read_back, &shares[i]),
            WEFT_OK);
    }
    for (int i = 0; i < FIBERS; i++)
        weft_fiber_join(fibers[i]);
    for (int i = 0; i < FIBERS; i++)
        assert_int_equal(shares[i].result, WEFT_DB_OK);
}

static void many_fibers_share_few_connections(void **state)
{
    run_in_fibers(2, many, *state);
    assert_int_equal(count_rows(*state), FIBERS * EACH);
    assert_true(connections_in("%") <= WEFT_DB_CONNECTIONS_MAX);
    do_sql("DELETE FROM t");
    run_in_fibers(1, many, *state); /* a second runtime */
    assert_int_equal(count_rows(*state), FIBERS * EACH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER(a_thread_writes_and_reads),
        SERVER(affected_rows_are_counted),
        SERVER(rows_take_the_room_they_need),
        SERVER(many_fibers_share_few_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
