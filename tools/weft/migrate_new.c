/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate_new.c: "weft migrate new NAME": writes the next, empty migration.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "db/migration_files.h"

/* The number behind the last one of the folder; 0 when it failed, and said why. */
static int64_t next_version(const char *folder, weft_arena *arena)
{
    weft__migrations migrations;
    weft_str why;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fail("cannot create the folder \"%s\": %s", folder, strerrordesc_np(errno));
        return 0;
    }
    if (weft__migrations_read(folder, arena, &migrations, &why) != WEFT_DB_OK) {
        fail("%.*s", WEFT_STR_ARGS(why));
        return 0;
    }
    return migrations.len == 0 ? 1 : migrations.at[migrations.len - 1].version + 1;
}

static int write_new(const char *folder, const char *called, int64_t version, weft_arena *arena)
{
    weft_str file = weft_arena_printf(arena, "%04" PRId64 "_%s.sql", version, called);
    weft_str path = weft_arena_printf(arena, "%s/%s", folder, file.at);
    weft_str name;
    if (file.at == NULL || path.at == NULL)
        return fail("out of memory");
    if (weft__migration_parse(file.at, &version, &name) != WEFT__MIGRATION_UP)
        return fail("\"%s\" cannot name a migration: use lower-case letters, digits and '_', as in "
                    "add_users",
                    called);

    int fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail("cannot create \"%s\": %s", path.at, strerrordesc_np(errno));
    bool written = dprintf(fd, "-- %s\n", called) > 0;
    if (close(fd) != 0 || !written)
        return fail("cannot write \"%s\": %s", path.at, strerrordesc_np(errno));
    printf("created %s\n", path.at);
    return EXIT_OK;
}

/* Engines with folders of their own each get one, of the same number. */
int run_migrate_new(const tool_arguments *given)
{
    static const char *const engines[] = {"sqlite", "postgres"};
    enum { ENGINES = sizeof engines / sizeof engines[0] };
    weft_arena *arena = weft_arena_current();
    const char *folders[ENGINES];
    size_t count = 0;
    int64_t version = 0;
    for (size_t i = 0; i < ENGINES; i++) {
        const char *folder = weft__migrations_folder(given->folder, engines[i], arena);
        if (folder != NULL && folder != given->folder)
            folders[count++] = folder;
    }
    if (count == 0)
        folders[count++] = given->folder;
    for (size_t i = 0; i < count; i++) {
        int64_t next = next_version(folders[i], arena);
        if (next == 0)
            return EXIT_FAILED;
        version = next > version ? next : version;
    }
    for (size_t i = 0; i < count; i++)
        if (write_new(folders[i], given->name, version, arena) != EXIT_OK)
            return EXIT_FAILED;
    return EXIT_OK;
}
