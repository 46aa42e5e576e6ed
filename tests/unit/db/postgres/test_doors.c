/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Ways to a server: TLS with a certificate that is checked, passwords by SCRAM, a pooler in
 * transaction mode, a replica for what only reads.
 */
#include "cluster.h"

#include <weft/advisory.h>
#include <weft/cursor.h>
#include <weft/subscribe.h>

static weft_database *db;

static void open_url(const char *url, const weft_database_options *options)
{
    db = weft_database_open_with(url, options);
    assert_non_null(db);
}

/* ---- TLS and SCRAM --------------------------------------------------------------------------- */

static void ask_over_tls(void *arg)
{
    (void)arg;
    int64_t n = 0;
    weft_str text;
    assert_int_equal(
        ONE_INT(db, &n, "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
        WEFT_DB_OK);
    assert_int_equal(n, 1);
    for (int i = 0; i < 3; i++) { /* more than one record, and more than one read */
        assert_int_equal(weft_db_one(db,
                                     STATEMENT_("SELECT string_agg(repeat(i::text, 1000), '') FROM "
                                                "generate_series(1, 300) i",
                                                1, true),
                                     NULL, weft_arena_current(), decode_str, &text),
                         WEFT_DB_OK);
        assert_int_equal(text.len, 9 * 1000 + 90 * 2000 + 201 * 3000);
    }
}

static void refused(const char *url, const char *why)
{
    open_url(url, NULL);
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY);
    if (strstr(last_message(), why) == NULL)
        fail_msg("%s does not say %s", last_message(), why);
    assert_null(strstr(last_message(), "secret"));
    assert_null(strstr(last_message(), "wrong"));
    weft_database_close(db);
}

static void tls_and_scram(void **state)
{
    (void)state;
    /* Under valgrind a handshake alone takes seconds. */
    static const weft_database_options patient = {.acquire_timeout = 20 * WEFT_SECOND};
    char url[512];
    cluster(at("create", "secure", "5611"));
    cluster(at("secure", "secure", "5611"));
    static const char form[] = "postgres://ada:%s@localhost:5611/postgres?hostaddr=127.0.0.1&"
                               "sslmode=verify-full&sslrootcert=%s/secure/root.crt";
    snprintf(url, sizeof url, form, "secret%25", clusters_folder);
    open_url(url, &patient);
    run_in_fibers(1, ask_over_tls, NULL);
    ask_over_tls(NULL);
    weft_database_close(db);

    snprintf(url, sizeof url, form, "wrong", clusters_folder);
    refused(url, "password authentication failed for user \"ada\"");
    refused("postgres://ada:secret%25@127.0.0.1:5611/postgres?sslmode=verify-full&"
            "sslrootcert=/nowhere/root.crt",
            "root certificate file");
    refused("postgres://ada:secret%25@127.0.0.1:5611/postgres?sslmode=disable",
            "no pg_hba.conf entry");
    cluster(at("remove", "secure", ""));
}

/* ---- PgBouncer ------------------------------------------------------------------------------- */

enum { FIBERS = 16, ROUNDS = 40 };

static void use_the_pooler(void *arg)
{
    unsigned *failures = arg;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t n = 0;
        weft_transaction *tx;
        weft_db_result result = ONE_INT(db, &n, "SELECT $1::int8 + 1", INT(i));
        if (result == WEFT_DB_OK && n == i + 1)
            result = ONE_INT(db, &n, "SELECT $1::int8 + 2", INT(i));
        if (result == WEFT_DB_OK && n == i + 2)
            result = weft_transaction_begin(db, NULL, &tx);
        if (result == WEFT_DB_OK) {
            result = RUN(weft_within(tx), "INSERT INTO pooled VALUES ($1)", INT(i));
            weft_transaction_rollback(tx);
        }
        /* Until it is known what stands before the server, a transaction may run into it. */
        if (result != WEFT_DB_OK && result != WEFT_DB_CONFLICT) {
            print_error("%s\n", last_message());
            ++*failures;
        }
    }
}

static void crowd_at_the_pooler(void *arg)
{
    (void)arg;
    weft_fiber *fibers[FIBERS];
    unsigned failures[FIBERS] = {0};
    for (int i = 0; i < FIBERS; i++)
        assert_int_equal(
            weft_fiber_spawn_on(&fibers[i], (unsigned)i, "pooled", use_the_pooler, &failures[i]),
            WEFT_OK);
    for (int i = 0; i < FIBERS; i++)
        weft_fiber_join(fibers[i]);
    for (int i = 0; i < FIBERS; i++)
        assert_int_equal(failures[i], 0);
}

