/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/log.h: events for people and machines. A line is formatted on the caller's thread into a
 * bounded queue and written by one thread of its own, so that logging never blocks a worker; when
 * the queue is full lines are dropped and their number is reported. Sink: stderr.
 *
 * On a terminal a line is for people:
 *     12:34:56.789 INFO  serve: listening on 127.0.0.1:3000 workers=2
 * otherwise one JSON object:
 *     {"time":"2026-11-23T01:02:03.123Z","level":"info","module":"serve","message":".."}
 *
 * The environment, read once at the first event: WEFT_LOG=off|error|warn|info|debug is the least
 * level written (default info); WEFT_LOG_FORMAT=pretty|json overrides the form; NO_COLOR, when not
 * empty, takes the colours away.
 */
#ifndef WEFT_LOG_H
#define WEFT_LOG_H

#include <weft/base.h>

#define WEFT_LOG_LINE_MAX      4096              /* bytes of one line, its newline included */
#define WEFT_LOG_QUEUE         (256u << 10)      /* bytes of lines waiting to be written */
#define WEFT_LOG_EXIT_DEADLINE (1 * WEFT_SECOND) /* how long exit waits for a slow sink */

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

/* One named value of an event. Nothing is kept: the views need to live only during the call. Names
 * are identifiers (a-z, 0-9, _) other than time, level, module, message and cut. A duration is
 * written in milliseconds with three decimals: 1.234ms for people, "<name>_ms":1.234 in JSON. */
typedef struct weft_log_field {
    const char *name;
    weft_log_type type;
    weft_str text;   /* WEFT_LOG_STR */
    int64_t integer; /* WEFT_LOG_I64; WEFT_LOG_DURATION in nanoseconds */
    double number;   /* WEFT_LOG_F64; not finite: null in JSON */
} weft_log_field;

#define WEFT_FIELD_STR(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_STR, .text = (v)})
#define WEFT_FIELD_I64(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_I64, .integer = (v)})
#define WEFT_FIELD_F64(n, v) ((weft_log_field){.name = (n), .type = WEFT_LOG_F64, .number = (v)})
#define WEFT_FIELD_DURATION(n, v) \
    ((weft_log_field){.name = (n), .type = WEFT_LOG_DURATION, .integer = (v)})

/* Whether an event of this level would be written: one load. */
bool weft_log_enabled(weft_log_level level);

/* Writes one event. Callable from any thread and fiber; never blocks, never suspends. A line longer
 * than WEFT_LOG_LINE_MAX is cut at the last whole character and marked ("cut":true in JSON). An
 * event of level error wakes the writer at once; others are written within 10 ms. */
void weft_log_event(weft_log_level level, const char *module, weft_str message,
                    const weft_log_field *fields, size_t count);

/* An event without fields, printf-like. */
void weft_log(weft_log_level level, const char *module, const char *format, ...) WEFT_PRINTF(3, 4);

/* Waits until everything logged so far is written (deadline: absolute, monotonic). A plain blocking
 * call, for the end of main; also run at exit, for WEFT_LOG_EXIT_DEADLINE at most. */
void weft_log_flush(int64_t deadline);

#endif
