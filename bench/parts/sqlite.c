/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What a statement costs above SQLite itself: one row by key by the bare calls, on a worker, and
 * handed to a reader thread; inserts by group commit. The kinds of reads take turns within one run,
 * so that a busy machine slows them alike; the least of the rounds counts.
 */
#include <weft/db.h>
#include <weft/runtime.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "db/sqlite/database.h"

enum { ROWS = 10000, ROUNDS = 15, READS = 5000, FIBERS = 256, INSERTS = 100 };

typedef struct user {
    int64_t id;
    weft_str name, email;
} user;

static const char select_text[] = "SELECT id, name, email FROM users WHERE id = $1";
static const weft_statement find_user = {
    .name = "find_user", .sql = select_text, .parameters = 1, .columns = 3, .read_only = true};
static const weft_statement insert_user = {.name = "insert_user",
                                           .sql = "INSERT INTO users (name, email) VALUES ($1, $2)",
                                           .parameters = 2};

static char folder[] = "/tmp/weft-bench-XXXXXX";
static weft_database *database;

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

static weft_db_result decode(const weft_row *row, weft_arena *arena, void *into)
{
    user *u = into;
    WEFT_TRY(weft_row_i64(row, 0, INT64_MIN, INT64_MAX, &u->id));
    WEFT_TRY(weft_row_str(row, 1, arena, &u->name));
    return weft_row_str(row, 2, arena, &u->email);
}

/* ---- reads ----------------------------------------------------------------------------------- */

/* The same work by SQLite's calls: bind, step, take the columns, reset. */
static void read_bare(sqlite3_stmt *statement, weft_arena *arena)
{
    for (int i = 0; i < READS; i++) {
        user u;
        sqlite3_bind_int64(statement, 1, i * 7919 % ROWS + 1);
        check(sqlite3_step(statement) == SQLITE_ROW, "the bare read");
        u.id = sqlite3_column_int64(statement, 0);
        weft_str name = {(const char *)sqlite3_column_text(statement, 1),
                         (size_t)sqlite3_column_bytes(statement, 1)};
        weft_str email = {(const char *)sqlite3_column_text(statement, 2),
                          (size_t)sqlite3_column_bytes(statement, 2)};
        check(weft_arena_copy(arena, name, &u.name) && weft_arena_copy(arena, email, &u.email),
              "copying");
        sqlite3_reset(statement);
        weft_arena_reset(arena);
    }
}

/* `handed`: as if the statement were known as slow, so that every run goes to a reader thread. */
static void read_weft(weft_arena *arena, bool handed)
{
    weft__sqlite *connection = ((weft__sqlite_database *)database)->of_worker[weft_worker_index()];
    for (int i = 0; i < READS; i++) {
        user u;
        weft_db_value id = {.type = WEFT_DB_INTEGER, .integer = i * 7919 % ROWS + 1};
        if (handed)
            weft__sqlite_known(connection, &find_user)->slow = WEFT_SQLITE_SLOW_RUNS;
        check(weft_db_one(database, &find_user, &id, arena, decode, &u) == WEFT_DB_OK, "the read");
        weft_arena_reset(arena);
    }
    if (handed)
        weft__sqlite_known(connection, &find_user)->slow = 0;
}

static void keep_least(int64_t *least, int64_t began)
{
    int64_t took = (weft_clock_now() - began) / READS;
    *least = *least == 0 || took < *least ? took : *least;
}

static void reads(sqlite3_stmt *bare)
{
    weft_arena arena;
    int64_t bare_ns = 0, weft_ns = 0, lane_ns = 0;
    weft_arena_init(&arena, 0);
    read_weft(&arena, false); /* so that the statement is known */
    for (int round = 0; round < ROUNDS; round++) {
        int64_t began = weft_clock_now();
        read_bare(bare, &arena);
        keep_least(&bare_ns, began);
        began = weft_clock_now();
        read_weft(&arena, false);
        keep_least(&weft_ns, began);
        began = weft_clock_now();
        read_weft(&arena, true);
        keep_least(&lane_ns, began);
    }
    printf("one row by key, bare SQLite calls         %6lld ns\n", (long long)bare_ns);
    printf("  by weft_db_one on a worker              %6lld ns  (+%lld)\n", (long long)weft_ns,
           (long long)(weft_ns - bare_ns));
    printf("  handed to a reader thread and back      %6lld ns  (+%lld)\n", (long long)lane_ns,
           (long long)(lane_ns - bare_ns));
}

/* ---- inserts --------------------------------------------------------------------------------- */

static void insert_many(void *arg)
{
    (void)arg;
    weft_db_value values[] = {{.type = WEFT_DB_TEXT, .text = WEFT_STR("Ada Lovelace")},
                              {.type = WEFT_DB_TEXT, .text = WEFT_STR("ada@example.com")}};
    for (int i = 0; i < INSERTS; i++)
        check(weft_db_run(database, &insert_user, values, NULL) == WEFT_DB_OK, "the insert");
}

static void inserts(int fibers)
{
    static weft_fiber *running[FIBERS];
    int64_t began = weft_clock_now();
    for (int i = 0; i < fibers; i++)
        check(weft_fiber_spawn_on(&running[i], (unsigned)i, "insert", insert_many, NULL) == WEFT_OK,
              "spawning");
    for (int i = 0; i < fibers; i++)
        weft_fiber_join(running[i]);
    int64_t took = weft_clock_now() - began;
    printf("inserts, each answered after its commit, %3d fibers: %8lld per second\n", fibers,
           (long long)((int64_t)fibers * INSERTS * WEFT_SECOND / took));
}

static void run(void *bare)
{
    reads(bare);
    inserts(1);
    inserts(16);
    inserts(FIBERS);
}

/* The bare calls' connection is set up like the ones of Weft. */
static sqlite3 *open_bare(const char *path, sqlite3_stmt **statement)
{
    sqlite3 *db;
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
              SQLITE_OK,
          "opening");
    check(sqlite3_exec(db,
                       "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                       "email TEXT NOT NULL);"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                       "i < 10000) INSERT INTO users SELECT i, 'Ada Lovelace ' || i, 'ada' || i || "
                       "'@example.com' FROM n",
                       NULL, NULL, NULL) == SQLITE_OK,
          "filling");
    check(sqlite3_prepare_v3(db, select_text, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) ==
              SQLITE_OK,
          "preparing");
    return db;
}

int main(void)
{
    char url[64], command[64];
    check(mkdtemp(folder) != NULL, "a folder");
    snprintf(url, sizeof(url), "sqlite:%s/bench.db", folder);
    database = weft_database_open(url);
    check(database != NULL, "opening");
    sqlite3_stmt *bare;
    sqlite3 *db = open_bare(url + strlen("sqlite:"), &bare);
    check(weft_runtime_run(NULL, run, bare) == WEFT_OK, "the runtime");
    sqlite3_finalize(bare);
    sqlite3_close(db);
    weft_database_close(database);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
