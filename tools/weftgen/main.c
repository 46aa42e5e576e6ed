/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen: reads a C file with declarations to complete, checks them, and writes the unit that
 * completes them. Exit status: 0 done, 1 the file has errors, 2 wrong use.
 */
#include "model.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

static const char help[] =
    "usage: weftgen [options] -o OUTPUT FILE.c\n"
    "\n"
    "Reads FILE.c, whose DERIVE, SQL and route tables declare what it wants, checks them, and\n"
    "writes OUTPUT, the C file to be compiled in its place: it includes FILE.c.\n"
    "\n"
    "  -o FILE           where to write\n"
    "  --depfile FILE    also write what OUTPUT depends on, for make and ninja\n"
    "  --migrations DIR  the .sql files that make the database that SQL is checked against\n"
    "  --engines LIST    what SQL is checked against: sqlite, postgres, or sqlite,postgres; else\n"
    "                    what DATABASE_URL names, or what .weft/queries describes, or sqlite\n"
    "  --database URL    the PostgreSQL to ask; else DATABASE_URL when it names one\n"
    "  --queries DIR     what PostgreSQL said before, for when there is none to ask; else the\n"
    "                    nearest .weft/queries in the folders above FILE.c\n"
    "  --describe HOW    writes no OUTPUT: \"write\" asks PostgreSQL and writes what it says into\n"
    "                    --queries, \"compare\" compares; \"weft sql\" uses it for whole projects\n"
    "  -I.. -D.. -U.. -isystem DIR -include FILE -std=.. -f.. -m..\n"
    "                    for the compiler, as FILE.c is compiled with; where Weft's own headers\n"
    "                    are, an installed weftgen knows\n"
    "  --help, --version\n"
    "\n"
    "Errors have the compiler's format. Exit status: 0 done, 1 FILE.c has errors, 2 wrong use.\n";

struct options {
    const char *file, *output, *depfile, *migrations;
    const char *engines, *database, *queries, *describe;
    const char **arguments; /* for the compiler */
    int argument_count;
};

/* ---- command line ---- */

static _Noreturn void refuse(const char *what, const char *which)
{
    gen_report(GEN_ERROR, NULL, "%s%s", what, which);
    fputs("weftgen: note: weftgen --help says how it is used\n", stderr);
    exit(EXIT_USAGE);
}

static void pass_on(struct options *options, const char *argument)
{
    options->arguments[options->argument_count++] = argument;
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Options of the compiler whose value is the next argument. */
static bool takes_next(const char *argument)
{
    static const char *const names[] = {"-I", "-D", "-U", "-isystem", "-iquote", "-include"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(argument, names[i]) == 0)
            return true;
    return false;
}

static bool is_for_compiler(const char *argument)
{
    static const char *const prefixes[] = {"-I", "-D", "-U", "-i", "-std=", "-f", "-m", "-pthread"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (starts_with(argument, prefixes[i]))
            return true;
    return false;
}

/* Where the value of an option of ours goes; NULL: not ours. */
static const char **value_of(struct options *options, const char *argument)
{
    const struct {
        const char *name, **value;
    } ours[] = {{"-o", &options->output},
                {"--depfile", &options->depfile},
                {"--migrations", &options->migrations},
                {"--engines", &options->engines},
                {"--database", &options->database},
                {"--queries", &options->queries},
                {"--describe", &options->describe}};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcmp(argument, ours[i].name) == 0)
            return ours[i].value;
    return NULL;
}

static void answer_and_exit(const char *argument)
{
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
        fputs(help, stdout);
    else if (strcmp(argument, "--version") == 0)
        puts("weftgen " WEFTGEN_VERSION);
    else
        return;
    exit(EXIT_SUCCESS);
}

/* Takes the argument at argv[i]; the index of the last one taken. */
static int take_argument(struct options *options, int i, int argc, char **argv)
{
    const char *argument = argv[i];
    const char **value = value_of(options, argument);
    bool next = value != NULL || takes_next(argument);
    if (next && i + 1 == argc)
        refuse("a value is missing after ", argument);
    answer_and_exit(argument);
    if (value != NULL) {
        *value = argv[++i];
    } else if (is_for_compiler(argument)) {
        pass_on(options, argument);
        if (next)
            pass_on(options, argv[++i]);
    } else if (argument[0] == '-' && argument[1] != '\0') {
        refuse("unknown option ", argument);
    } else if (options->file != NULL) {
        refuse("one file at a time, not also ", argument);
    } else {
        options->file = argument;
    }
    return i;
}

/* Where the headers are when weftgen is installed beside them, as bin/ and include/; behind every
 * folder that the command line names. */
static void add_own_headers(struct options *options, weft_arena *arena)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    for (int parts = 0; parts < 2 && len > 0; parts++) /* "/weftgen", "/bin" */
        while (len > 0 && path[--len] != '/')
            continue;
    if (len < 0)
        return;
    path[len] = '\0';
    const char *folder = gen_format(arena, "-I%s/include", path);
    if (access(gen_format(arena, "%s/weft/weft.h", folder + 2), R_OK) == 0)
        pass_on(options, folder);
}

