/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Migrations on real folders and files: order, states, every refusal, failing files, races.
 */
#include "fixture.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "db/engine.h"
#include "db/migration_files.h"
#include "db/sqlite/migrations.h"

static weft_db_result up(fixture *f, WEFT_ARRAY(weft_migration) *list)
{
    return weft_migrate_up(f->db, f->folder, &f->arena, list);
}

/* Fails, with this message behind the folder's name and what follows it. */
static void refused(fixture *f, const char *message)
{
    assert_int_equal(up(f, NULL), WEFT_DB_FAILED);
    const char *text = last_message();
    const char *found = strstr(text, f->folder);
    assert_non_null(found);
    assert_string_equal(found + strlen(f->folder) + 1, message);
}

static void remove_file(const fixture *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    assert_int_equal(unlink(path), 0);
}

static int64_t tables(fixture *f)
{
    int64_t count = -1;
    assert_int_equal(ONE_INT(f->db, &count,
                             "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                             "name <> 'weft_migrations'"),
                     WEFT_DB_OK);
    return count;
}

static void names_are_parsed(void **state)
{
    (void)state;
    int64_t version = 0;
    weft_str name = {0};
    assert_int_equal(weft__migration_parse("0012_add_users2.sql", &version, &name),
                     WEFT__MIGRATION_UP);
    assert_int_equal(version, 12);
    assert_str(name, "add_users2");
    assert_int_equal(weft__migration_parse("20260131120000_x.sql", &version, &name),
                     WEFT__MIGRATION_UP);
    assert_int_equal(version, 20260131120000);
    assert_int_equal(weft__migration_parse("999999999999999999_x.sql", &version, &name),
                     WEFT__MIGRATION_UP);
    assert_int_equal(weft__migration_parse("0001_x.down.sql", &version, &name),
                     WEFT__MIGRATION_DOWN);
    const char *others[] = {"README.md", ".0001_x.sql", "0001_x.sql~", "sql", "0001_x"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_int_equal(weft__migration_parse(others[i], &version, &name), WEFT__MIGRATION_OTHER);
    const char *bad[] = {"001_x.sql",    "0001.sql",   "0001_.sql",
                         "0001-x.sql",   "0001_X.sql", "0001_x y.sql",
                         "_0001.sql",    "users.sql",  "1000000000000000000_x.sql",
                         "0001_x.up.sql"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(weft__migration_parse(bad[i], &version, &name), WEFT__MIGRATION_BAD);
}

static void files_are_applied_in_order_and_once(void **state)
{
    fixture *f = *state;
    WEFT_ARRAY(weft_migration) list;
    write_file(f, "0010_second.sql", "INSERT INTO t VALUES (2);");
    write_file(f, "0002_first.sql",
               "-- the table\nCREATE TABLE t (i INTEGER);\n"
               "INSERT INTO t VALUES (1);\n");
    write_file(f, "0002_first.down.sql", "DROP TABLE t;");
    write_file(f, "README", "not SQL");
    assert_int_equal(weft_migrate_status(f->db, f->folder, &f->arena, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 2);
    assert_int_equal(list.at[0].state, WEFT_MIGRATION_PENDING);
    assert_int_equal(list.at[0].applied_at.len, 0);
    assert_int_equal(tables(f), 0);

    assert_int_equal(up(f, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 2);
    assert_int_equal(list.at[0].version, 2);
    assert_str(list.at[0].name, "first");
    assert_str(list.at[0].file, "0002_first.sql");
    assert_true(list.at[0].fresh && list.at[1].fresh);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_APPLIED);
    assert_int_equal(list.at[1].applied_at.len, strlen("2026-01-31T12:00:00Z"));
    assert_int_equal(count_rows(f->db), 2);

    write_file(f, "0005_between.sql", "INSERT INTO t VALUES (3)");
    assert_int_equal(up(f, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 3);
    assert_true(!list.at[0].fresh && list.at[1].fresh && !list.at[2].fresh);
    assert_int_equal(count_rows(f->db), 3);
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 3);
}

static void an_empty_folder_is_nothing_to_do(void **state)
{
    fixture *f = *state;
    WEFT_ARRAY(weft_migration) list;
    assert_int_equal(up(f, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 0);
}

static void bad_folders_and_files(void **state)
{
    fixture *f = *state;
    assert_int_equal(weft_migrate_up(f->db, "/no/such/folder", &f->arena, NULL), WEFT_DB_FAILED);
    assert_string_equal(last_message(),
                        "cannot read the folder of migrations \"/no/such/folder\": No "
                        "such file or directory");
    assert_string_equal(weft_db_last_failure()->statement, "weft_migrate_up");

    write_file(f, "users.sql", "");
    refused(f, "users.sql: a migration is named like 0001_create_users.sql: four digits or more, "
               "'_', lower-case letters, digits and '_'");
    remove_file(f, "users.sql");

    write_file(f, "0001_a.sql", "SELECT 1");
    write_file(f, "00001_b.sql", "SELECT 1");
    assert_int_equal(up(f, NULL), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "have the same number 1; rename one"));
    remove_file(f, "00001_b.sql");
    remove_file(f, "0001_a.sql");

    write_file(f, "0001_bytes.sql", "SELECT '\xff'");
    refused(f, "0001_bytes.sql is not UTF-8 text");
    remove_file(f, "0001_bytes.sql");

    write_file(f, "0001_empty.sql", "-- later\n");
    refused(f, "0001_empty.sql:1: the file has no statement; write it, or remove it");
    remove_file(f, "0001_empty.sql");

    char path[128];
    snprintf(path, sizeof(path), "%s/0001_folder.sql", f->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(up(f, NULL), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "0001_folder.sql: Is a directory"));
    assert_int_equal(rmdir(path), 0);

    write_file(f, "0001_large.sql", "");
    snprintf(path, sizeof(path), "%s/0001_large.sql", f->folder);
    assert_int_equal(truncate(path, WEFT_MIGRATION_MAX + 1), 0);
    refused(f, "0001_large.sql is larger than 16777216 bytes; split it");
}

static void edited_and_missing_files_are_refused(void **state)
{
    fixture *f = *state;
    WEFT_ARRAY(weft_migration) list;
    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);\nSELECT 1;\n");
    write_file(f, "0002_b.sql", "CREATE TABLE b (i INTEGER);\n");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);

    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);\nSELECT 2;\n");
    write_file(f, "0003_c.sql", "CREATE TABLE c (i INTEGER);\n");
    refused(f, "0001_a.sql:2: edited after it was applied; put it back and write a new migration "
               "instead");
    assert_int_equal(tables(f), 2);
    assert_int_equal(weft_migrate_status(f->db, f->folder, &f->arena, &list), WEFT_DB_OK);
    assert_int_equal(list.at[0].state, WEFT_MIGRATION_EDITED);
    assert_int_equal(list.at[0].edited_line, 2);
    assert_int_equal(list.at[2].state, WEFT_MIGRATION_PENDING);
    /* A line that was appended is an edit, too; so is one that was cut off. */
    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);\nSELECT 1;\n\n");
    assert_int_equal(up(f, NULL), WEFT_DB_FAILED);
    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);\n");
    assert_int_equal(up(f, NULL), WEFT_DB_FAILED);
    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);\nSELECT 1;\n");

    remove_file(f, "0002_b.sql");
    refused(f, "0002_b.sql was applied, but the file is missing");
    assert_int_equal(weft_migrate_status(f->db, f->folder, &f->arena, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 3);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_MISSING);
    assert_str(list.at[1].file, "0002_b.sql");

    write_file(f, "0002_b.sql", "CREATE TABLE b (i INTEGER);\n");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(tables(f), 3);
}

