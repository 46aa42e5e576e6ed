/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migration_files.c: which files of a folder are migrations, in which order, with which text.
 */
#include <weft/check.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/migration_files.h"

enum { DIGITS_MIN = 4, DIGITS_MAX = 18 };

static bool ends_with(weft_str s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.at + s.len - len, end, len) == 0;
}

weft__migration_kind weft__migration_parse(const char *file, int64_t *version, weft_str *name)
{
    weft_str rest = {file, strlen(file)};
    if (file[0] == '.' || !ends_with(rest, ".sql"))
        return WEFT__MIGRATION_OTHER;
    rest.len -= strlen(".sql");
    bool down = ends_with(rest, ".down");
    if (down)
        rest.len -= strlen(".down");

    size_t digits = strspn(file, "0123456789");
    size_t letters = strspn(file + digits, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (digits < DIGITS_MIN || digits > DIGITS_MAX || letters < 2 || file[digits] != '_' ||
        digits + letters != rest.len)
        return WEFT__MIGRATION_BAD;
    *version = strtoll(file, NULL, 10);
    *name = weft_str_skip(rest, digits + 1);
    return down ? WEFT__MIGRATION_DOWN : WEFT__MIGRATION_UP;
}

static int by_version(const void *a, const void *b)
{
    const weft_migration *left = a, *right = b;
    return (left->version > right->version) - (left->version < right->version);
}

void weft__migrations_sort(weft__migrations *migrations)
{
    if (migrations->len != 0)
        qsort(migrations->at, migrations->len, sizeof(*migrations->at), by_version);
}

/* The whole of an open file; false with errno. */
static bool read_all(int fd, size_t size, char *to)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? EIO : errno; /* the file shrank meanwhile */
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

/* Reads an open file into *sql, NUL-terminated, and closes it. */
static weft_db_result read_text(int fd, const char *folder, const char *file, weft_arena *arena,
                                weft_str *out, weft_str *why)
{
    weft_db_result result = WEFT_DB_FAILED;
    struct stat about;
    if (fd < 0 || fstat(fd, &about) != 0) {
        *why = weft_arena_printf(arena, "cannot read %s/%s: %s", folder, file,
                                 strerrordesc_np(errno));
        goto close;
    }
    if (about.st_size > WEFT_MIGRATION_MAX) {
        *why = weft_arena_printf(arena, "%s/%s is larger than %u bytes; split it", folder, file,
                                 WEFT_MIGRATION_MAX);
        goto close;
    }
    size_t size = (size_t)about.st_size;
    char *sql = weft_arena_alloc(arena, size + 1, 1);
    if (sql == NULL) {
        result = WEFT_DB_NO_MEMORY;
        *why = WEFT_STR("out of memory");
        goto close;
    }
    if (!read_all(fd, size, sql)) {
        *why = weft_arena_printf(arena, "cannot read %s/%s: %s", folder, file,
                                 strerrordesc_np(errno));
        goto close;
    }
    sql[size] = '\0';
    *out = (weft_str){sql, size};
    if (memchr(sql, '\0', size) != NULL || !weft_utf8_valid(*out)) {
        *why = weft_arena_printf(arena, "%s/%s is not UTF-8 text", folder, file);
        goto close;
    }
    result = WEFT_DB_OK;
close:
    if (fd >= 0)
        close(fd);
    return result;
}

/* "0001_x.down.sql" of "0001_x.sql"; empty when memory is out. */
static weft_str down_name(weft_arena *arena, weft_str file)
{
    return weft_arena_printf(arena, "%.*s.down.sql", (int)(file.len - strlen(".sql")), file.at);
}

/* The texts of a migration and, when there is a file for it, of its way back. */
static weft_db_result read_texts(int folder_fd, const char *folder, weft_arena *arena,
                                 weft_migration *migration, weft_str *why)
{
    int fd = openat(folder_fd, migration->file.at, O_RDONLY | O_CLOEXEC);
    WEFT_TRY(read_text(fd, folder, migration->file.at, arena, &migration->sql, why));
    weft_str down = down_name(arena, migration->file);
    if (down.at == NULL)
        return WEFT_DB_NO_MEMORY;
    fd = openat(folder_fd, down.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return WEFT_DB_OK;
    migration->down_file = down;
    return read_text(fd, folder, down.at, arena, &migration->down, why);
}

/* Adds the file to the list when it is a migration. */
static weft_db_result add(weft__migrations *migrations, size_t *capacity, const char *file,
                          weft_arena *arena, weft_str *why)
{
    weft_migration found = {.state = WEFT_MIGRATION_PENDING};
    switch (weft__migration_parse(file, &found.version, &found.name)) {
    case WEFT__MIGRATION_DOWN:
    case WEFT__MIGRATION_OTHER: return WEFT_DB_OK;
    case WEFT__MIGRATION_BAD:
        *why = weft_arena_printf(arena,
                                 "%s/%s: a migration is named like 0001_create_users.sql: four "
                                 "digits or more, '_', lower-case letters, digits and '_'",
                                 migrations->folder, file);
        return WEFT_DB_FAILED;
    case WEFT__MIGRATION_UP: break;
    }
    if (migrations->len == WEFT_MIGRATIONS_MAX) {
        *why = weft_arena_printf(arena, "%s has more than %d migrations", migrations->folder,
                                 WEFT_MIGRATIONS_MAX);
        return WEFT_DB_FAILED;
    }
    if (migrations->len == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 16;
        weft_migration *grown = WEFT_NEW_ARRAY(arena, weft_migration, *capacity);
        if (grown == NULL)
            goto no_memory;
        if (migrations->len != 0)
            memcpy(grown, migrations->at, migrations->len * sizeof(*grown));
        migrations->at = grown;
    }
    size_t offset = (size_t)(found.name.at - file);
    found.file = weft_arena_printf(arena, "%s", file);
    if (found.file.at == NULL)
        goto no_memory;
    found.name.at = found.file.at + offset;
    migrations->at[migrations->len++] = found;
    return WEFT_DB_OK;

no_memory:
    *why = WEFT_STR("out of memory");
    return WEFT_DB_NO_MEMORY;
}

static weft_db_result list_folder(DIR *folder, weft_arena *arena, weft__migrations *migrations,
                                  weft_str *why)
{
    size_t capacity = 0;
    weft_db_result result = WEFT_DB_OK;
    for (const struct dirent *entry; result == WEFT_DB_OK && (entry = readdir(folder)) != NULL;)
        result = add(migrations, &capacity, entry->d_name, arena, why);
    weft__migrations_sort(migrations);
    for (size_t i = 1; result == WEFT_DB_OK && i < migrations->len; i++) {
        const weft_migration *a = &migrations->at[i - 1], *b = &migrations->at[i];
        if (a->version != b->version)
            continue;
        *why = weft_arena_printf(arena,
                                 "%s: %s and %s have the same number %" PRId64 "; rename one",
                                 migrations->folder, a->file.at, b->file.at, a->version);
        result = WEFT_DB_FAILED;
    }
    return result;
}

const char *weft__migrations_folder(const char *folder, const char *engine, weft_arena *arena)
{
    struct stat about;
    weft_str own = weft_arena_printf(arena, "%s/%s", folder, engine);
    if (own.at == NULL)
        return NULL;
    return stat(own.at, &about) == 0 && S_ISDIR(about.st_mode) ? own.at : folder;
}

weft_db_result weft__migrations_read(const char *folder, weft_arena *arena,
                                     weft__migrations *migrations, weft_str *why)
{
    *migrations = (weft__migrations){.folder = folder};
    DIR *open = opendir(folder);
    if (open == NULL) {
        *why = weft_arena_printf(arena, "cannot read the folder of migrations \"%s\": %s", folder,
                                 strerrordesc_np(errno));
        return WEFT_DB_FAILED;
    }
    weft_db_result result = list_folder(open, arena, migrations, why);
    for (size_t i = 0; result == WEFT_DB_OK && i < migrations->len; i++)
        result = read_texts(dirfd(open), folder, arena, &migrations->at[i], why);
    closedir(open);
    return result;
}

static weft_db_result take_embedded(const weft_migration_text *from, weft_arena *arena,
                                    weft_migration *to, weft_str *why)
{
    *to = (weft_migration){.file = weft_str_from(from->file),
                           .sql = weft_str_from(from->sql),
                           .down = weft_str_from(from->down)};
    if (from->down != NULL)
        to->down_file = down_name(arena, to->file);
    if (weft__migration_parse(from->file, &to->version, &to->name) == WEFT__MIGRATION_UP)
        return WEFT_DB_OK;
    *why = weft_arena_printf(arena, "\"%s\" in the program is no migration's name", from->file);
    return WEFT_DB_FAILED;
}

weft_db_result weft__migrations_embedded(const weft_migration_text *files, const char *engine,
                                         weft_arena *arena, weft__migrations *migrations,
                                         weft_str *why)
{
    size_t len = 0;
    while (files[len].file != NULL)
        len++;
    *migrations = (weft__migrations){.folder = "(in the program)"};
    migrations->at = WEFT_NEW_ARRAY(arena, weft_migration, len + 1);
    if (migrations->at == NULL) {
        *why = WEFT_STR("out of memory");
        return WEFT_DB_NO_MEMORY;
    }
    for (size_t i = 0; i < len; i++)
        if (files[i].engine == NULL || strcmp(files[i].engine, engine) == 0)
            WEFT_TRY(take_embedded(&files[i], arena, &migrations->at[migrations->len++], why));
    weft__migrations_sort(migrations);
    return WEFT_DB_OK;
}