static void cancel_at_the_pooler(void *arg)
{
    (void)arg;
    int64_t began = weft_clock_now();
    int64_t old = weft_deadline_narrow(began + 100 * WEFT_MILLISECOND);
    assert_int_equal(RUN(db, "SELECT pg_sleep(30)"), WEFT_DB_TIMED_OUT);
    weft_deadline_restore(old);
    assert_true(weft_clock_now() - began < 2 * WEFT_SECOND); /* then it would be disconnected */
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
}

/* A lock of the session would stay with whoever gets the pooler's connection next. */
static void lock_at_the_pooler(void *arg)
{
    (void)arg;
    weft_advisory *lock;
    weft_transaction *tx, *other;
    int64_t held = -1;
    assert_int_equal(weft_advisory_lock(db, 1, &lock), WEFT_DB_FAILED);
    assert_null(lock);
    assert_non_null(strstr(last_message(), "a pooler before the server"));
    assert_int_equal(weft_advisory_try_lock(db, 1, &lock), WEFT_DB_FAILED);
    assert_int_equal(
        ONE_INT(db, &held, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
        WEFT_DB_OK);
    assert_int_equal(held, 0);
    assert_int_equal(weft_transaction_begin(db, NULL, &tx), WEFT_DB_OK);
    assert_int_equal(weft_transaction_begin(db, NULL, &other), WEFT_DB_OK);
    assert_int_equal(weft_transaction_lock(tx, 1), WEFT_DB_OK);
    assert_int_equal(weft_transaction_try_lock(other, 1), WEFT_DB_BUSY);
    assert_int_equal(weft_transaction_commit(tx), WEFT_DB_OK);
    assert_int_equal(weft_transaction_try_lock(other, 1), WEFT_DB_OK);
    weft_transaction_rollback(other);
}

/* What is listened to in a session that is somebody else's the next moment is never heard. */
static void listen_at_the_pooler(void *arg)
{
    (void)arg;
    weft_subscription *news;
    assert_int_equal(weft_subscribe(db, WEFT_STR("news"), &news), WEFT_DB_FAILED);
    assert_null(news);
    assert_non_null(strstr(last_message(), "a pooler before the server"));
}

static void migrate(void *arg)
{
    assert_int_equal(weft_migrate_up(db, arg, weft_arena_current(), NULL), WEFT_DB_OK);
}

static void run_command(void *arg)
{
    assert_int_equal(system(arg), 0);
}

/* More at once than the pooler has connections; each file is applied once, and nothing is locked. */
static void migrate_at_the_pooler(void *arg)
{
    (void)arg;
    weft_fiber *fibers[6];
    char command[512];
    int64_t held = -1;
    snprintf(command, sizeof command,
             "cd %s && mkdir migrations && cd migrations && for i in 1 2 3; do "
             "echo 'CREATE TABLE '\"migrated_$i ();\" >000${i}_a.sql; done && printf '%%s\\n' "
             "'-- no-transaction' 'CREATE INDEX CONCURRENTLY i ON pooled (i);' >0004_a.sql",
             clusters_folder);
    assert_int_equal(weft_blocking_run(run_command, command), WEFT_OK);
    snprintf(command, sizeof command, "%s/migrations", clusters_folder);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(weft_fiber_spawn(&fibers[i], "migrates", migrate, command), WEFT_OK);
    for (int i = 0; i < 6; i++)
        weft_fiber_join(fibers[i]);
    assert_int_equal(
        ONE_INT(db, &held, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
        WEFT_DB_OK);
    assert_int_equal(held, 0);
}

static void a_pooler_in_transaction_mode(void **state)
{
    (void)state;
    cluster(at("create", "pooled", "5612"));
    if (cluster(at("pool", "pooled", "6612")) == NOT_INSTALLED) {
        print_message("no PgBouncer is installed\n");
        cluster(at("remove", "pooled", ""));
        skip();
    }
    static const char *const switches[] = {"on", "detect"};
    for (int i = 0; i < 2; i++) {
        char url[512];
        snprintf(url, sizeof url,
                 "postgres://postgres@/postgres?host=%s/pooled&port=6612&pgbouncer=%s",
                 clusters_folder, switches[i]);
        open_url(url, NULL);
        assert_int_equal(RUN(db, "CREATE TABLE IF NOT EXISTS pooled (i int)"), WEFT_DB_OK);
        run_in_fibers(2, crowd_at_the_pooler, NULL);
        run_in_fibers(1, cancel_at_the_pooler, NULL);
        run_in_fibers(1, lock_at_the_pooler, NULL);
        run_in_fibers(1, listen_at_the_pooler, NULL);
        assert_int_equal(RUN(db, "DELETE FROM pooled"), WEFT_DB_OK);
        if (i == 0)
            run_in_fibers(1, migrate_at_the_pooler, NULL);
        weft_database_close(db);
    }
    cluster(at("remove", "pooled", ""));
}

/* ---- a replica ------------------------------------------------------------------------------- */

/* The integer that a cursor reads. */
static int64_t first_of_rows(const char *sql)
{
    const weft_statement statement = {
        .name = "first_of_rows", .sql = sql, .columns = 1, .read_only = true};
    weft_cursor *rows;
    int64_t n = -1;
    assert_int_equal(weft_db_open(db, &statement, NULL, decode_i64, &rows), WEFT_DB_OK);
    assert_true(weft__cursor_next(rows, &n));
    assert_int_equal(weft__cursor_close(&rows), WEFT_DB_OK);
    return n;
}

#define WHERE_IT_IS "SELECT pg_is_in_recovery()::int"

/* What the replica gives up because of what it replays is asked again where that cannot happen. */
static void conflict_with_recovery(void)
{
    int64_t n = 0;
    assert_int_equal(RUN(db, "CREATE FUNCTION conflict() RETURNS int LANGUAGE plpgsql AS 'BEGIN IF "
                             "pg_is_in_recovery() THEN RAISE EXCEPTION ''conflict with recovery'' "
                             "USING ERRCODE = ''40001''; END IF; RETURN 7; END'"),
                     WEFT_DB_OK);
    for (int tries = 0; n == 0 && tries < 200; tries++) {
        assert_int_equal(ONE_INT(db, &n, "SELECT count(*) FROM pg_proc WHERE proname = 'conflict'"),
                         WEFT_DB_OK);
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    }
    assert_int_equal(ONE_INT(db, &n, "SELECT conflict()"), WEFT_DB_OK);
    assert_int_equal(n, 7);
}

static void read_from_the_replica(void **state)
{
    (void)state;
    char rest[256], url[512], replica[512];
    int64_t n;
    cluster(at("create", "main", "5613"));
    snprintf(rest, sizeof rest, "%s/copy 5614", clusters_folder);
    cluster(at("replicate", "main", rest));
    snprintf(url, sizeof url, "postgres://postgres@/postgres?host=%s/main&port=5613",
             clusters_folder);
    snprintf(replica, sizeof replica, "postgres://postgres@/postgres?host=%s/copy&port=5614",
             clusters_folder);
    weft_database_options options = {.replica = replica};
    open_url(url, &options);
    assert_int_equal(ONE_INT(db, &n, WHERE_IT_IS), WEFT_DB_OK);
    assert_int_equal(n, 1);
    assert_int_equal(first_of_rows(WHERE_IT_IS), 1);
    weft_database_metrics metrics;
    weft_database_measure(db, &metrics);
    assert_int_equal(metrics.connections, 1); /* the replica's count, too */
    assert_int_equal(WRITE_INT(db, &n, WHERE_IT_IS), WEFT_DB_OK);
    assert_int_equal(n, 0);
    weft_database_measure(db, &metrics);
    assert_int_equal(metrics.connections, 2);
    conflict_with_recovery();
    cluster(at("stop", "copy", ""));
    for (int i = 0; i < 3; i++) { /* then the primary reads */
        assert_int_equal(first_of_rows(WHERE_IT_IS), 0);
        assert_int_equal(ONE_INT(db, &n, WHERE_IT_IS), WEFT_DB_OK);
        assert_int_equal(n, 0);
    }
    assert_int_equal(weft_database_ready(db), WEFT_DB_OK);
    cluster(at("start", "copy", ""));
    cluster(at("stop", "main", ""));
    assert_int_equal(weft_database_ready(db), WEFT_DB_AWAY); /* the replica alone is not enough */
    weft_database_close(db);
    cluster(at("remove", "copy", ""));
    cluster(at("remove", "main", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_and_scram),
        cmocka_unit_test(a_pooler_in_transaction_mode),
        cmocka_unit_test(read_from_the_replica),
    };
    return cmocka_run_group_tests(tests, make_clusters_folder, remove_clusters_folder);
}
