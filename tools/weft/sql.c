/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/sql.c: see sql.h. weftgen is $WEFTGEN, or stands beside this program, or in PATH; what it
 * tells the compiler is $WEFTGENFLAGS, or what pkg-config says of weft.
 */
#include "sql.h"
#include "list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 256, FOLDERS_MAX = 32 };

/* ---- the files of the project ---------------------------------------------------------------- */

/* Whether the file has SQL(.. before a prototype; a line of ordinary length says so. */
static bool has_statements(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        const char *at = line + strspn(line, " \t");
        found = strncmp(at, "SQL(", 4) == 0 || strncmp(at, "static SQL(", 11) == 0;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

static bool is_source(const char *name)
{
    size_t len = strlen(name);
    return len > 2 && strcmp(name + len - 2, ".c") == 0;
}

/* A folder of Meson's, whose files are made from others. */
static bool is_build_folder(const char *path)
{
    return access(join(path, "build.ninja"), F_OK) == 0 ||
           access(join(path, "CMakeCache.txt"), F_OK) == 0;
}

static void find_sources(const char *folder, unsigned depth, const char ***at, size_t *len)
{
    DIR *open = depth < FOLDERS_MAX && !is_build_folder(folder) ? opendir(folder) : NULL;
    for (struct dirent *entry; open != NULL && (entry = readdir(open)) != NULL;) {
        const char *path = strcmp(folder, ".") == 0 ? keep(entry->d_name, strlen(entry->d_name))
                                                    : join(folder, entry->d_name);
        struct stat facts;
        if (entry->d_name[0] == '.' || lstat(path, &facts) != 0)
            continue;
        if (S_ISDIR(facts.st_mode))
            find_sources(path, depth + 1, at, len);
        else if (S_ISREG(facts.st_mode) && is_source(path) && has_statements(path))
            add_text(at, len, path);
    }
    if (open != NULL)
        closedir(open);
}

/* ---- weftgen --------------------------------------------------------------------------------- */

static const char *find_weftgen(void)
{
    char path[4096];
    const char *named = getenv("WEFTGEN");
    if (named != NULL && named[0] != '\0')
        return named;
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof "gen");
    if (len > 0) {
        memcpy(path + len, "gen", sizeof "gen"); /* ../bin/weft, ../bin/weftgen */
        if (access(path, X_OK) == 0)
            return keep(path, strlen(path));
    }
    return "weftgen";
}

/* Adds the words of a text. */
static void add_words(const char **arguments, size_t *count, const char *text)
{
    while (text != NULL && *(text += strspn(text, " \t\n")) != '\0' && *count < ARGUMENTS_MAX - 8) {
        size_t len = strcspn(text, " \t\n");
        arguments[(*count)++] = keep(text, len);
        text += len;
    }
}

static const char *compiler_flags(void)
{
    const char *named = getenv("WEFTGENFLAGS");
    char text[4096] = "";
    if (named != NULL)
        return named;
    /* A command in which no word comes from outside. NOLINTNEXTLINE(cert-env33-c) */
    FILE *pipe = popen("pkg-config --cflags weft 2>/dev/null", "r");
    size_t len = pipe != NULL ? fread(text, 1, sizeof text - 1, pipe) : 0;
    if (pipe != NULL)
        pclose(pipe);
    return keep(text, len);
}

static void fill_arguments(const char **arguments, const tool_arguments *given, const char *how,
                           const char *source)
{
    const char *fixed[] = {find_weftgen(), "--describe",   how,          "--queries",
                           QUERIES_FOLDER, "--migrations", given->folder};
    size_t count = 0, fixed_count = sizeof fixed / sizeof fixed[0];
    if (access(given->folder, F_OK) != 0)
        fixed_count -= 2;
    for (size_t i = 0; i < fixed_count; i++)
        arguments[count++] = fixed[i];
    add_words(arguments, &count, compiler_flags());
    if (given->database != NULL && strncmp(given->database, "postgres", 8) == 0) {
        arguments[count++] = "--database";
        arguments[count++] = given->database;
    }
    arguments[count++] = source;
    arguments[count] = NULL;
}

static void take_line(described_list *list, const char *line)
{
    size_t state = strcspn(line, " "), end = strcspn(line, "\n");
    if (line[state] != ' ')
        return;
    list->at = grow(list->at, list->len, sizeof *list->at);
    list->at[list->len++] = (described){keep(line, state), keep(line + state + 1, end - state - 1)};
}

static bool describe_source(const tool_arguments *given, const char *how, const char *source,
                            described_list *list)
{
    const char *arguments[ARGUMENTS_MAX];
    char line[512];
    FILE *from;
    fill_arguments(arguments, given, how, source);
    pid_t process = start_process(arguments, NULL, STDOUT_FILENO, &from);
    if (process == 0) {
        fail("cannot run %s: %s; name it with WEFTGEN", arguments[0], strerror(errno));
        return false;
    }
    while (fgets(line, sizeof line, from) != NULL)
        take_line(list, line);
    fclose(from);
    int status = 0;
    waitpid(process, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool is_described(const described_list *list, const char *file)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->at[i].file, file) == 0)
            return true;
    return false;
}

static void find_stale(described_list *list)
{
    DIR *open = opendir(QUERIES_FOLDER);
    for (struct dirent *entry; open != NULL && (entry = readdir(open)) != NULL;)
        if (entry->d_name[0] != '.' && !is_described(list, entry->d_name))
            add_text(&list->stale, &list->stale_count, keep(entry->d_name, strlen(entry->d_name)));
    if (open != NULL)
        closedir(open);
    if (list->stale_count != 0)
        qsort(list->stale, list->stale_count, sizeof *list->stale, compare_texts);
}

bool describe_project(const tool_arguments *given, const char *how, described_list *list)
{
    const char **sources = NULL;
    size_t count = 0;
    find_sources(".", 0, &sources, &count);
    *list = (described_list){.sources = count};
    if (count == 0) {
        fail("no .c file in this folder or below has SQL(..)");
        return false;
    }
    qsort(sources, count, sizeof *sources, compare_texts);
    bool good = true;
    for (size_t i = 0; i < count; i++)
        good &= describe_source(given, how, sources[i], list);
    if (good)
        find_stale(list);
    return good;
}
