/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Servers that go away: down at the start, restarted as by a crash under load, replaced by their
 * replica. What is answered stays, what cannot be answered fails soon, and work goes on by itself.
 */
#include "cluster.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>

static weft_database *db;

static void open_at(const char *name, const char *port, const char *parameters)
{
    char url[512];
    snprintf(url, sizeof url, "postgres://postgres@/postgres?host=%s/%s&port=%s%s", clusters_folder,
             name, port, parameters);
    db = weft_database_open(url);
    assert_non_null(db);
}

/* ---- down at the start ----------------------------------------------------------------------- */

static void ready_when_up(void *arg)
{
    (void)arg;
    int64_t began = weft_clock_now();
    assert_int_equal(weft_database_ready(db), WEFT_DB_AWAY);
    for (int i = 0; i < 100; i++)
        assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY); /* soon: 100 in less than a second */
    assert_non_null(strstr(last_message(), "no connection: "));
    assert_true(weft_clock_now() - began < 2 * WEFT_SECOND);

    cluster_meanwhile(at("create", "late", "5501"));
    began = weft_clock_now();
    while (weft_database_ready(db) != WEFT_DB_OK) {
        assert_true(weft_clock_now() - began < 5 * WEFT_SECOND);
        (void)weft_sleep(10 * WEFT_MILLISECOND);
    }
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_OK);
}

static void a_server_may_come_later(void **state)
{
    (void)state;
    open_at("late", "5501", "");
    run_in_fibers(2, ready_when_up, NULL);
    weft_database_close(db);
    cluster(at("remove", "late", ""));
}

static void a_thread_waits_for_nothing(void **state)
{
    (void)state;
    open_at("never", "5502", "");
    int64_t began = weft_clock_now();
    for (int i = 0; i < 20; i++)
        assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY);
    assert_true(weft_clock_now() - began < WEFT_SECOND);
    weft_database_close(db);
}

/* A socket that takes connections and says nothing. */
static void a_mute_server_is_away_in_time(void **state)
{
    (void)state;
    char url[128];
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int mute = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(mute, (struct sockaddr *)&here, size), 0);
    assert_int_equal(listen(mute, 8), 0);
    assert_int_equal(getsockname(mute, (struct sockaddr *)&here, &size), 0);
    snprintf(url, sizeof url, "postgres://u@127.0.0.1:%d/db?connect_timeout=1",
             ntohs(here.sin_port));
    db = weft_database_open(url);
    assert_non_null(db);
    int64_t began = weft_clock_now();
    assert_int_equal(RUN(db, "SELECT 1"), WEFT_DB_AWAY);
    int64_t took = weft_clock_now() - began;
    assert_non_null(strstr(last_message(), "timeout expired"));
    assert_true(took >= WEFT_SECOND && took < 4 * WEFT_SECOND);
    weft_database_close(db);
    close(mute);
}

/* ---- restarted ------------------------------------------------------------------------------- */

typedef struct client {
    atomic_bool stop;
    int index;
    atomic_uint good; /* statements answered with success; of a writer, rows that must be there */
    unsigned away, bad;
    unsigned in_doubt; /* of those away */
    int64_t longest;   /* that a statement took */
} client;

static void write_numbers(void *arg)
{
    client *c = arg;
    for (int64_t n = 1; !c->stop; n++) {
        int64_t began = weft_clock_now();
        weft_db_result result = RUN(db, "INSERT INTO seen VALUES ($1, $2)", INT(c->index), INT(n));
        int64_t took = weft_clock_now() - began;
        c->longest = took > c->longest ? took : c->longest;
        if (result == WEFT_DB_OK) {
            c->good++;
        } else if (result == WEFT_DB_AWAY || result == WEFT_DB_BUSY) {
            c->away++;
            c->in_doubt += weft_db_last_failure()->in_doubt;
            (void)weft_sleep(5 * WEFT_MILLISECOND);
        } else {
            c->bad++;
            print_error("%s\n", last_message());
        }
    }
}

static void read_numbers(void *arg)
{
    client *c = arg;
    while (!c->stop) {
        int64_t count;
        weft_db_result result = ONE_INT(db, &count, "SELECT count(*) FROM seen WHERE who < 0");
        c->good += result == WEFT_DB_OK;
        c->away += result == WEFT_DB_AWAY || result == WEFT_DB_BUSY;
        c->bad += result != WEFT_DB_OK && result != WEFT_DB_AWAY && result != WEFT_DB_BUSY;
        if (result != WEFT_DB_OK)
            (void)weft_sleep(5 * WEFT_MILLISECOND);
    }
}

enum { CLIENTS = 16 };

typedef struct load {
    client clients[CLIENTS];
    weft_fiber *fibers[CLIENTS];
} load;

static void start_load(load *l)
{
    for (int i = 0; i < CLIENTS; i++) {
        l->clients[i].index = i;
        assert_int_equal(weft_fiber_spawn_on(&l->fibers[i], (unsigned)i, "client",
                                             i % 4 ? write_numbers : read_numbers, &l->clients[i]),
                         WEFT_OK);
    }
}

static unsigned good_so_far(const load *l)
{
    unsigned good = 0;
    for (int i = 0; i < CLIENTS; i++)
        good += l->clients[i].good;
    return good;
}

