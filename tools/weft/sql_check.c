/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sql_check.c: "weft sql check": whether the committed descriptions are what PostgreSQL says;
 * without one, whether every statement has its description and the migrations are those that it is
 * of.
 */
#include "sql.h"

int run_sql_check(const tool_arguments *given)
{
    described_list list;
    if (!describe_project(given, "compare", &list))
        return EXIT_FAILED;
    size_t stale = list.stale_count;
    for (size_t i = 0; i < list.len; i++) {
        if (strcmp(list.at[i].state, "same") == 0)
            continue;
        printf("%s %s\n", strcmp(list.at[i].state, "new") == 0 ? "missing" : "stale",
               list.at[i].file);
        stale++;
    }
    for (size_t i = 0; i < list.stale_count; i++)
        printf("of no statement %s\n", list.stale[i]);
    fflush(stdout);
    if (stale != 0)
        return fail("%s is stale; \"weft sql prepare\" writes it anew", QUERIES_FOLDER);
    printf("%s is as it should be\n", QUERIES_FOLDER);
    return EXIT_OK;
}
