/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Faults in databases by themselves, on the one that DATABASE_URL names (without it on SQLite):
 * opening, migrations, transactions, cursors, COPY, notifications; from a fiber and from a plain
 * thread.
 */
#include "faults.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft/copy.h>
#include <weft/subscribe.h>
#include <weft/test_database.h>
#include <weft/weft.h>

static weft_test_database test;

static void open_database(void)
{
    weft_test_database_open(&test, getenv("MIGRATIONS"));
}

static void close_database(void)
{
    weft_test_database_close(&test);
}

/* ---- statements ------------------------------------------------------------------------------ */

#define PARAMETERS(...) ((const weft_db_value[]){__VA_ARGS__})
#define TEXT(value)     ((weft_db_value){.type = WEFT_DB_TEXT, .text = weft_str_from(value)})

#define STATEMENT(name_, sql_, parameters_, columns_, read_only_)     \
    static const weft_statement name_ = {.name = #name_,              \
                                         .sql = (sql_),               \
                                         .file = __FILE__,            \
                                         .line = __LINE__,            \
                                         .parameters = (parameters_), \
                                         .columns = (columns_),       \
                                         .read_only = (read_only_)}
STATEMENT(add_user, "INSERT INTO users (name, email) VALUES ($1, $2)", 2, 0, false);
STATEMENT(some_users,
          "SELECT name FROM (VALUES ('Ada'), ('Ben'), ('Cid')) AS names(name) WHERE name <> $1", 1,
          1, true);
STATEMENT(some_users_sqlite,
          "SELECT column1 FROM (VALUES ('Ada'), ('Ben'), ('Cid')) WHERE column1 <> $1", 1, 1, true);

static weft_db_result decode_name(const weft_row *row, weft_arena *arena, void *into)
{
    return weft_row_str(row, 0, arena, into);
}

static const weft_statement *reading(void)
{
    return strncmp(test.url, "sqlite:", 7) == 0 ? &some_users_sqlite : &some_users;
}

static weft_db_result read_all(weft_database *db, weft_arena *arena)
{
    void *names;
    size_t count;
    WEFT_TRY(weft_db_all(db, reading(), PARAMETERS(TEXT("Ben")), arena, decode_name,
                         sizeof(weft_str), &names, &count));
    return count == 2 ? WEFT_DB_OK : WEFT_DB_VALUE;
}

/* Violates the unique address of the second one; nothing stays. */
static weft_db_result add_twice(weft_transaction *tx)
{
    weft_database *db = weft_within(tx);
    WEFT_TRY(weft_db_run(db, &add_user, PARAMETERS(TEXT("Ada"), TEXT("a@example.com")), NULL));
    weft_transaction *inner;
    WEFT_TRY(weft_transaction_begin(db, NULL, &inner));
    weft_db_result result = weft_db_run(weft_within(inner), &add_user,
                                        PARAMETERS(TEXT("Eda"), TEXT("a@example.com")), NULL);
    weft_transaction_rollback(inner);
    return result == WEFT_DB_UNIQUE ? WEFT_DB_OK : result;
}

static weft_db_result use_transaction(void)
{
    weft_transaction *tx;
    WEFT_TRY(weft_transaction_begin(test.db, NULL, &tx));
    weft_db_result result = add_twice(tx);
    weft_transaction_rollback(tx);
    return result;
}

static weft_db_result use_cursor(void)
{
    weft_cursor *rows;
    weft_str name;
    int count = 0;
    WEFT_TRY(weft_db_open(test.db, reading(), PARAMETERS(TEXT("x")), decode_name, &rows));
    while (weft__cursor_next(rows, &name))
        count++;
    WEFT_TRY(weft__cursor_close(&rows));
    return count == 3 ? WEFT_DB_OK : WEFT_DB_VALUE;
}

static weft_db_result use_rows(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_db_result result = read_all(test.db, &arena);
    weft_arena_reset(&arena);
    return result;
}

/* ---- a database's life ----------------------------------------------------------------------- */

static weft_db_result open_and_close(void)
{
    weft_database *db = weft_database_open(test.url);
    if (db == NULL)
        return WEFT_DB_AWAY;
    weft_db_result result = weft_database_ready(db);
    weft_database_close(db);
    return result;
}

/* From whichever state a failure has left. */
static weft_db_result up_and_down(weft_arena *arena)
{
    const char *folder = getenv("MIGRATIONS_OF_NOTES");
    WEFT_ARRAY(weft_migration) list;
    WEFT_TRY(weft_migrate_up(test.db, folder, arena, &list));
    WEFT_TRY(weft_migrate_status(test.db, folder, arena, &list));
    return weft_migrate_down(test.db, folder, 1, arena, &list);
}

static void open_notes(void)
{
    weft_test_database_open(&test, getenv("MIGRATIONS_OF_NOTES"));
}

static weft_db_result migrate(void)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_db_result result = up_and_down(&arena);
    weft_arena_reset(&arena);
    return result;
}

/* ---- of PostgreSQL alone --------------------------------------------------------------------- */