static void a_failing_file_leaves_nothing(void **state)
{
    fixture *f = *state;
    WEFT_ARRAY(weft_migration) list;
    write_file(f, "0001_good.sql", "CREATE TABLE good (i INTEGER);");
    write_file(f, "0002_bad.sql",
               "CREATE TABLE bad (i INTEGER);\n\n-- next\nCREATE TABL worse (i INTEGER);\n");
    refused(f, "0002_bad.sql:4: near \"TABL\": syntax error");
    assert_int_equal(tables(f), 1);
    assert_int_equal(weft_migrate_status(f->db, f->folder, &f->arena, &list), WEFT_DB_OK);
    assert_int_equal(list.at[0].state, WEFT_MIGRATION_APPLIED);
    assert_int_equal(list.at[1].state, WEFT_MIGRATION_PENDING);

    write_file(f, "0002_bad.sql",
               "CREATE TABLE bad (i INTEGER UNIQUE);\nINSERT INTO bad\n  VALUES (1),\n"
               "  (1);\n");
    refused(f, "0002_bad.sql:2: UNIQUE constraint failed: bad.i");
    write_file(f, "0002_bad.sql", "CREATE TABLE bad (i INTEGER);\nSELECT\n  missing\nFROM good;\n");
    refused(f, "0002_bad.sql:3: no such column: missing");
    write_file(f, "0002_bad.sql", "CREATE TABLE bad (i INTEGER);\nCOMMIT;\n");
    refused(f,
            "0002_bad.sql:2: a migration is one transaction: remove BEGIN, COMMIT and their like");
    assert_int_equal(tables(f), 1);

    write_file(f, "0002_bad.sql", "CREATE TABLE better (i INTEGER);");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(tables(f), 2);
}

