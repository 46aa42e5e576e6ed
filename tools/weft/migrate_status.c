/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate_status.c: "weft migrate status": the migrations and what became of them. Fails when
 * "weft migrate up" would refuse them.
 */
#include "command.h"

static void print_one(const weft_migration *m)
{
    static const char *const states[] = {[WEFT_MIGRATION_PENDING] = "pending",
                                         [WEFT_MIGRATION_APPLIED] = "applied",
                                         [WEFT_MIGRATION_EDITED] = "edited",
                                         [WEFT_MIGRATION_MISSING] = "missing"};
    printf("%-8s", states[m->state]);
    printf("%-21.*s %.*s", WEFT_STR_ARGS(m->applied_at), WEFT_STR_ARGS(m->file));
    if (m->state == WEFT_MIGRATION_EDITED)
        printf(" (line %u differs from what was applied)", m->edited_line);
    putchar('\n');
}

int run_migrate_status(const tool_arguments *given)
{
    weft_database *database = open_database(given);
    if (database == NULL)
        return EXIT_FAILED;
    WEFT_ARRAY(weft_migration) list;
    weft_db_result result = weft_migrate_status(database, given->folder, weft_arena_current(),
                                                &list);
    int exit_code = EXIT_OK;
    if (result != WEFT_DB_OK)
        exit_code = fail("%.*s", WEFT_STR_ARGS(weft_db_last_failure()->message));
    else if (list.len == 0)
        printf("\"%s\" has no migrations\n", given->folder);

    size_t changed = 0;
    for (size_t i = 0; result == WEFT_DB_OK && i < list.len; i++) {
        print_one(&list.at[i]);
        changed += list.at[i].state == WEFT_MIGRATION_EDITED ||
                   list.at[i].state == WEFT_MIGRATION_MISSING;
    }
    fflush(stdout);
    if (changed != 0)
        exit_code = fail("files that were applied are edited or missing: put them back");
    weft_database_close(database);
    return exit_code;
}