static weft_db_result copy_in(weft_database *db)
{
    weft_copy *copy;
    int64_t rows;
    WEFT_TRY(weft_copy_begin(db, "COPY users (name, email) FROM STDIN (FORMAT csv)", &copy));
    weft_db_result result = weft_copy_write(copy, WEFT_STR("Dan,dan@example.com\nEve,eve@ex"));
    if (result == WEFT_DB_OK)
        result = weft_copy_write(copy, WEFT_STR("ample.com\n"));
    if (result != WEFT_DB_OK) {
        weft_copy_abort(copy);
        return result;
    }
    WEFT_TRY(weft_copy_end(copy, &rows));
    return rows == 2 ? WEFT_DB_OK : WEFT_DB_VALUE;
}

static weft_db_result copy_out(weft_database *db)
{
    weft_copy *copy;
    weft_str row;
    weft_db_result result;
    int64_t rows;
    WEFT_TRY(weft_copy_begin(db, "COPY users (name) TO STDOUT", &copy));
    while ((result = weft_copy_read(copy, &row)) == WEFT_DB_OK)
        ;
    weft_db_result ended = weft_copy_end(copy, &rows);
    if (result != WEFT_DB_NONE)
        return result;
    return ended != WEFT_DB_OK || rows == 2 ? ended : WEFT_DB_VALUE;
}

static weft_db_result copy_both_ways(void)
{
    weft_transaction *tx;
    WEFT_TRY(weft_transaction_begin(test.db, NULL, &tx));
    weft_db_result result = copy_in(weft_within(tx));
    if (result == WEFT_DB_OK)
        result = copy_out(weft_within(tx));
    weft_transaction_rollback(tx);
    return result;
}

STATEMENT(notify, "NOTIFY faults, 'hello'", 0, 0, false);

/* A gap in between is what a listener is told when its connection was lost. */
static weft_db_result hear(weft_subscription *subscription)
{
    weft_notice notice;
    for (int i = 0; i < 20; i++) {
        WEFT_TRY(weft_db_run(test.db, &notify, NULL, NULL));
        weft_db_result result = weft_subscription_next(
            subscription, weft_deadline_after(200 * WEFT_MILLISECOND), &notice);
        if (result == WEFT_DB_OK && !notice.gap)
            return weft_str_equal(notice.payload, WEFT_STR("hello")) ? result : WEFT_DB_VALUE;
        if (result != WEFT_DB_OK && result != WEFT_DB_TIMED_OUT)
            return result;
    }
    return WEFT_DB_TIMED_OUT;
}

static weft_db_result subscribe(void)
{
    weft_subscription *subscription;
    WEFT_TRY(weft_subscribe(test.db, WEFT_STR("faults"), &subscription));
    weft_db_result result = hear(subscription);
    weft_subscription_close(subscription);
    return result;
}

/* ---- scenarios ------------------------------------------------------------------------------- */

typedef weft_db_result use(void);

/* What the database said is shown when the scenario turns out to be wrong. */
static weft_db_result tell(weft_db_result result)
{
    const weft_db_failure *failure = weft_db_last_failure();
    if (result != WEFT_DB_OK)
        fprintf(stderr, "%s: %.*s\n", weft_db_result_text(result),
                failure != NULL ? (int)failure->message.len : 0,
                failure != NULL ? failure->message.at : "");
    return result;
}

static outcome on_thread(void *arg)
{
    return outcome_of(tell((*(use **)arg)()) == WEFT_DB_OK);
}

typedef struct first_fiber {
    use *use;
    weft_db_result result;
} first_fiber;

static void run_first(void *arg)
{
    first_fiber *first = arg;
    first->result = tell(first->use());
}

static outcome in_fiber(void *arg)
{
    first_fiber first = {.use = *(use **)arg};
    const weft_runtime_options options = {.workers = 1};
    weft_error error = weft_runtime_run(&options, run_first, &first);
    return outcome_of(error == WEFT_OK && first.result == WEFT_DB_OK);
}

#define FIBER(function, open)                                          \
    {                                                                  \
#function, in_fiber, &(use *){function }, open, close_database \
    }
#define BOTH(function, open)                                                         \
    {#function, on_thread, &(use *){function}, open, close_database},                \
    {                                                                                \
#function " in a fiber", in_fiber, &(use *){function }, open, close_database \
    }

int main(int argc, char **argv)
{
    const scenario scenarios[] = {
        FIBER(open_and_close, open_database), BOTH(use_rows, open_database),
        BOTH(use_transaction, open_database), BOTH(use_cursor, open_database),
        FIBER(migrate, open_notes),           BOTH(copy_both_ways, open_database),
        BOTH(subscribe, open_database),
    };
    enum { ALL = sizeof scenarios / sizeof *scenarios, POSTGRES = 4 };
    const char *url = getenv("DATABASE_URL");
    bool server = url != NULL && strncmp(url, "postgres", strlen("postgres")) == 0;
    return faults_main(argc, argv, scenarios, server ? ALL : ALL - POSTGRES);
}