static void triggers_are_one_statement(void **state)
{
    fixture *f = *state;
    write_file(f, "0001_trigger.sql",
               "CREATE TABLE t (i INTEGER);\nCREATE TRIGGER x AFTER INSERT ON t BEGIN\n"
               "  DELETE FROM t WHERE i < 0;\n  UPDATE t SET i = i + 1;\nEND;\n"
               "INSERT INTO t VALUES (1), (-5);\n");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 1);
}

static void tables_can_be_rebuilt(void **state)
{
    fixture *f = *state;
    write_file(f, "0001_tables.sql",
               "CREATE TABLE p (id INTEGER PRIMARY KEY);\n"
               "CREATE TABLE t (p INTEGER REFERENCES p (id) ON DELETE CASCADE);\n"
               "INSERT INTO p VALUES (1); INSERT INTO t VALUES (1);\n");
    write_file(f, "0002_rebuild.sql",
               "CREATE TABLE q (id INTEGER PRIMARY KEY, name TEXT);\n"
               "INSERT INTO q (id) SELECT id FROM p;\nDROP TABLE p;\nALTER TABLE q RENAME TO p;\n");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(count_rows(f->db), 1);

    write_file(f, "0003_dangling.sql", "DELETE FROM p;");
    refused(f, "0003_dangling.sql: it leaves rows in \"t\" that refer to rows of \"p\" that do not "
               "exist");
    /* Foreign keys are on again. */
    assert_int_equal(RUN(f->db, "INSERT INTO t VALUES (9)"), WEFT_DB_FOREIGN_KEY);
    assert_int_equal(count_rows(f->db), 1);
}

