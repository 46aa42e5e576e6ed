/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate_up.c: "weft migrate up": applies what is pending and says what it applied.
 */
#include "command.h"

int run_migrate_up(const tool_arguments *given)
{
    weft_database *database = open_database(given);
    if (database == NULL)
        return EXIT_FAILED;
    WEFT_ARRAY(weft_migration) list;
    weft_db_result result = weft_migrate_up(database, given->folder, weft_arena_current(), &list);

    size_t fresh = 0;
    for (size_t i = 0; i < list.len; i++) {
        if (!list.at[i].fresh)
            continue;
        printf("applied %.*s\n", WEFT_STR_ARGS(list.at[i].file));
        fresh++;
    }
    fflush(stdout);
    if (result != WEFT_DB_OK)
        fail("%.*s", WEFT_STR_ARGS(weft_db_last_failure()->message));
    else if (list.len == 0)
        printf("nothing to apply: \"%s\" has no migrations\n", given->folder);
    else if (fresh == 0)
        printf("nothing to apply: all %zu migrations are applied\n", list.len);
    weft_database_close(database);
    return result == WEFT_DB_OK ? EXIT_OK : EXIT_FAILED;
}
