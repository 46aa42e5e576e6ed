/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Which call fails, the runs of a scenario, and the process around them. What a scenario prints goes
 * to a file of its own, and is shown when something is wrong: much is logged while things fail.
 */
#include "faults.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_SECONDS 60    /* for one run; then it hangs */
#define RUNS_MAX    20000 /* of one scenario and fault; more means that it never ends */
#define SITES_MAX   4096

#define RECOVERY_TRIES 40
#define RECOVERY_PAUSE 50000 /* microseconds */

/* What the parent wants to know of a scenario whose process is gone. */
typedef struct progress {
    fault kind;
    unsigned number;
    unsigned failures[FAULT_COUNT]; /* that were reached */
    bool ended;
} progress;

static const char *const names[] = {
#define FAULT__NAME(name, text, code) text,
    FAULTS(FAULT__NAME)
#undef FAULT__NAME
};
static const int codes[] = {
#define FAULT__CODE(name, text, code) code,
    FAULTS(FAULT__CODE)
#undef FAULT__CODE
};

/* ---- which call ------------------------------------------------------------------------------ */

static _Atomic int armed = -1; /* the fault, or -1 */
static _Atomic int64_t left;   /* calls until the one that fails, it included */
static _Thread_local bool exposed;

bool fault_spare(bool spare)
{
    bool before = !exposed;
    exposed = !spare;
    return before;
}

/* Of a sanitizer, if there is one. */
void __sanitizer_print_stack_trace(void) __attribute__((weak));

static bool traced; /* who asked for one failure wants to see where it is */

bool fault_now(fault kind)
{
    if (atomic_load_explicit(&armed, memory_order_relaxed) != (int)kind || !exposed ||
        atomic_fetch_sub(&left, 1) != 1)
        return false;
    if (traced && __sanitizer_print_stack_trace) {
        exposed = false;
        __sanitizer_print_stack_trace();
        exposed = true;
    }
    return true;
}

int fault_errno(fault kind)
{
    return codes[kind];
}

static void arm(fault kind, unsigned number)
{
    atomic_store(&left, number);
    atomic_store(&armed, (int)kind);
}

/* Whether the failure was reached. */
static bool disarm(void)
{
    atomic_store(&armed, -1);
    return atomic_load(&left) <= 0;
}

/* ---- where ----------------------------------------------------------------------------------- */

static struct {
    const char *function;
    const void *site;
    fault kind;
} sites[SITES_MAX];
static _Atomic unsigned site_count;

void fault_note(const char *function, const void *site, fault kind)
{
    unsigned at = atomic_fetch_add(&site_count, 1);
    if (at < SITES_MAX) {
        sites[at].function = function;
        sites[at].site = site;
        sites[at].kind = kind;
    }
}

/* Appends the places to the file that the environment names: program, function, offset in it,
 * fault. tests/faults/run reads it. */
static void write_sites(void)
{
    extern const char __executable_start[];
    const char *path = getenv("WEFT_FAULT_SITES");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;
    if (file == NULL)
        return;
    unsigned count = site_count < SITES_MAX ? site_count : SITES_MAX;
    for (unsigned i = 0; i < count; i++)
        fprintf(file, "%s %s %tx %s\n", program_invocation_short_name, sites[i].function,
                (const char *)sites[i].site - __executable_start, names[sites[i].kind]);
    fclose(file);
}

/* ---- one scenario ---------------------------------------------------------------------------- */

static progress *now; /* in memory that the parent sees, too */

outcome fault_wrong(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "wrong: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    return OUTCOME_WRONG;
}

void fault_must(bool condition, const char *text, const char *file, int line)
{
    if (condition)
        return;
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    _Exit(1);
}

/* At once, or when what it needs is no longer left alone: who could not connect waits a little. */
static void must_work(const scenario *it, const char *when)
{
    alarm(RUN_SECONDS);
    outcome ended = it->run(it->arg);
    for (int i = 0; i < RECOVERY_TRIES && ended == OUTCOME_FAILED; i++) {
        usleep(RECOVERY_PAUSE);
        ended = it->run(it->arg);
    }
    if (ended == OUTCOME_DONE)
        return;
    fprintf(stderr, "%s: does not work %s\n", it->name, when);
    _Exit(1);
}