/* What weftgen does: any connection, no weft_database. */
static void a_bare_connection_in_memory(void **state)
{
    fixture *f = *state;
    weft__migrations migrations;
    weft_str why;
    sqlite3 *db;
    write_file(f, "0001_t.sql", "CREATE TABLE t (i INTEGER)");
    assert_int_equal(weft__migrations_read(f->folder, &f->arena, &migrations, &why), WEFT_DB_OK);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(weft__sqlite_migrate(db, &migrations,
                                          (weft__migrate_task){.what = WEFT__MIGRATE_UP}, &f->arena,
                                          &why),
                     WEFT_DB_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static weft_db_result down(fixture *f, unsigned count)
{
    return weft_migrate_down(f->db, f->folder, count, &f->arena, NULL);
}

static void the_last_ones_are_taken_back(void **state)
{
    fixture *f = *state;
    write_file(f, "0001_a.sql", "CREATE TABLE a (i INTEGER);");
    write_file(f, "0001_a.down.sql", "DROP TABLE a;");
    write_file(f, "0002_b.sql", "CREATE TABLE b (i INTEGER); CREATE TABLE c (i INTEGER);");
    write_file(f, "0002_b.down.sql", "DROP TABLE b;\nDROP TABLE missing;\n");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(tables(f), 3);
    assert_int_equal(down(f, 1), WEFT_DB_FAILED); /* nothing of it happened */
    assert_non_null(strstr(last_message(), "0002_b.down.sql:2: no such table: missing"));
    assert_int_equal(tables(f), 3);
    write_file(f, "0002_b.down.sql", "DROP TABLE b; DROP TABLE c;");
    assert_int_equal(down(f, 100), WEFT_DB_OK);
    assert_int_equal(tables(f), 0);
    assert_int_equal(down(f, 1), WEFT_DB_OK); /* there is nothing any more */
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(tables(f), 3);

    remove_file(f, "0002_b.down.sql");
    assert_int_equal(down(f, 1), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "there is no file 0002_b.down.sql"));
    write_file(f, "0001_a.sql", "CREATE TABLE edited (i INTEGER);");
    assert_int_equal(down(f, 1), WEFT_DB_FAILED);
    assert_non_null(strstr(last_message(), "edited after it was applied"));
}

static void a_program_brings_its_files(void **state)
{
    fixture *f = *state;
    static const weft_migration_text files[] = {
        {NULL, "0002_b.sql", "INSERT INTO a VALUES (1);", NULL},
        {"sqlite", "0001_a.sql", "CREATE TABLE a (i INTEGER);", "DROP TABLE a;"},
        {"postgres", "0001_a.sql", "CREATE TABLE wrong (i int);", NULL},
        {0},
    };
    static const weft_migration_text misnamed[] = {{NULL, "users.sql", "SELECT 1", NULL}, {0}};
    WEFT_ARRAY(weft_migration) list;
    assert_int_equal(weft_migrate_embedded(f->db, files, &f->arena, &list), WEFT_DB_OK);
    assert_int_equal(list.len, 2);
    assert_str(list.at[0].file, "0001_a.sql");
    assert_true(list.at[0].fresh && list.at[1].fresh);
    assert_str(list.at[0].down_file, "0001_a.down.sql");
    assert_int_equal(tables(f), 1);
    assert_int_equal(weft_migrate_embedded(f->db, files, &f->arena, &list), WEFT_DB_OK);
    assert_false(list.at[0].fresh);
    assert_int_equal(weft_migrate_embedded(f->db, misnamed, &f->arena, NULL), WEFT_DB_FAILED);
    assert_string_equal(last_message(), "\"users.sql\" in the program is no migration's name");
}

static void an_engine_may_have_its_own_folder(void **state)
{
    fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/sqlite", f->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file(f, "0001_a.sql", "not for SQLite");
    write_file(f, "sqlite/0001_a.sql", "CREATE TABLE a (i INTEGER);");
    assert_int_equal(up(f, NULL), WEFT_DB_OK);
    assert_int_equal(tables(f), 1);
}

static void racing_processes_apply_once(void **state)
{
    enum { PROCESSES = 8, FILES = 12 };
    fixture *f = *state;
    write_file(f, "0001_t.sql", "CREATE TABLE t (i INTEGER);");
    for (int i = 2; i <= FILES; i++) {
        char name[32], sql[64];
        snprintf(name, sizeof(name), "%04d_row.sql", i);
        snprintf(sql, sizeof(sql), "INSERT INTO t VALUES (%d);", i);
        write_file(f, name, sql);
    }
    weft_database_close(f->db);
    f->db = NULL;
    char url[160];
    snprintf(url, sizeof(url), "sqlite:%s/race.db", f->folder);

    int gate[2], results[2];
    assert_true(pipe(gate) == 0 && pipe(results) == 0);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_int_not_equal(children[i], -1);
        if (children[i] != 0)
            continue;
        char byte;
        close(gate[1]);
        if (read(gate[0], &byte, 1) != 0) /* all start when the parent closes the gate */
            _exit(9);
        weft_arena arena;
        weft_arena_init(&arena, 0);
        WEFT_ARRAY(weft_migration) list;
        char why[WEFT__WHY_SIZE];
        weft_database *db = weft__database_open(url, NULL, why, sizeof(why));
        if (db == NULL) {
            fprintf(stderr, "%s\n", why);
            _exit(2);
        }
        if (weft_migrate_up(db, f->folder, &arena, &list) != WEFT_DB_OK) {
            fprintf(stderr, "%s\n", last_message());
            _exit(3);
        }
        int fresh = 0;
        for (size_t m = 0; m < list.len; m++)
            fresh += list.at[m].fresh;
        weft_database_close(db);
        _exit(write(results[1], &fresh, sizeof(fresh)) == sizeof(fresh) ? 0 : 4);
    }
    close(gate[0]);
    close(gate[1]);
    close(results[1]);
    int failed = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        failed += status != 0;
    }
    assert_int_equal(failed, 0);
    int applied = 0, fresh;
    while (read(results[0], &fresh, sizeof(fresh)) == sizeof(fresh))
        applied += fresh;
    close(results[0]);
    assert_int_equal(applied, FILES);
    f->db = weft_database_open(url);
    assert_non_null(f->db);
    assert_int_equal(count_rows(f->db), FILES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_parsed),         CASE(files_are_applied_in_order_and_once),
        CASE(an_empty_folder_is_nothing_to_do),     CASE(bad_folders_and_files),
        CASE(edited_and_missing_files_are_refused), CASE(a_failing_file_leaves_nothing),
        CASE(triggers_are_one_statement),           CASE(tables_can_be_rebuilt),
        CASE(a_bare_connection_in_memory),          CASE(racing_processes_apply_once),
        CASE(the_last_ones_are_taken_back),         CASE(a_program_brings_its_files),
        CASE(an_engine_may_have_its_own_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
