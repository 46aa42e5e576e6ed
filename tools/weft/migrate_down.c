/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate_down.c: "weft migrate down [COUNT]": takes back what was applied last, by default
 * one.
 */
#include <weft/check.h>

#include "command.h"

int run_migrate_down(const tool_arguments *given)
{
    int64_t count = 1;
    if (given->name != NULL &&
        !weft_text_to_i64(weft_str_from(given->name), 1, WEFT_MIGRATIONS_MAX, &count))
        return fail("\"%s\" is no count of migrations: write 1 or more", given->name);
    weft_database *database = open_database(given);
    if (database == NULL)
        return EXIT_FAILED;
    WEFT_ARRAY(weft_migration) list;
    weft_db_result result = weft_migrate_down(database, given->folder, (unsigned)count,
                                              weft_arena_current(), &list);
    size_t taken = 0;
    for (size_t i = list.len; i-- > 0;) {
        if (!list.at[i].fresh)
            continue;
        printf("took back %.*s\n", WEFT_STR_ARGS(list.at[i].file));
        taken++;
    }
    fflush(stdout);
    if (result != WEFT_DB_OK)
        fail("%.*s", WEFT_STR_ARGS(weft_db_last_failure()->message));
    else if (taken == 0)
        printf("nothing to take back: no migration is applied\n");
    weft_database_close(database);
    return result == WEFT_DB_OK ? EXIT_OK : EXIT_FAILED;
}
