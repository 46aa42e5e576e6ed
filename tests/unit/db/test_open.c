/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Opening: every way a URL can be wrong, and what is said.
 */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "db/engine.h"

static void refused(const char *url, const char *message)
{
    char why[WEFT__WHY_SIZE] = "";
    assert_null(weft__database_open(url, NULL, why, sizeof(why)));
    assert_string_equal(why, message);
}

static void bad_urls(void **state)
{
    (void)state;
    refused(NULL, "DATABASE_URL is not set: set it to sqlite:users.db, for example");
    refused("", "DATABASE_URL is not set: set it to sqlite:users.db, for example");
    refused("users.db",
            "the database URL has no scheme: write sqlite:users.db, or postgres://user@host/name");
    refused("mysql://root:secret@host/db",
            "the database URL has the unknown scheme \"mysql\": write sqlite:users.db, or "
            "postgres://user@host/name");
    refused("sqlite:", "the database URL names no file: write sqlite:users.db, for example");
    refused("sqlite://", "the database URL names no file: write sqlite:users.db, for example");
    refused("sqlite:?mode=rwc",
            "the database URL names no file: write sqlite:users.db, for example");
    refused("sqlite:a.db?mode=rwc", "sqlite URLs have no parameters: remove \"?mode=rwc\"");
}

static void bad_files(void **state)
{
    fixture *f = *state;
    char url[256], message[512];
    snprintf(url, sizeof(url), "sqlite:%s/no/such/folder.db", f->folder);
    snprintf(
        message, sizeof(message),
        "cannot open the SQLite database \"%s\": unable to open database file (No such file or "
        "directory)",
        url + strlen("sqlite:"));
    refused(url, message);

    snprintf(url, sizeof(url), "sqlite:%s", f->folder);
    char why[WEFT__WHY_SIZE] = "";
    assert_null(weft__database_open(url, NULL, why, sizeof(why)));
    assert_non_null(strstr(why, "unable to open database file"));

    char noise[2000];
    memset(noise, 'x', sizeof(noise));
    noise[sizeof(noise) - 1] = '\0';
    write_file(f, "noise.db", noise);
    snprintf(url, sizeof(url), "sqlite:%s/noise.db", f->folder);
    snprintf(message, sizeof(message),
             "cannot open the SQLite database \"%s\": file is not a database",
             url + strlen("sqlite:"));
    refused(url, message);
}

/* In a child that is not root, which may read everything. */
static void unreadable_files(void **state)
{
    const fixture *f = *state;
    assert_int_equal(chmod(f->folder, 0700), 0);
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        char why[WEFT__WHY_SIZE] = "";
        if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
            _exit(2);
        if (geteuid() != 65534)
            chmod(f->folder, 0);
        weft_database *db = weft__database_open(f->url, NULL, why, sizeof(why));
        _exit(db == NULL && strstr(why, "(Permission denied)") != NULL ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(f->folder, 0700), 0);
    assert_int_equal(status, 0);
}

static void forms_of_paths(void **state)
{
    fixture *f = *state;
    char url[256];
    assert_int_equal(chdir(f->folder), 0);
    const char *names[] = {"sqlite:plain.db", "sqlite://two.db", "sqlite:file:odd.db"};
    const char *files[] = {"plain.db", "two.db", "file:odd.db"};
    for (size_t i = 0; i < 3; i++) {
        weft_database *db = weft_database_open(names[i]);
        assert_non_null(db);
        weft_database_close(db);
        assert_int_equal(access(files[i], F_OK), 0);
    }
    snprintf(url, sizeof(url), "sqlite://%s/three.db", f->folder);
    weft_database *db = weft_database_open(url);
    assert_non_null(db);
    weft_database_close(db);
    assert_int_equal(access("three.db", F_OK), 0);
    assert_int_equal(chdir("/"), 0);
}

static void settings_are_made(void **state)
{
    fixture *f = *state;
    int64_t value;
    weft_str mode;
    assert_int_equal(weft_db_one(f->db, STATEMENT_("PRAGMA journal_mode", 1, true), NULL, &f->arena,
                                 decode_str, &mode),
                     WEFT_DB_OK);
    assert_str(mode, "wal");
    assert_int_equal(WRITE_INT(f->db, &value, "PRAGMA foreign_keys"), WEFT_DB_OK);
    assert_int_equal(value, 1);
    assert_int_equal(WRITE_INT(f->db, &value, "PRAGMA synchronous"), WEFT_DB_OK);
    assert_int_equal(value, 1); /* NORMAL */
    assert_int_equal(WRITE_INT(f->db, &value, "PRAGMA query_only"), WEFT_DB_OK);
    assert_int_equal(value, 0);
    assert_int_equal(ONE_INT(f->db, &value, "PRAGMA query_only"), WEFT_DB_OK);
    assert_int_equal(value, 1);
}

static void closing_nothing(void **state)
{
    (void)state;
    weft_database_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(bad_urls),       CASE(bad_files),         CASE(unreadable_files),
        CASE(forms_of_paths), CASE(settings_are_made), CASE(closing_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
