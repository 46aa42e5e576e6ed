/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A database for each test: with DATABASE_URL of a PostgreSQL server on that, else SQLite files in a
 * folder of this program's own.
 */
#include "../db/fixture.h"

#include <sys/stat.h>
#include <weft/test_database.h>

static bool on_server(void)
{
    const char *url = getenv("DATABASE_URL");
    return url != NULL && strncmp(url, "postgres", strlen("postgres")) == 0;
}

/* The fixture's folder has the migrations, and the files of the databases. */
static int prepare(void **state)
{
    set_up(state);
    const fixture *f = *state;
    write_file(f, "0001_create_t.sql", "CREATE TABLE t (i INTEGER PRIMARY KEY);\n");
    return setenv("TMPDIR", f->folder, 1);
}

static weft_test_database *open_one(const fixture *f)
{
    weft_test_database *test = malloc(sizeof *test);
    assert_non_null(test);
    weft_test_database_open(test, f->folder);
    assert_int_equal(count_rows(test->db), 0);
    return test;
}

static void close_one(weft_test_database *test)
{
    weft_test_database_close(test);
    free(test);
}

static void fill(const weft_test_database *test)
{
    assert_int_equal(RUN(test->db, "INSERT INTO t VALUES (1)"), WEFT_DB_OK);
    assert_int_equal(count_rows(test->db), 1);
}

static void each_has_rows_of_its_own(void **state)
{
    weft_test_database *first = open_one(*state), *second = open_one(*state);
    fill(first);
    assert_int_equal(count_rows(second->db), 0);
    close_one(first);
    weft_test_database *third = open_one(*state);
    close_one(second);
    close_one(third);
}

static void closing_removes_it(void **state)
{
    const fixture *f = *state;
    weft_test_database *test = open_one(f);
    int64_t there = -1;
    char name[sizeof test->name];
    struct stat about;
    fill(test);
    strcpy(name, test->name);
    close_one(test);
    if (on_server()) {
        weft_database *server = weft_database_open(getenv("DATABASE_URL"));
        assert_int_equal(ONE_INT(server, &there,
                                 "SELECT count(*) FROM pg_database WHERE datname = $1", TEXT(name)),
                         WEFT_DB_OK);
        assert_int_equal(there, 0);
        weft_database_close(server);
        return;
    }
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s%s", f->folder, name, endings[i]);
        assert_int_equal(stat(path, &about), -1);
    }
}

/* ---- what a process left that was killed ------------------------------------------------------- */

/* The name that the next database would have. */
static void name_after(const weft_test_database *test, char *name, size_t size)
{
    const char *number = strrchr(test->name, on_server() ? '_' : '-');
    assert_non_null(number);
    snprintf(name, size, "%.*s%d%s", (int)(number + 1 - test->name), test->name,
             atoi(number + 1) + 1, on_server() ? "" : ".db");
}

static void leave_files(const fixture *f, const weft_test_database *like, const char *name)
{
    char command[512];
    snprintf(command, sizeof command, "cd %s && for e in '' -wal -shm; do cp %s$e %s$e; done",
             f->folder, like->name, name);
    assert_int_equal(system(command), 0);
}

static void leave_on_server(const char *name)
{
    static char text[128];
    static const weft_statement create = {.name = "leave", .sql = text};
    weft_database *server = weft_database_open(getenv("DATABASE_URL"));
    snprintf(text, sizeof text, "CREATE DATABASE %s TEMPLATE template0", name);
    assert_int_equal(weft_db_run(server, &create, NULL, NULL), WEFT_DB_OK);
    weft_database_close(server);
}

/* An earlier process of the same number may have used the same name, and have had no time to tidy. */
static void leftovers_are_not_seen(void **state)
{
    const fixture *f = *state;
    weft_test_database *first = open_one(f);
    char name[sizeof first->name];
    fill(first);
    name_after(first, name, sizeof name);
    if (on_server())
        leave_on_server(name);
    else
        leave_files(f, first, name);
    weft_test_database *second = open_one(f);
    fill(second);
    close_one(second);
    close_one(first);
}

#define ON_FILES(name) cmocka_unit_test_setup_teardown(name, prepare, tear_down)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_FILES(each_has_rows_of_its_own),
        ON_FILES(closing_removes_it),
        ON_FILES(leftovers_are_not_seen),
    };
    return cmocka_run_group_tests_name("test_database", cases, NULL, NULL);
}