/* Ends the load, and looks whether everything answered is there, once. */
static void end_load(load *l)
{
    unsigned away = 0, in_doubt = 0;
    for (int i = 0; i < CLIENTS; i++)
        l->clients[i].stop = true;
    for (int i = 0; i < CLIENTS; i++)
        weft_fiber_join(l->fibers[i]);
    for (int i = 0; i < CLIENTS; i++) {
        int64_t kept = 0, different = 0;
        assert_int_equal(l->clients[i].bad, 0);
        assert_true(l->clients[i].longest < 6 * WEFT_SECOND);
        away += l->clients[i].away;
        if (i % 4 == 0)
            continue;
        assert_int_equal(ONE_INT(db, &kept, "SELECT count(*) FROM seen WHERE who = $1", INT(i)),
                         WEFT_DB_OK);
        assert_int_equal(
            ONE_INT(db, &different, "SELECT count(DISTINCT n) FROM seen WHERE who = $1", INT(i)),
            WEFT_DB_OK);
        assert_true(kept >= l->clients[i].good);
        assert_true(kept <= l->clients[i].good + l->clients[i].in_doubt);
        in_doubt += l->clients[i].in_doubt;
        assert_int_equal(kept, different);
    }
    assert_true(away != 0); /* else nothing has happened to the server */
    print_message("# %u statements failed, of which %u in doubt\n", away, in_doubt);
}

static void make_table(void)
{
    assert_int_equal(RUN(db, "DROP TABLE IF EXISTS seen"), WEFT_DB_OK);
    assert_int_equal(RUN(db, "CREATE TABLE seen (who int, n bigint)"), WEFT_DB_OK);
}

static void restart_under_load(void *arg)
{
    (void)arg;
    load l = {0};
    make_table();
    start_load(&l);
    for (int i = 0; i < 3; i++) {
        unsigned before = good_so_far(&l);
        cluster_meanwhile(at("restart", "crashing", ""));
        int64_t began = weft_clock_now();
        while (good_so_far(&l) < before + 100) {
            assert_true(weft_clock_now() - began < 5 * WEFT_SECOND);
            (void)weft_sleep(5 * WEFT_MILLISECOND);
        }
        int64_t open = 0;
        while (ONE_INT(db, &open,
                       "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'weft'") !=
               WEFT_DB_OK)
            (void)weft_sleep(5 * WEFT_MILLISECOND);
        assert_true(open <= 4);
    }
    end_load(&l);
}

static void a_crash_is_survived(void **state)
{
    (void)state;
    cluster(at("create", "crashing", "5503"));
    open_at("crashing", "5503", "&max_connections=4");
    run_in_fibers(2, restart_under_load, NULL);
    weft_database_close(db);
    cluster(at("remove", "crashing", ""));
}

/* ---- replaced -------------------------------------------------------------------------------- */

static void kill_the_primary(void *arg)
{
    (void)arg;
    load l = {0};
    make_table();
    assert_int_equal(RUN(db, "ALTER SYSTEM SET synchronous_standby_names = '*'"), WEFT_DB_OK);
    int64_t yes;
    assert_int_equal(ONE_INT(db, &yes, "SELECT pg_reload_conf()::int"), WEFT_DB_OK);
    start_load(&l);
    (void)weft_sleep(200 * WEFT_MILLISECOND);
    cluster_meanwhile(at("stop", "first", ""));
    cluster_meanwhile(at("promote", "second", ""));
    unsigned before = good_so_far(&l);
    int64_t began = weft_clock_now();
    while (good_so_far(&l) < before + 50) {
        assert_true(weft_clock_now() - began < 15 * WEFT_SECOND);
        (void)weft_sleep(10 * WEFT_MILLISECOND);
        /* The promoted one waits for a replica as its primary did. */
        PGconn *pg = PQconnectdb(arg);
        PQclear(PQexec(pg, "ALTER SYSTEM RESET synchronous_standby_names"));
        PQclear(PQexec(pg, "SELECT pg_reload_conf()"));
        PQfinish(pg);
    }
    end_load(&l);
}

static void a_promoted_replica_takes_over(void **state)
{
    (void)state;
    char rest[256], second[256], hosts[512];
    cluster(at("create", "first", "5504"));
    snprintf(rest, sizeof rest, "%s/second 5505", clusters_folder);
    cluster(at("replicate", "first", rest));
    snprintf(hosts, sizeof hosts,
             "&target_session_attrs=read-write&max_connections=4&host=%s/first,%s/second",
             clusters_folder, clusters_folder);
    open_at("first", "5504,5505", hosts);
    snprintf(second, sizeof second, "host=%s/second port=5505 user=postgres dbname=postgres",
             clusters_folder);
    run_in_fibers(2, kill_the_primary, second);
    weft_database_close(db);
    cluster(at("remove", "first", ""));
    cluster(at("remove", "second", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_may_come_later),
        cmocka_unit_test(a_thread_waits_for_nothing),
        cmocka_unit_test(a_mute_server_is_away_in_time),
        cmocka_unit_test(a_crash_is_survived),
        cmocka_unit_test(a_promoted_replica_takes_over),
    };
    return cmocka_run_group_tests(tests, make_clusters_folder, remove_clusters_folder);
}
