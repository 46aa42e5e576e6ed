/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/database.c: a database for one test, copied from a template that was made once for the
 * same migrations. A template's name has the hash of their texts, so one that is old is never used.
 * It is made under another name and renamed when it is whole: processes that race for it each make
 * one, and one of the names stands.
 */
#include <weft/migrate.h>
#include <weft/test_database.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/migration_files.h"

/* In the words of the Test Anything Protocol. */
#define GIVE_UP(...)          \
    do {                      \
        printf("Bail out! "); \
        printf(__VA_ARGS__);  \
        putchar('\n');        \
        fflush(stdout);       \
        _Exit(1);             \
    } while (0)

static const char *server_url(void)
{
    const char *url = getenv("DATABASE_URL");
    bool server = url != NULL && strncmp(url, "postgres", strlen("postgres")) == 0;
    if (server && strlen(url) > WEFT_TEST_URL_MAX)
        GIVE_UP("DATABASE_URL is longer than %d bytes", WEFT_TEST_URL_MAX);
    return server ? url : NULL;
}

static const char *last_cause(void)
{
    static char text[1024];
    const weft_db_failure *failure = weft_db_last_failure();
    weft_str message = failure ? failure->message : WEFT_STR("out of memory");
    snprintf(text, sizeof text, "%.*s", WEFT_STR_ARGS(message));
    return text;
}

/* FNV-1a of all names and texts. */
static uint64_t hash_of(const char *folder, const char *engine)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft__migrations migrations;
    weft_str why = {0};
    const char *own = weft__migrations_folder(folder, engine, &arena);
    if (own == NULL || weft__migrations_read(own, &arena, &migrations, &why) != WEFT_DB_OK)
        GIVE_UP("%.*s", WEFT_STR_ARGS(why));
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < migrations.len; i++) {
        const weft_str parts[] = {migrations.at[i].file, migrations.at[i].sql};
        for (size_t part = 0; part < 2; part++)
            for (size_t at = 0; at < parts[part].len; at++)
                hash = (hash ^ (unsigned char)parts[part].at[at]) * UINT64_C(0x100000001b3);
    }
    weft_arena_reset(&arena);
    return hash;
}

static void migrate(const char *url, const char *folder)
{
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_database *database = weft_database_open(url);
    if (database == NULL)
        GIVE_UP("cannot open a database for the tests");
    if (weft_migrate_up(database, folder, &arena, NULL) != WEFT_DB_OK)
        GIVE_UP("%s", last_cause());
    weft_database_close(database);
    weft_arena_reset(&arena);
}

static unsigned next_number(void)
{
    static atomic_uint made;
    return atomic_fetch_add(&made, 1);
}

/* ---- SQLite ---------------------------------------------------------------------------------- */

enum { PATH_SIZE = 512 }; /* bytes of a template's path, which is the folder and some 40 more */

static const char *temporary(void)
{
    const char *folder = getenv("TMPDIR");
    bool usable = folder != NULL && folder[0] != '\0' && strlen(folder) < PATH_SIZE - 64;
    return usable ? folder : "/tmp";
}

/* A file of another user's is none of ours. */
static bool is_ours(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid();
}

static void make_file_template(const char *path, const char *folder)
{
    char draft[PATH_SIZE + 16], url[sizeof draft + 16];
    if (is_ours(path))
        return;
    snprintf(draft, sizeof draft, "%s.%d", path, (int)getpid());
    snprintf(url, sizeof url, "sqlite:%s", draft);
    migrate(url, folder);
    if (rename(draft, path) != 0)
        GIVE_UP("cannot rename \"%s\" to \"%s\"", draft, path);
}

static void copy_file(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    char bytes[64 << 10];
    ssize_t got = source < 0 || target < 0 ? -1 : 1;
    while (got > 0 && (got = read(source, bytes, sizeof bytes)) > 0)
        if (write(target, bytes, (size_t)got) != got)
            got = -1;
    if (got < 0 || close(target) != 0)
        GIVE_UP("cannot copy \"%s\" to \"%s\"", from, to);
    close(source);
}

static void remove_file(const weft_test_database *test)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char path[sizeof test->url + 8];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(path, sizeof path, "%s%s", test->url + strlen("sqlite:"), endings[i]);
        unlink(path);
    }
}

