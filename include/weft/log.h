/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/log.h: events for people and machines. A line is formatted on the caller's thread into a
 * bounded queue and written by one thread of its own, so that logging never blocks a worker; when
 * the queue is full lines are dropped and their number is reported. Human form on a terminal, one
 * JSON object per line otherwise (WEFT_LOG_FORMAT=pretty|json overrides; WEFT_LOG=off|error|warn|
 * info|debug sets the least level, default info; NO_COLOR is respected). Sink: stderr.
 */
#ifndef WEFT_LOG_H
#define WEFT_LOG_H

#include <weft/base.h>

typedef enum weft_log_level {
    WEFT_LOG_DEBUG,
    WEFT_LOG_INFO,
    WEFT_LOG_WARN,
    WEFT_LOG_ERROR,
    WEFT_LOG_OFF,
} weft_log_level;

typedef enum weft_log_type {
    WEFT_LOG_STR,
    WEFT_LOG_I64,
    WEFT_LOG_F64,
    WEFT_LOG_DURATION
} weft_log_type;

/* One named value of an event. Nothing is kept: the views need to live only during the call. */
typedef struct weft_log_field {
    const char *name;
    weft_log_type type;
    weft_str text;   /* WEFT_LOG_STR */
    int64_t integer; /* WEFT_LOG_I64; WEFT_LOG_DURATION in nanoseconds */
    double number;   /* WEFT_LOG_F64 */
} weft_log_field;

#define WEFT_FIELD_STR(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_STR, .text = (v)})
#define WEFT_FIELD_I64(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_I64, .integer = (v)})
#define WEFT_FIELD_F64(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_F64, .number = (v)})
#define WEFT_FIELD_DURATION(n, v) \
    ((weft_log_field){.name = (n), .type = WEFT_LOG_DURATION, .integer = (v)})

/* Whether an event of this level would be written: one load. */
bool weft_log_enabled(weft_log_level level);

/* Writes one event. Callable from any thread and fiber; never blocks, never suspends; a line longer
 * than WEFT_LOG_LINE_MAX is cut at the last whole character and marked. */
#define WEFT_LOG_LINE_MAX 4096 /* bytes of one line */
void weft_log_event(weft_log_level level, const char *module, weft_str message,
                    const weft_log_field *fields, size_t count);

/* An event without fields, printf-like. */
void weft_log(weft_log_level level, const char *module, const char *format, ...) WEFT_PRINTF(3, 4);

/* Waits until everything logged so far is written (deadline: absolute, monotonic). A plain blocking
 * call, for the end of main; also run at exit. */
void weft_log_flush(int64_t deadline);

#endif