/* Whether there was something to fail. */
static bool run_with(const scenario *it, fault kind, unsigned number)
{
    now->kind = kind;
    now->number = number;
    alarm(RUN_SECONDS);
    arm(kind, number);
    fault_spare(false);
    outcome ended = it->run(it->arg);
    fault_spare(true);
    bool reached = disarm();
    if (ended == OUTCOME_WRONG || (!reached && ended != OUTCOME_DONE)) {
        fprintf(stderr, "%s: wrong when %s %u fails\n", it->name, names[kind], number);
        _Exit(1);
    }
    now->failures[kind] += reached;
    return reached;
}

static void run_all(const scenario *it, fault kind)
{
    for (unsigned number = 1; run_with(it, kind, number); number++) {
        must_work(it, "after the failure");
        MUST(number < RUNS_MAX);
    }
}

static void run_one(const scenario *it, fault kind, unsigned number)
{
    traced = true;
    (void)run_with(it, kind, number);
    must_work(it, "after the failure");
}

static void run_scenario(const scenario *it, char **chosen)
{
    if (it->begin != NULL)
        it->begin();
    must_work(it, "at all");
    must_work(it, "twice");
    bool memory = strcmp(chosen[0], "memory") == 0;
    for (fault kind = 0; kind < FAULT_COUNT; kind++) {
        if ((kind == FAULT_MEMORY) != memory)
            continue;
        if (chosen[1] == NULL || chosen[2] == NULL || chosen[3] == NULL)
            run_all(it, kind);
        else if (strcmp(chosen[2], names[kind]) == 0)
            run_one(it, kind, (unsigned)atoi(chosen[3]));
    }
    if (it->end != NULL)
        it->end();
    write_sites();
    now->ended = true;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void show(FILE *said)
{
    char line[1024];
    rewind(said);
    while (fgets(line, sizeof line, said) != NULL)
        printf("# %s", line);
}

static void tell_counts(void)
{
    for (fault kind = 0; kind < FAULT_COUNT; kind++)
        if (now->failures[kind] != 0)
            printf(" %u %s", now->failures[kind], names[kind]);
    printf("\n");
}

/* The file is the child's standard error from now on; what it leaks is found when it exits. */
static void be_child(const scenario *it, FILE *said, char **chosen)
{
    MUST(dup2(fileno(said), STDERR_FILENO) == STDERR_FILENO);
    run_scenario(it, chosen);
    exit(0);
}

static bool passes(const scenario *it, unsigned index, char **chosen)
{
    FILE *said = tmpfile();
    MUST(said != NULL);
    memset(now, 0, sizeof *now);
    fflush(stdout);
    pid_t child = fork();
    MUST(child >= 0);
    if (child == 0)
        be_child(it, said, chosen);
    int status;
    MUST(waitpid(child, &status, 0) == child);
    bool good = status == 0 && now->ended;
    printf("%s %u - %s:", good ? "ok" : "not ok", index, it->name);
    tell_counts();
    if (!good) {
        show(said);
        printf("# %s %d at failure %s %u\n", WIFSIGNALED(status) ? "signal" : "status",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), names[now->kind],
               now->number);
    }
    fclose(said);
    return good;
}

int faults_main(int argc, char **argv, const scenario *scenarios, size_t count)
{
    char *chosen[5] = {NULL};
    unsigned index = 0;
    bool good = true;
    MUST(argc > 1 && argc < 6);
    for (int i = 1; i < argc; i++)
        chosen[i - 1] = argv[i];
    now = mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(now != MAP_FAILED);
    for (size_t i = 0; i < count; i++)
        if (chosen[1] == NULL || strcmp(chosen[1], scenarios[i].name) == 0)
            good = passes(&scenarios[i], ++index, chosen) && good;
    printf("1..%u\n", index);
    return good ? 0 : 1;
}