static void open_file(weft_test_database *test, const char *folder)
{
    char template[PATH_SIZE];
    snprintf(template, sizeof template, "%s/weft-test-%u-%016" PRIx64 ".db", temporary(),
             (unsigned)geteuid(), hash_of(folder, "sqlite"));
    make_file_template(template, folder);
    snprintf(test->name, sizeof test->name, "weft-test-%d-%u.db", (int)getpid(), next_number());
    snprintf(test->url, sizeof test->url, "sqlite:%s/%s", temporary(), test->name);
    remove_file(test); /* of an earlier process of this number, which had no time to */
    copy_file(template, test->url + strlen("sqlite:"));
}

/* ---- PostgreSQL ------------------------------------------------------------------------------ */

/* Runs one statement; by a pool of its own, since the text is new each time. */
static weft_db_result run_on(const char *url, const char *before, const char *name,
                             const char *between, const char *other)
{
    char sql[256];
    snprintf(sql, sizeof sql, "%s %s %s %s", before, name, between, other);
    const weft_statement statement = {.name = "for_tests", .sql = sql};
    weft_database *database = weft_database_open(url);
    if (database == NULL)
        GIVE_UP("cannot open DATABASE_URL");
    weft_db_result result = weft_db_run(database, &statement, NULL, NULL);
    weft_database_close(database);
    return result;
}

/* The URL of another database of the server. */
static void url_of(const char *server, const char *name, char *to, size_t size)
{
    snprintf(to, size, "%s%cdbname=%s", server, strchr(server, '?') ? '&' : '?', name);
}

static bool failed_as(const char *sqlstate)
{
    const weft_db_failure *failure = weft_db_last_failure();
    return failure != NULL && strcmp(failure->sqlstate, sqlstate) == 0;
}

/* A new one, under a name that nobody has: an earlier process of this number may have left some. */
static weft_db_result copy_database(const char *server, const char *template, const char *kind,
                                    char *name, size_t size)
{
    weft_db_result result;
    do {
        snprintf(name, size, "weft_%s_%d_%u", kind, (int)getpid(), next_number());
        result = run_on(server, "CREATE DATABASE", name, "TEMPLATE", template);
    } while (result != WEFT_DB_OK && failed_as("42P04")); /* duplicate_database */
    return result;
}

/* Under a name that is nobody else's, until it is whole. */
static void make_template(const char *server, const char *name, const char *folder)
{
    char draft[64], url[sizeof((weft_test_database *)0)->url];
    if (copy_database(server, "template1", "draft", draft, sizeof draft) != WEFT_DB_OK)
        GIVE_UP("%s", last_cause());
    url_of(server, draft, url, sizeof url);
    migrate(url, folder);
    if (run_on(server, "ALTER DATABASE", draft, "RENAME TO", name) != WEFT_DB_OK)
        (void)!run_on(server, "DROP DATABASE", draft, "", ""); /* another process was faster */
}

static void open_on_server(weft_test_database *test, const char *server, const char *folder)
{
    char template[64], *name = test->name;
    snprintf(template, sizeof template, "weft_template_%016" PRIx64, hash_of(folder, "postgres"));
    weft_db_result result = copy_database(server, template, "test", name, sizeof test->name);
    if (result != WEFT_DB_OK && failed_as("3D000")) { /* there is no such template */
        make_template(server, template, folder);
        result = copy_database(server, template, "test", name, sizeof test->name);
    }
    if (result != WEFT_DB_OK)
        GIVE_UP("%s", last_cause());
    url_of(server, name, test->url, sizeof test->url);
}

/* ---- both ------------------------------------------------------------------------------------ */

void weft_test_database_open(weft_test_database *test, const char *migrations)
{
    const char *server = server_url();
    *test = (weft_test_database){0};
    if (server != NULL)
        open_on_server(test, server, migrations);
    else
        open_file(test, migrations);
    test->db = weft_database_open(test->url);
    if (test->db == NULL)
        GIVE_UP("cannot open the database of a test");
}

void weft_test_database_close(weft_test_database *test)
{
    weft_database_close(test->db);
    if (strncmp(test->url, "sqlite:", strlen("sqlite:")) == 0)
        remove_file(test);
    else
        (void)!run_on(server_url(), "DROP DATABASE", test->name, "WITH (FORCE)", "");
}
