/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One row by key: libpq used as its manual shows it, PQexecPrepared on a thread for each
 * connection, and Weft's fibers over the same number of connections. Both take turns within one
 * run; queries per second, and the CPU time of each. Needs a server:
 *
 *     tests/support/postgres build/bench/parts/postgres_threads
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <weft/pool.h>
#include <weft/runtime.h>

enum { CONNECTIONS = 8, FIBERS = 128, ROUNDS = 4, ROWS = 10000 };

#define ROUND WEFT_SECOND

static const char select_text[] = "SELECT id, name, email FROM users WHERE id = $1";
static const weft_statement_postgres facts = {select_text, (const uint32_t[]){23},
                                              (const uint32_t[]){23, 25, 25}};
static const weft_statement find_user = {.name = "find_user",
                                         .sql = select_text,
                                         .parameters = 1,
                                         .columns = 3,
                                         .read_only = true,
                                         .postgres = &facts};

typedef struct user {
    int64_t id;
    weft_str name, email;
} user;

static weft_database *database;
static PGconn *connections[CONNECTIONS];
static atomic_uint_least64_t done;
static int64_t end;

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* ---- libpq ----------------------------------------------------------------------------------- */

static void *ask_by_libpq(void *arg)
{
    uint64_t asked = 0;
    for (unsigned i = 1; weft_clock_now() < end; i++, asked++) {
        int32_t id = (int32_t)__builtin_bswap32(i * 7919 % ROWS + 1);
        const char *value = (const char *)&id;
        PGresult *result = PQexecPrepared(arg, "find_user", 1, &value, (const int[]){4},
                                          (const int[]){1}, 1);
        check(PQntuples(result) == 1 && PQgetlength(result, 0, 1) > 0, "PQexecPrepared");
        PQclear(result);
    }
    atomic_fetch_add(&done, asked);
    return NULL;
}

static void run_libpq(void)
{
    pthread_t threads[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++)
        check(pthread_create(&threads[i], NULL, ask_by_libpq, connections[i]) == 0, "a thread");
    for (int i = 0; i < CONNECTIONS; i++)
        pthread_join(threads[i], NULL);
}

/* ---- Weft ------------------------------------------------------------------------------------ */

static weft_db_result decode(const weft_row *row, weft_arena *arena, void *into)
{
    user *u = into;
    WEFT_TRY(weft_row_i64(row, 0, INT32_MIN, INT32_MAX, &u->id));
    WEFT_TRY(weft_row_str(row, 1, arena, &u->name));
    return weft_row_str(row, 2, arena, &u->email);
}

static void ask_by_weft(void *arg)
{
    (void)arg;
    uint64_t asked = 0;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    for (unsigned i = 1; weft_clock_now() < end; i++, asked++) {
        user u;
        weft_db_value id = {.type = WEFT_DB_INTEGER, .integer = i * 7919 % ROWS + 1};
        check(weft_db_one(database, &find_user, &id, &arena, decode, &u) == WEFT_DB_OK &&
                  u.name.len != 0,
              "weft_db_one");
        weft_arena_reset(&arena);
    }
    atomic_fetch_add(&done, asked);
}

static void ask_in_fibers(void *arg)
{
    (void)arg;
    weft_fiber *fibers[FIBERS];
    for (int i = 0; i < FIBERS; i++)
        check(weft_fiber_spawn_on(&fibers[i], (unsigned)i, "ask", ask_by_weft, NULL) == WEFT_OK,
              "spawning");
    for (int i = 0; i < FIBERS; i++)
        weft_fiber_join(fibers[i]);
}

static void run_weft(void)
{
    check(weft_runtime_run(NULL, ask_in_fibers, NULL) == WEFT_OK, "the runtime");
}

/* ---- both ------------------------------------------------------------------------------------ */

typedef struct total {
    uint64_t queries;
    int64_t wall, cpu;
    int64_t server; /* CPU time of its processes, when it runs on this machine */
} total;

