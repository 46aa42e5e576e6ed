/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check_clang.c: clang looks at every unit, as many at a time as there are processors, and
 * what it prints is read back. It only looks: no code is made.
 */
#include "check.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "list.h"

enum { CLANG_OLDEST = 14, CLANG_NEWEST = 30, RUNNING_MAX = 64 };

/* ---- which one ------------------------------------------------------------------------------- */

static bool is_program(const char *name)
{
    if (strchr(name, '/') != NULL)
        return access(name, X_OK) == 0;
    const char *path = getenv("PATH");
    for (const char *at = path != NULL ? path : ""; *at != '\0'; at += *at == ':') {
        size_t len = strcspn(at, ":");
        if (access(compose("%.*s/%s", (int)len, at, name), X_OK) == 0)
            return true;
        at += len;
    }
    return false;
}

int check_find_clang(const char **clang)
{
    *clang = getenv("CLANG");
    if (*clang != NULL && (*clang)[0] != '\0') {
        if (is_program(*clang))
            return EXIT_OK;
        fail("CLANG names %s, which is no program", *clang);
        return EXIT_USAGE;
    }
    *clang = "clang";
    if (is_program(*clang))
        return EXIT_OK;
    for (unsigned version = CLANG_NEWEST; version >= CLANG_OLDEST; version--) {
        *clang = compose("clang-%u", version);
        if (is_program(*clang))
            return EXIT_OK;
    }
    fail("clang is not installed. It looks after handles while they pass through the program; to "
         "build,\n  it is not needed. Debian, Ubuntu: apt install clang. Fedora: dnf install "
         "clang.\n  Version %d or later; where it is, the environment's CLANG says",
         CLANG_OLDEST);
    return EXIT_SKIPPED;
}

/* ---- what it says ---------------------------------------------------------------------------- */

static const char *shortened(const char *path)
{
    char *here = realpath(".", NULL), *real = realpath(path, NULL);
    size_t len = here != NULL ? strlen(here) : 0;
    const char *kept = real != NULL ? keep(real, strlen(real)) : path;
    if (here != NULL && strncmp(kept, here, len) == 0 && kept[len] == '/')
        kept += len + 1;
    free(here);
    free(real);
    return kept;
}

/* Takes "file:line:column: severity: text [group]" apart; false: the line is another. */
static bool read_remark(const char *line, const char *folder, check_remark *out)
{
    const char *const severities[] = {"error", "fatal error", "warning", "note"};
    for (const char *colon = strchr(line, ':'); colon != NULL; colon = strchr(colon + 1, ':')) {
        char *end = NULL;
        unsigned long number = strtoul(colon + 1, &end, 10);
        unsigned long column = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
        if (number == 0 || column == 0 || strncmp(end, ": ", 2) != 0)
            continue;
        const char *severity = end + 2, *text = strstr(severity, ": ");
        *out = (check_remark){.place = {.line = (unsigned)number, .column = (unsigned)column}};
        for (size_t i = 0; text != NULL && i < sizeof severities / sizeof severities[0]; i++)
            if (strncmp(severity, severities[i], strlen(severities[i])) == 0)
                out->severity = severities[i];
        if (out->severity == NULL)
            return false;
        size_t len = strcspn(text + 2, "\n");
        const char *group = strstr(text, " [-W");
        if (group != NULL && strncmp(out->severity, "note", 4) != 0) {
            len = (size_t)(group - text - 2);
            out->group = keep(group + 2, strcspn(group + 2, "]\n"));
        }
        out->text = keep(text + 2, len);
        out->place.file = shortened(join(folder, keep(line, (size_t)(colon - line))));
        return true;
    }
    return false;
}

static void add(check_findings *to, check_finding finding)
{
    for (size_t i = 0; i < to->len; i++)
        if (check_says_same(&to->at[i], &finding))
            return;
    to->at = grow(to->at, to->len, sizeof *to->at);
    to->at[to->len++] = finding;
}

/* How many there were. */
static size_t read_remarks(FILE *from, const char *folder, check_findings *findings)
{
    char *line = NULL;
    size_t size = 0, count = 0;
    check_remark remarks[2];
    bool open = false; /* remarks[0] waits for its note */
    while (getline(&line, &size, from) >= 0) {
        if (!read_remark(line, folder, &remarks[1]))
            continue;
        count++;
        bool note = strcmp(remarks[1].severity, "note") == 0;
        if (note && strncmp(remarks[1].text, "expanded from", 13) == 0)
            continue;
        if (open)
            add(findings, check_translate(&remarks[0], note ? &remarks[1] : NULL));
        open = !note;
        if (open)
            remarks[0] = remarks[1];
    }
    if (open)
        add(findings, check_translate(&remarks[0], NULL));
    free(line);
    return count;
}

/* ---- running --------------------------------------------------------------------------------- */

typedef struct run {
    pid_t process;
    FILE *from;
    const check_unit *unit;
} run;

static bool start(run *into, const char *clang, const check_unit *unit)
{
    const char *const fixed[] = {clang,
                                 "-fsyntax-only",
                                 "-Wno-everything",
                                 "-Wthread-safety-analysis",
                                 "-Wthread-safety-precise",
                                 "-Wreturn-stack-address",
                                 "-Wuninitialized",
                                 "-Wsometimes-uninitialized",
                                 "-Wunused-result",
                                 "-Wformat",
                                 "-Wformat=2",
                                 "-Wnonnull",
                                 "-Warray-bounds",
                                 "-Wfortify-source",
                                 "-DWEFT_CHECK=1",
                                 "-fno-color-diagnostics",
                                 "-fno-caret-diagnostics",
                                 "-ferror-limit=0"};
    const char **arguments = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        add_text(&arguments, &count, fixed[i]);
    for (size_t i = 0; i < unit->flag_count; i++)
        add_text(&arguments, &count, unit->flags[i]);
    add_text(&arguments, &count, unit->file);
    add_text(&arguments, &count, NULL);
    *into = (run){.unit = unit};
    if (access(unit->file, R_OK) != 0) {
        fail("%s is not there: build the project first", shortened(unit->file));
        return false;
    }
    into->process = start_process(arguments, unit->folder, STDERR_FILENO, &into->from);
    if (into->process == 0)
        fail("cannot run %s: %s", clang, strerror(errno));
    return into->process != 0;
}

/* False: it did not end by itself, or failed without saying where. */
static bool finish(run *ended, check_findings *findings)
{
    int status = 0;
    size_t said = read_remarks(ended->from, ended->unit->folder, findings);
    fclose(ended->from);
    waitpid(ended->process, &status, 0);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || said != 0))
        return true;
    fail("clang cannot look at %s; it says why when run by hand", shortened(ended->unit->file));
    return false;
}

static unsigned processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    if (count < 1)
        return 1;
    return count < RUNNING_MAX ? (unsigned)count : RUNNING_MAX;
}

bool check_run(const char *clang, const check_units *units, check_findings *findings)
{
    run running[RUNNING_MAX];
    size_t started = 0, ended = 0, width = processors();
    bool good = true;
    while (ended < started || (good && started < units->len)) {
        bool more = good && started < units->len && started - ended < width;
        if (!more)
            good &= finish(&running[ended++ % width], findings);
        else if (start(&running[started % width], clang, &units->at[started]))
            started++;
        else
            good = false;
    }
    return good;
}
