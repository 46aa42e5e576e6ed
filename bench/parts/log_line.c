/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/log_line: an access line, formatted and logged. Send stderr to /dev/null.
 */
#include <stdlib.h>

#include "log/line.h"
#include "measure.h"

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

static void format_json(unsigned times)
{
    char line[WEFT_LOG_LINE_MAX];
    weft__log_entry entry = {.time = INT64_C(1795395723123456789),
                             .level = WEFT_LOG_INFO,
                             .module = "http",
                             .message = {"request", 7},
                             .fields = fields,
                             .count = FIELDS};
    for (unsigned i = 0; i < times; i++)
        if (weft__log_line(line, WEFT__LOG_JSON, &entry) == 0)
            abort();
}

static void log_event(unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        weft_log_event(WEFT_LOG_INFO, "http", WEFT_STR("request"), fields, FIELDS);
}

int main(void)
{
    measure("access line formatted", format_json, 100000);
    if (!measure_counts())
        measure("access line logged", log_event, 100000);
    return 0;
}