static void parse_options(struct options *options, weft_arena *arena, int argc, char **argv)
{
    options->arguments = gen_alloc(arena, ((size_t)argc + 4) * sizeof(char *));
    pass_on(options, "-DWEFT_GENERATOR");
    pass_on(options, "-D_GNU_SOURCE");
    pass_on(options, "-std=gnu11");
    for (int i = 1; i < argc; i++)
        i = take_argument(options, i, argc, argv);
    add_own_headers(options, arena);
    if (options->file == NULL)
        refuse("no file to read", "");
    if (options->output == NULL && options->describe == NULL)
        refuse("no file to write: -o is missing", "");
}

/* ---- output ---- */

static bool write_file(const char *path, const weft_buffer *text)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fwrite(text->at, 1, text->len, file) == text->len;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written) {
        gen_report(GEN_ERROR, NULL, "cannot write %s: %s", path, strerror(errno));
        if (file != NULL)
            remove(path);
    }
    return written;
}

/* A path as make and ninja read it. */
static void append_path(weft_buffer *text, const char *path)
{
    for (; *path != '\0'; path++) {
        if (*path == ' ' || *path == '#' || *path == '\\')
            weft_buffer_append(text, "\\", 1);
        if (*path == '$')
            weft_buffer_append(text, "$", 1);
        weft_buffer_append(text, path, 1);
    }
}

static bool write_depfile(const struct options *options, const gen_unit *unit)
{
    weft_buffer text;
    weft_buffer_init(&text, unit->arena);
    append_path(&text, options->output);
    weft_buffer_append(&text, ":", 1);
    for (size_t i = 0; i < unit->dependency_count; i++) {
        weft_buffer_append_str(&text, WEFT_STR(" \\\n  "));
        append_path(&text, unit->dependencies[i]);
    }
    weft_buffer_append(&text, "\n", 1);
    return write_file(options->depfile, &text);
}

static bool write_unit(const struct options *options, const gen_unit *unit)
{
    gen_text text;
    weft_buffer_init(&text, unit->arena);
    gen_write_unit(&text, unit);
    if (text.failed) {
        gen_report(GEN_ERROR, NULL, "out of memory");
        return false;
    }
    return write_file(options->output, &text);
}

/* ---- databases ---- */

static bool names_postgres(const char *url)
{
    return url != NULL && (starts_with(url, "postgres://") || starts_with(url, "postgresql://"));
}

/* "sqlite", "postgres", or both with a comma. */
static void take_engines(gen_unit *unit, const char *list)
{
    static const char *const names[] = {[GEN_SQLITE] = "sqlite", [GEN_POSTGRES] = "postgres"};
    while (*list != '\0') {
        size_t len = strcspn(list, ","), i = 0;
        while (i < GEN_ENGINES && (strlen(names[i]) != len || strncmp(list, names[i], len) != 0))
            i++;
        if (i == GEN_ENGINES)
            refuse("no such engine: ", list);
        unit->engines[i] = true;
        list += len + (list[len] == ',');
    }
}

/* The nearest folder .weft/queries above the file, or NULL. */
static const char *find_queries(weft_arena *arena, const char *file)
{
    char *path = realpath(file, NULL);
    const char *found = NULL;
    for (char *slash; path != NULL && found == NULL && (slash = strrchr(path, '/')) != NULL;) {
        *slash = '\0';
        const char *folder = gen_format(arena, "%s/.weft/queries", path);
        if (access(folder, F_OK) == 0)
            found = folder;
    }
    free(path);
    return found;
}

static void choose_describing(gen_unit *unit, const char *how)
{
    if (how != NULL && strcmp(how, "write") == 0)
        unit->describe = GEN_DESCRIBE_WRITE;
    else if (how != NULL && strcmp(how, "compare") == 0)
        unit->describe = GEN_DESCRIBE_COMPARE;
    else if (how != NULL)
        refuse("--describe takes write or compare, not ", how);
}

/* An engine that is named is used; else the one that can be. */
static void choose_databases(gen_unit *unit, const struct options *options)
{
    const char *url = getenv("DATABASE_URL");
    unit->database = options->database ? options->database : names_postgres(url) ? url : NULL;
    unit->descriptions = options->queries ? options->queries
                                          : find_queries(unit->arena, options->file);
    choose_describing(unit, options->describe);
    if (unit->describe != GEN_DESCRIBE_USE)
        unit->engines[GEN_POSTGRES] = true;
    else if (options->engines != NULL)
        take_engines(unit, options->engines);
    else if (unit->database != NULL || (url == NULL && unit->descriptions != NULL))
        unit->engines[GEN_POSTGRES] = true;
    else
        unit->engines[GEN_SQLITE] = true;
}

/* ---- stages ---- */

static bool run(const struct options *options, weft_arena *arena)
{
    gen_unit unit = {.arena = arena, .file = options->file, .migrations = options->migrations};
    choose_databases(&unit, options);
    if (!gen_read(&unit, options->arguments, options->argument_count))
        return false;
    gen_check_types(&unit);
    gen_check_lifetimes(&unit);
    gen_check_routes(&unit);
    gen_check_sql(&unit);
    if (gen_error_count() != 0)
        return false;
    if (unit.describe != GEN_DESCRIBE_USE)
        return true;
    return write_unit(options, &unit) &&
           (options->depfile == NULL || write_depfile(options, &unit));
}

int main(int argc, char **argv)
{
    weft_arena arena;
    weft_arena_init(&arena, (size_t)4 << 30); /* PostgreSQL speaks at length */
    struct options options = {0};
    parse_options(&options, &arena, argc, argv);
    bool done = run(&options, &arena);
    weft_arena_reset(&arena);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
