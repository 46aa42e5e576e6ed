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

int run_migrate_new(const tool_arguments *given)
{
    weft_arena *arena = weft_arena_current();
    int64_t version = next_version(given->folder, arena);
    if (version == 0)
        return EXIT_FAILED;
    weft_str file = weft_arena_printf(arena, "%04" PRId64 "_%s.sql", version, given->name);
    weft_str path = weft_arena_printf(arena, "%s/%s", given->folder, file.at);
    weft_str name;
    if (file.at == NULL || path.at == NULL)
        return fail("out of memory");
    if (weft__migration_parse(file.at, &version, &name) != WEFT__MIGRATION_UP)
        return fail("\"%s\" cannot name a migration: use lower-case letters, digits and '_', as in "
                    "add_users",
                    given->name);

    int fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail("cannot create \"%s\": %s", path.at, strerrordesc_np(errno));
    bool written = dprintf(fd, "-- %s\n", given->name) > 0;
    if (close(fd) != 0 || !written)
        return fail("cannot write \"%s\": %s", path.at, strerrordesc_np(errno));
    printf("created %s\n", path.at);
    return EXIT_OK;
}
