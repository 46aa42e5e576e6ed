/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sql_prepare.c: "weft sql prepare": asks PostgreSQL about every statement of the project and
 * writes what it says, to be committed: builds without a server check against that.
 */
#include "sql.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_folder(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static void remove_stale(const described_list *list)
{
    for (size_t i = 0; i < list->stale_count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", QUERIES_FOLDER, list->stale[i]);
        if (unlink(path) == 0)
            printf("removed %s\n", list->stale[i]);
    }
}

int run_sql_prepare(const tool_arguments *given)
{
    described_list list;
    if (given->database == NULL || strncmp(given->database, "postgres", 8) != 0)
        return fail("PostgreSQL describes statements: name one with DATABASE_URL or --database");
    if (!make_folder(".weft") || !make_folder(QUERIES_FOLDER))
        return fail("cannot make %s: %s", QUERIES_FOLDER, strerror(errno));
    if (!describe_project(given, "write", &list))
        return EXIT_FAILED;
    size_t changed = 0;
    for (size_t i = 0; i < list.len; i++) {
        if (strcmp(list.at[i].state, "same") == 0)
            continue;
        printf("%s %s\n", list.at[i].state, list.at[i].file);
        changed++;
    }
    remove_stale(&list);
    if (changed == 0 && list.stale_count == 0)
        printf("%s is as PostgreSQL describes it\n", QUERIES_FOLDER);
    return EXIT_OK;
}
