/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * log/line.h: one event as one line of text.
 */
#ifndef WEFT_LOG_LINE_H
#define WEFT_LOG_LINE_H

#include <weft/log.h>

typedef enum weft__log_form {
    WEFT__LOG_JSON,
    WEFT__LOG_PRETTY,
    WEFT__LOG_COLOURED, /* pretty, for a terminal */
} weft__log_form;

typedef struct weft__log_entry {
    int64_t time; /* nanoseconds since 1970-01-01T00:00:00Z */
    weft_log_level level;
    const char *module;
    weft_str message;
    const weft_log_field *fields;
    size_t count;
} weft__log_entry;

/* Writes the line, its newline included, and returns its length. Allocates nothing. JSON times are
 * UTC, pretty ones local. Control characters never reach a terminal. */
size_t weft__log_line(char to[WEFT_LOG_LINE_MAX], weft__log_form form,
                      const weft__log_entry *entry);

#endif
