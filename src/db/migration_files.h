/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/migration_files.h: a folder of migrations as a list. Needs base only; weftgen uses it too.
 */
#ifndef WEFT_DB_MIGRATION_FILES_H
#define WEFT_DB_MIGRATION_FILES_H

#include <weft/migrate.h>

typedef struct weft__migrations {
    const char *folder;
    weft_migration *at; /* in the order of their versions */
    size_t len;
} weft__migrations;

/* What is to be done with them. */
typedef struct weft__migrate_task {
    enum { WEFT__MIGRATE_UP, WEFT__MIGRATE_DOWN, WEFT__MIGRATE_STATUS } what;
    unsigned count; /* DOWN: how many are taken back */
} weft__migrate_task;

/* The folder within `folder` for the files of this engine ("sqlite", "postgres") alone, if there is
 * one, else `folder` itself; NULL: no memory. */
const char *weft__migrations_folder(const char *folder, const char *engine, weft_arena *arena);

/* Reads every migration of the folder into the arena. WEFT_DB_OK, or a failure with a whole
 * sentence in *why, which names the file. */
weft_db_result weft__migrations_read(const char *folder, weft_arena *arena,
                                     weft__migrations *migrations, weft_str *why) WEFT_NODISCARD;

/* The same of files that are in the program. */
weft_db_result weft__migrations_embedded(const weft_migration_text *files, const char *engine,
                                         weft_arena *arena, weft__migrations *migrations,
                                         weft_str *why) WEFT_NODISCARD;

/* What a file of this name is. */
typedef enum weft__migration_kind {
    WEFT__MIGRATION_UP,
    WEFT__MIGRATION_DOWN,  /* the way back */
    WEFT__MIGRATION_OTHER, /* no SQL file, or a hidden one */
    WEFT__MIGRATION_BAD,   /* an SQL file whose name does not say when it is to be applied */
} weft__migration_kind;
weft__migration_kind weft__migration_parse(const char *file, int64_t *version, weft_str *name);

/* Puts the list into the order of the versions. */
void weft__migrations_sort(weft__migrations *migrations);

#endif
