/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/new.c: "weft new PATH": a new project, in a folder of its own. It is written beside its
 * place and then renamed, so that nobody sees half of one.
 */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "list.h"
#include "template.h"

enum { NAME_MAX_LEN = 64 };

/* ---- what it is called ----------------------------------------------------------------------- */

/* Meson makes these itself. */
static bool is_mesons(const char *name)
{
    static const char *const targets[] = {
        "all",      "benchmark",     "clean",         "clean-ctlist", "clean-gcda", "clean-gcno",
        "coverage", "coverage-html", "coverage-text", "coverage-xml", "dist",       "distcheck",
        "install",  "phony",         "reconfigure",   "scan-build",   "test",       "uninstall"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(name, targets[i]) == 0)
            return true;
    return false;
}

/* EXIT_OK, or EXIT_FAILED and said why. */
static int judge_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    static const char more[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t len = strlen(name);
    if (strspn(name, letters) == 0 || strspn(name, more) != len || len > NAME_MAX_LEN)
        return fail("\"%s\" cannot name a project: use lower-case letters, digits, '-' and '_', a "
                    "letter first,\n  %d at most, as in hello",
                    name, NAME_MAX_LEN);
    if (is_mesons(name))
        return fail("\"%s\" cannot name a project: Meson has a target of that name", name);
    return EXIT_OK;
}

/* Without the slashes at its end. */
static const char *trimmed(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    return keep(path, len);
}

/* ---- its folder ------------------------------------------------------------------------------ */

/* The file, and the folders on its way. Messages leave out the folder, which is a draft. */
static int write_file(const char *folder, const char *path, weft_str text)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (mkdir(join(folder, keep(path, (size_t)(slash - path))), 0777) != 0 && errno != EEXIST)
            return fail("cannot create the folder of \"%s\": %s", path, strerrordesc_np(errno));
    FILE *to = fopen(join(folder, path), "wxe");
    if (to == NULL)
        return fail("cannot create \"%s\": %s", path, strerrordesc_np(errno));
    bool written = fwrite(text.at, 1, text.len, to) == text.len;
    if (fclose(to) != 0 || !written)
        return fail("cannot write \"%s\": %s", path, strerrordesc_np(errno));
    return EXIT_OK;
}

static int write_files(const char *folder, const new_project *project)
{
    for (const template_file *file = template_files; file->path != NULL; file++) {
        const char *path = template_path(file, project);
        if (path != NULL && write_file(folder, path, template_text(file, project)) != EXIT_OK)
            return EXIT_FAILED;
    }
    return EXIT_OK;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

/* Renaming takes the place of an empty folder, and of nothing else. */
static int put_in_place(const char *draft, const char *path)
{
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(draft, 0777 & ~mask) == 0 && rename(draft, path) == 0)
        return EXIT_OK;
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
        return fail("\"%s\" is there already: take another name, or remove it", path);
    return fail("cannot create \"%s\": %s", path, strerrordesc_np(errno));
}

static int create(const char *path, const new_project *project)
{
    char draft[PATH_MAX];
    int parent = (int)(strlen(path) - strlen(project->name));
    int len = snprintf(draft, sizeof draft, "%.*s.%s.XXXXXX", parent, path, project->name);
    if ((size_t)len >= sizeof draft)
        return fail("\"%s\" is too long a path", path);
    if (mkdtemp(draft) == NULL)
        return fail("cannot create \"%s\": %s", path, strerrordesc_np(errno));
    int result = write_files(draft, project);
    if (result == EXIT_OK)
        result = put_in_place(draft, path);
    if (result != EXIT_OK)
        nftw(draft, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return result;
}

/* ---- the command ----------------------------------------------------------------------------- */

static void say_created(const char *path, const new_project *project)
{
    bool sqlite = strcmp(project->engine, "sqlite") == 0;
    bool plain = strpbrk(path, " \t\"\\$`*?[]()<>|&;#~") == NULL; /* to a shell */
    const char *quote = plain ? "" : "'";
    printf("created %s. Go on with\n\n  cd %s%s%s\n", path, quote, path, quote);
    if (!sqlite)
        puts("  export $(weft db up)");
    printf("  meson setup build && meson test -C build\n  ");
    if (sqlite)
        printf("DATABASE_URL=sqlite:%s.db ", project->name);
    printf("build/%s\n", project->name);
}

int run_new(const tool_arguments *given)
{
    const char *path = trimmed(given->name), *slash = strrchr(path, '/');
    new_project project = {.name = slash != NULL ? slash + 1 : path,
                           .engine = given->engine != NULL ? given->engine : "sqlite"};
    if (strcmp(project.engine, "sqlite") != 0 && strcmp(project.engine, "postgres") != 0)
        return fail("--engine is \"sqlite\" or \"postgres\", not \"%s\"", project.engine),
               EXIT_USAGE;
    if (judge_name(project.name) != EXIT_OK || create(path, &project) != EXIT_OK)
        return EXIT_FAILED;
    say_created(path, &project);
    return EXIT_OK;
}
