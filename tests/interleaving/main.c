/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * main.c: the command line of the explorer. Prints TAP, one line for each scenario.
 */
#include "engine.h"
#include "scenario.h"
#include "search.h"
#include "system.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCHEDULE_SIZE = 64 << 10, EXIT_USAGE = 2 };

struct order { /* what the command line asks for */
    const char *scenario, *replay;
    unsigned preemptions; /* depth first up to so many; UINT32_MAX: the scenario's own */
    uint64_t runs, seed;  /* at random when runs != 0 */
    double seconds;       /* for each scenario at most; 0: no limit */
    bool list;
};

struct effort {
    uint64_t executions;  /* those that were pruned on the way included */
    unsigned preemptions; /* the last bound that was begun */
    bool complete;        /* that bound has forbidden nothing: these were all executions */
    bool cut;             /* the time was up before the end */
};

static const char usage[] =
    "usage: explore [SCENARIO] [--preemptions N] [--random RUNS [--seed S]] [--seconds S]\n"
    "       explore SCENARIO --replay SCHEDULE\n"
    "       explore --list\n"
    "Explores interleavings depth first, with up to N preemptions in one execution (default: the\n"
    "scenario's own number), or RUNS times at random; at most S seconds for each scenario.\n";

static explore_scenario *scenarios, **last_scenario;

void explore_register(explore_scenario *scenario)
{
    if (!last_scenario)
        last_scenario = &scenarios;
    *last_scenario = scenario;
    last_scenario = &scenario->next;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static explore_outcome execute(const explore_scenario *scenario, bool verbose)
{
    explore_system_reset();
    return explore_engine_run(scenario->body, verbose);
}

/* All executions of the present search; false when one has failed. */
static bool search_all(const explore_scenario *scenario, double until, struct effort *effort)
{
    while (search_next()) {
        explore_outcome outcome = execute(scenario, false);
        effort->executions++;
        if (outcome == EXPLORE_FAILED)
            return false;
        effort->cut = seconds_now() >= until;
        if (effort->cut)
            return true;
    }
    return true;
}

/* Few preemptions first, so that the first failure is a simple one. */
static bool depth_first(const explore_scenario *scenario, unsigned preemptions, double until,
                        struct effort *effort)
{
    for (unsigned bound = 0; bound <= preemptions && !effort->cut && !effort->complete; bound++) {
        effort->preemptions = bound;
        search_depth_first(bound);
        if (!search_all(scenario, until, effort))
            return false;
        effort->complete = !effort->cut && !search_was_bounded();
    }
    return true;
}

static bool at_random(const explore_scenario *scenario, const struct order *order, double until,
                      struct effort *effort)
{
    for (uint64_t run = 0; run < order->runs && !effort->cut; run++) {
        search_random(order->seed + run);
        if (!search_all(scenario, until, effort))
            return false;
    }
    return true;
}

static void print_failure(const explore_scenario *scenario)
{
    static char schedule[SCHEDULE_SIZE];
    search_schedule(schedule, sizeof schedule);
    char *text = strdup(explore_engine_failure());
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        printf("#   %s\n", line);
    free(text);
    printf("#   again: explore %s --replay %s\n", scenario->name, schedule);
}

static void print_effort(const struct order *order, const struct effort *effort, double seconds)
{
    printf(" (%llu executions", (unsigned long long)effort->executions);
    if (order->runs)
        printf(" at random from seed %llu", (unsigned long long)order->seed);
    else if (effort->complete)
        printf(", every interleaving");
    else
        printf(", up to %u preemptions", effort->preemptions);
    printf("%s, %.1f s)\n", effort->cut ? ", out of time" : "", seconds);
}

static bool explore(const explore_scenario *scenario, const struct order *order, unsigned number)
{
    struct effort effort = {0};
    double begun = seconds_now(), until = order->seconds > 0 ? begun + order->seconds : 1e300;
    unsigned preemptions = order->preemptions == UINT32_MAX ? scenario->preemptions
                                                            : order->preemptions;
    bool good = order->runs ? at_random(scenario, order, until, &effort)
                            : depth_first(scenario, preemptions, until, &effort);
    printf("%s %u - %s: %s", good ? "ok" : "not ok", number, scenario->name, scenario->about);
    print_effort(order, &effort, seconds_now() - begun);
    if (!good)
        print_failure(scenario);
    fflush(stdout);
    return good;
}

static bool replay(const explore_scenario *scenario, const char *schedule)
{
    if (!search_replay(schedule)) {
        fprintf(stderr, "explore: \"%s\" is not a schedule, such as 13:1,19:2\n", schedule);
        exit(EXIT_USAGE);
    }
    (void)search_next();
    bool good = execute(scenario, true) != EXPLORE_FAILED;
    printf("%s 1 - %s\n", good ? "ok" : "not ok", scenario->name);
    if (!good)
        print_failure(scenario);
    return good;
}

/* ---- the command line ---------------------------------------------------------------------------- */

_Noreturn static void refuse(void)
{
    fputs(usage, stderr);
    exit(EXIT_USAGE);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = text ? strtoull(text, &end, 10) : 0;
    if (!text || end == text || *end)
        refuse();
    return value;
}

static struct order read_order(char **arguments)
{
    struct order order = {.preemptions = UINT32_MAX, .seed = 1};
    for (char **at = arguments; *at; at++) {
        if (strcmp(*at, "--list") == 0)
            order.list = true;
        else if (strcmp(*at, "--preemptions") == 0)
            order.preemptions = (unsigned)number(*++at);
        else if (strcmp(*at, "--random") == 0)
            order.runs = number(*++at);
        else if (strcmp(*at, "--seed") == 0)
            order.seed = number(*++at);
        else if (strcmp(*at, "--seconds") == 0)
            order.seconds = (double)number(*++at);
        else if (strcmp(*at, "--replay") == 0 && at[1])
            order.replay = *++at;
        else if (**at != '-' && !order.scenario)
            order.scenario = *at;
        else
            refuse();
        if (!*at)
            refuse();
    }
    return order;
}

static unsigned count_chosen(const struct order *order)
{
    unsigned count = 0;
    for (const explore_scenario *each = scenarios; each; each = each->next) {
        count += !order->scenario || strcmp(each->name, order->scenario) == 0;
        if (order->list)
            printf("%s\n", each->name);
    }
    if (count == 0) {
        fprintf(stderr, "explore: no scenario \"%s\"; try --list\n", order->scenario);
        exit(EXIT_USAGE);
    }
    return count;
}

int main(int argc, char **argv)
{
    (void)argc;
    struct order order = read_order(argv + 1);
    unsigned count = count_chosen(&order);
    if (order.list)
        return EXIT_SUCCESS;
    search_open();
    explore_system_open();
    explore_engine_open();
    printf("1..%u\n", count);
    unsigned failed = 0, done = 0;
    for (const explore_scenario *each = scenarios; each; each = each->next) {
        if (order.scenario && strcmp(each->name, order.scenario) != 0)
            continue;
        if (order.replay)
            return replay(each, order.replay) ? EXIT_SUCCESS : EXIT_FAILURE;
        failed += !explore(each, &order, ++done);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