static int64_t cpu_time(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * WEFT_SECOND +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * WEFT_MICROSECOND;
}

static int64_t cpu_time_of(const char *pid)
{
    char path[64], text[512] = "";
    long long own = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    const char *after_name = fgets(text, sizeof text, file) ? strrchr(text, ')') : NULL;
    fclose(file);
    if (after_name == NULL ||
        sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld", &own,
               &kernel) != 2)
        return 0;
    return (own + kernel) * (WEFT_SECOND / sysconf(_SC_CLK_TCK));
}

static int64_t server_time(void)
{
    PGresult *pids = PQexec(connections[0], "SELECT pid FROM pg_stat_activity");
    int64_t sum = 0;
    for (int i = 0; i < PQntuples(pids); i++)
        sum += cpu_time_of(PQgetvalue(pids, i, 0));
    PQclear(pids);
    return sum;
}

static void measure(void (*run)(void), total *t)
{
    int64_t server = server_time(), cpu = cpu_time(), began = weft_clock_now();
    atomic_store(&done, 0);
    end = began + ROUND;
    run();
    t->queries += atomic_load(&done);
    t->wall += weft_clock_now() - began;
    t->cpu += cpu_time() - cpu;
    t->server += server_time() - server;
}

static double per_second(const total *t)
{
    return (double)t->queries * WEFT_SECOND / (double)t->wall;
}

static double each(int64_t time, const total *t)
{
    return (double)time / (double)t->queries / WEFT_MICROSECOND;
}

static void report(const char *name, const total *t, const total *libpq)
{
    printf("%-32s %7.0f queries/s (%.2fx); CPU of each: client %5.2f us (%.2fx), server %5.2f us, "
           "both %5.2f us (%.2fx)\n",
           name, per_second(t), per_second(t) / per_second(libpq), each(t->cpu, t),
           each(t->cpu, t) / each(libpq->cpu, libpq), each(t->server, t),
           each(t->cpu + t->server, t),
           each(t->cpu + t->server, t) / each(libpq->cpu + libpq->server, libpq));
}

static void open_libpq(void)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        connections[i] = PQconnectdb(getenv("DATABASE_URL"));
        check(PQstatus(connections[i]) == CONNECTION_OK, "connecting");
        if (i == 0)
            PQclear(
                PQexec(connections[0],
                       "CREATE TABLE users (id int PRIMARY KEY, name text, email text); INSERT "
                       "INTO users SELECT i, 'Ada Lovelace ' || i, 'ada' || i || '@example.com' "
                       "FROM generate_series(1, 10000) i; ANALYZE users"));
        PQclear(PQprepare(connections[i], "find_user", select_text, 1, (const Oid[]){23}));
    }
}

int main(void)
{
    const weft_database_options options = {.max_connections = CONNECTIONS, .shared = CONNECTIONS};
    total libpq = {0}, weft = {0};
    open_libpq();
    database = weft_database_open_with(getenv("DATABASE_URL"), &options);
    check(database != NULL, "opening DATABASE_URL");
    for (int i = 0; i < ROUNDS; i++) {
        measure(run_libpq, &libpq);
        measure(run_weft, &weft);
    }
    report("libpq, 8 threads, 8 connections", &libpq, &libpq);
    report("Weft, 128 fibers, 8 connections", &weft, &libpq);
    weft_database_metrics m;
    weft_database_measure(database, &m);
    printf("Weft: %llu statements moved, %llu waits for a connection of %.1f ms on average\n",
           (unsigned long long)m.moved, (unsigned long long)m.acquired,
           m.acquired ? (double)m.acquire_time / (double)m.acquired / WEFT_MILLISECOND : 0.);
    weft_database_close(database);
    for (int i = 0; i < CONNECTIONS; i++)
        PQfinish(connections[i]);
    return 0;
}
