/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check.c: "weft check": what the headers say of ownership holds in the files of a project.
 */
#include "check.h"

#include <limits.h>
#include <stdlib.h>

/* In the order of their places. */
static int compare(const void *left, const void *right)
{
    const check_finding *a = left, *b = right;
    int files = strcmp(a->place.file, b->place.file);
    if (files != 0)
        return files;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    return (a->place.column > b->place.column) - (a->place.column < b->place.column);
}

/* The findings, or EXIT_USAGE or EXIT_SKIPPED when they could not be had. */
static int find(const tool_arguments *given, check_findings *findings, size_t *files)
{
    char path[PATH_MAX];
    check_units units;
    const char *clang, *build;
    int result = check_find_clang(&clang);
    if (result != EXIT_OK)
        return result;
    if ((build = check_build_folder(given->build)) == NULL)
        return EXIT_USAGE;
    if (realpath(given->name != NULL ? given->name : ".", path) == NULL)
        return fail("there is no %s", given->name), EXIT_USAGE;
    if (!check_units_read(build, path, &units))
        return EXIT_USAGE;
    if (units.len == 0)
        return fail("%s compiles no file of this project", build), EXIT_USAGE;
    *files = units.len;
    if (!check_run(clang, &units, findings))
        return EXIT_USAGE;
    if (findings->len != 0)
        qsort(findings->at, findings->len, sizeof *findings->at, compare);
    return findings->len != 0 ? EXIT_FAILED : EXIT_OK;
}

int run_check(const tool_arguments *given)
{
    check_findings findings = {0};
    size_t files = 0;
    bool json = given->format != NULL && strcmp(given->format, "json") == 0;
    if (given->format != NULL && !json && strcmp(given->format, "text") != 0)
        return fail("--format is \"text\" or \"json\", not \"%s\"", given->format), EXIT_USAGE;
    int result = find(given, &findings, &files);
    if (result == EXIT_USAGE || result == EXIT_SKIPPED)
        return result;
    if (json)
        check_print_json(&findings, files);
    else
        check_print_text(&findings);
    fflush(stdout);
    if (!json)
        fprintf(stderr, "weft check: %zu %s, %zu %s\n", files, files == 1 ? "file" : "files",
                findings.len, findings.len == 1 ? "finding" : "findings");
    return result;
}
