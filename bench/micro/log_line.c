/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/micro/log_line.c: nanoseconds per access line: formatted, and logged. Send stderr to
 * /dev/null. Under `valgrind --tool=callgrind --toggle-collect=<case>` it counts instructions; each
 * case is a function of its own for that.
 * usage: log_line [rounds, default 1000000] 2>/dev/null
 */
#include "log/line.h"
#include <stdio.h>
#include <stdlib.h>

static const weft_log_field fields[] = {
    {.name = "method", .type = WEFT_LOG_STR, .text = {"GET", 3}},
    {.name = "path", .type = WEFT_LOG_STR, .text = {"/users/1", 8}},
    {.name = "status", .type = WEFT_LOG_I64, .integer = 200},
    {.name = "duration", .type = WEFT_LOG_DURATION, .integer = 412345},
    {.name = "bytes", .type = WEFT_LOG_I64, .integer = 41},
    {.name = "request_id", .type = WEFT_LOG_STR, .text = {"0123456789abcdef", 16}},
    {.name = "route", .type = WEFT_LOG_STR, .text = {"/users/{id}", 11}},
    {.name = "peer", .type = WEFT_LOG_STR, .text = {"127.0.0.1:47110", 15}},
};

enum { FIELDS = sizeof fields / sizeof *fields };

__attribute__((noinline)) static void format_json(void)
{
    char line[WEFT_LOG_LINE_MAX];
    weft__log_entry entry = {.time = INT64_C(1795395723123456789),
                             .level = WEFT_LOG_INFO,
                             .module = "http",
                             .message = {"request", 7},
                             .fields = fields,
                             .count = FIELDS};
    if (weft__log_line(line, WEFT__LOG_JSON, &entry) == 0)
        abort();
}

__attribute__((noinline)) static void log_event(void)
{
    weft_log_event(WEFT_LOG_INFO, "http", WEFT_STR("request"), fields, FIELDS);
}

static void measure(const char *name, void (*run)(void), long rounds)
{
    int64_t begin = weft_clock_now();
    for (long i = 0; i < rounds; i++)
        run();
    printf("%-12s %6.1f ns\n", name, (double)(weft_clock_now() - begin) / (double)rounds);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
    measure("format_json", format_json, rounds);
    measure("log_event", log_event, rounds);
    return 0;
}
