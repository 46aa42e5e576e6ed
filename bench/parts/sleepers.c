/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/sleepers: what a fiber that sleeps costs in memory: the process' resident memory,
 * and the kernel's page tables for it, with many of them asleep, less what both were before.
 * usage: sleepers [fibers, default 100000]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static long wanted = 100000;

static void check(weft_error error)
{
    if (error) {
        fprintf(stderr, "failed: %s\n", weft_error_text(error));
        exit(1);
    }
}

/* A field of /proc/self/status, which is in KiB. */
static long status_of(const char *field)
{
    char line[256];
    long value = -1;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && value < 0 && fgets(line, sizeof line, status))
        if (strncmp(line, field, strlen(field)) == 0)
            value = strtol(line + strlen(field), NULL, 10);
    if (status)
        fclose(status);
    return value;
}

static void sleep_long(void *arg)
{
    (void)!weft_sleep(*(int64_t *)arg); /* until it is cancelled */
}

static void measure(void *arg)
{
    (void)arg;
    int64_t duration = WEFT_HOUR;
    weft_fiber **fibers = calloc((size_t)wanted, sizeof *fibers);
    if (!fibers)
        check(WEFT_NO_MEMORY);
    memset(fibers, 1, (size_t)wanted * sizeof *fibers); /* so that it is resident from here on */
    long resident = status_of("VmRSS:"), tables = status_of("VmPTE:");
    for (long i = 0; i < wanted; i++)
        check(weft_fiber_spawn(&fibers[i], "sleeper", sleep_long, &duration));
    weft_yield(); /* until all sleep */
    resident = status_of("VmRSS:") - resident;
    tables = status_of("VmPTE:") - tables;
    printf("%ld sleeping fibers: %.0f bytes resident each, and %.0f of page tables\n", wanted,
           (double)resident * 1024 / (double)wanted, (double)tables * 1024 / (double)wanted);
    for (long i = 0; i < wanted; i++)
        weft_fiber_cancel(fibers[i]);
    for (long i = 0; i < wanted; i++)
        weft_fiber_join(fibers[i]);
    free(fibers);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        wanted = atol(argv[1]);
    if (wanted < 1) {
        fprintf(stderr, "usage: sleepers [fibers, at least 1]\n");
        return 2;
    }
    weft_runtime_options options = {.workers = 1};
    check(weft_runtime_run(&options, measure, NULL));
    return 0;
}
