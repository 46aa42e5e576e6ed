/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * log/log.c: from callers to stderr.
 *
 * Threads. Callers format on their own stack, put the line into the ring (log/queue.h) and go on.
 * One thread, "weft-log", started by the first event, blocks every signal and is the only one that
 * takes from the ring and writes. While lines come it looks every NAP and needs no wake-ups, so
 * that a busy server pays no system call per line; after IDLE_NAPS of them without a line it sleeps
 * until a caller wakes it. `state` says which: a caller that finds ASLEEP (or NAPPING, when its
 * line is urgent) takes the state back to AWAKE and wakes the thread. No wake-up is lost: the
 * caller moves `head` and then reads `state`, the writer stores ASLEEP and then reads `head`, all
 * sequentially consistent, so that one of them sees the other.
 */
#include "log/line.h"
#include "log/queue.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NAP        (10 * WEFT_MILLISECOND)
#define FLUSH_POLL (200 * WEFT_MICROSECOND)

enum {
    IDLE_NAPS = 10,
    BATCH_SIZE = 32 << 10, /* bytes of one write */
    STACK_SIZE = 256 << 10,
    SINK = STDERR_FILENO,
};

enum { AWAKE, NAPPING, ASLEEP };

static _Alignas(8) char ring[WEFT_LOG_QUEUE];
static weft__log_queue queue = {.bytes = ring, .size = sizeof ring};
static char batch[BATCH_SIZE];       /* the writer's */
static _Atomic(uint32_t) state;      /* the writer's futex: AWAKE, NAPPING or ASLEEP */
static _Atomic(size_t) written;      /* everything before this position of the ring was written */
static _Atomic(uint64_t) dropped;    /* lines refused and not yet reported */
static atomic_bool started;          /* the writer runs */
static _Atomic(int) least = -1;      /* the least level written; -1: the environment is unread */
static _Atomic(weft__log_form) form; /* valid once `least` is */
static bool sink_closed;             /* set before main */

/* A program started without stderr must not write its log into whatever gets descriptor 2 later. */
__attribute__((constructor)) static void look_at_sink(void)
{
    sink_closed = fcntl(SINK, F_GETFD) == -1 && errno == EBADF;
}

/* ---- configuration --------------------------------------------------------------------------- */

static const char *const level_names[] = {"debug", "info", "warn", "error", "off"};

/* The level that WEFT_LOG names; *valid is false when it names none. */
static int level_from_environment(const char **invalid)
{
    const char *text = getenv("WEFT_LOG");
    if (text == NULL || *text == '\0')
        return WEFT_LOG_INFO;
    for (int level = WEFT_LOG_DEBUG; level <= WEFT_LOG_OFF; level++) {
        if (strcmp(text, level_names[level]) == 0)
            return level;
    }
    *invalid = text;
    return WEFT_LOG_INFO;
}

static weft__log_form form_from_environment(const char **invalid)
{
    const char *text = getenv("WEFT_LOG_FORMAT");
    const char *no_colour = getenv("NO_COLOR");
    bool terminal = isatty(SINK) == 1;
    bool colour = terminal && (no_colour == NULL || *no_colour == '\0');
    weft__log_form pretty = colour ? WEFT__LOG_COLOURED : WEFT__LOG_PRETTY;
    if (text != NULL && strcmp(text, "pretty") == 0)
        return pretty;
    if (text != NULL && strcmp(text, "json") == 0)
        return WEFT__LOG_JSON;
    if (text != NULL && *text != '\0')
        *invalid = text;
    return terminal ? pretty : WEFT__LOG_JSON;
}

/* Any number of threads may come here at once: they store the same, and one of them complains. */
WEFT_COLD static int configure(void)
{
    int error = errno;
    const char *bad_level = NULL, *bad_form = NULL;
    int level = level_from_environment(&bad_level);
    atomic_store(&form, form_from_environment(&bad_form));
    int unread = -1;
    if (atomic_compare_exchange_strong(&least, &unread, level)) {
        if (bad_level != NULL)
            weft_log(WEFT_LOG_WARN, "log",
                     "WEFT_LOG=%s is not a level; using info. Set it to off, error, warn, info or "
                     "debug.",
                     bad_level);
        if (bad_form != NULL)
            weft_log(WEFT_LOG_WARN, "log",
                     "WEFT_LOG_FORMAT=%s is not a form and is ignored. Set it to pretty or json.",
                     bad_form);
    }
    errno = error;
    return level;
}

bool weft_log_enabled(weft_log_level level)
{
    int now = atomic_load_explicit(&least, memory_order_acquire);
    if (WEFT_UNLIKELY(now < 0))
        now = configure();
    return (int)level >= now && level < WEFT_LOG_OFF;
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void futex_wait(uint32_t expected, int64_t timeout)
{
    struct timespec time = {timeout / WEFT_SECOND, timeout % WEFT_SECOND};
    (void)syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, expected,
                  timeout == WEFT_NEVER ? NULL : &time, NULL, 0);
}

static void wake_writer(bool urgent)
{
    uint32_t now = atomic_load(&state);
    if (now != ASLEEP && !(urgent && now == NAPPING))
        return;
    if (atomic_exchange(&state, AWAKE) != AWAKE)
        (void)syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Writes everything; gives up when the sink is closed or broken, for there is nobody to tell. */
static void write_all(const char *at, size_t len)
{
    while (len != 0 && !sink_closed) {
        ssize_t n = write(SINK, at, len);
        if (n >= 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) { /* someone else made it non-blocking */
            (void)poll(&(struct pollfd){.fd = SINK, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

static void write_dropped(void)
{
    uint64_t count = atomic_exchange(&dropped, 0);
    if (count == 0)
        return;
    char line[WEFT_LOG_LINE_MAX], message[96];
    int len = snprintf(message, sizeof message, "%llu log line%s dropped: the sink is too slow",
                       (unsigned long long)count, count == 1 ? " was" : "s were");
    weft__log_entry entry = {.time = weft_clock_realtime(),
                             .level = WEFT_LOG_WARN,
                             .module = "log",
                             .message = {message, (size_t)len}};
    write_all(line, weft__log_line(line, atomic_load(&form), &entry));
}

/* Writes what is ready; false when nothing was. */
static bool write_ready(void)
{
    size_t len = weft__log_queue_take(&queue, batch, sizeof batch);
    write_all(batch, len);
    write_dropped();
    atomic_store(&written, atomic_load(&queue.tail));
    return len != 0;
}

static void rest(int64_t duration, uint32_t how)
{
    atomic_store(&state, how);
    if (how == NAPPING || weft__log_queue_waiting(&queue) == 0)
        futex_wait(how, duration);
    atomic_store(&state, AWAKE);
}

static void *run_writer(void *unused)
{
    (void)unused;
    for (int idle = 0;;) {
        if (write_ready()) {
            idle = 0;
        } else if (idle < IDLE_NAPS || weft__log_queue_waiting(&queue) != 0) {
            idle++;
            rest(NAP, NAPPING);
        } else {
            idle = 0;
            rest(WEFT_NEVER, ASLEEP);
        }
    }
    return NULL;
}

static void flush_at_exit(void)
{
    weft_log_flush(weft_deadline_after(WEFT_LOG_EXIT_DEADLINE));
}

/* Starts the writer with every signal blocked. When the system has no thread to give, the lines
 * stay in the ring, the next event tries again, and a flush writes them itself. */
WEFT_COLD static void start_writer(void)
{
    static atomic_bool registered;
    if (!atomic_exchange(&registered, true))
        (void)atexit(flush_at_exit);
    if (atomic_exchange(&started, true))
        return;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, run_writer, NULL) == 0)
        pthread_setname_np(thread, "weft-log");
    else
        atomic_store(&started, false);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- callers --------------------------------------------------------------------------------- */

static void put(weft_str line, bool urgent)
{
    if (!weft__log_queue_put(&queue, line)) {
        atomic_fetch_add(&dropped, 1);
        urgent = true;
    }
    if (WEFT_UNLIKELY(!atomic_load_explicit(&started, memory_order_relaxed)))
        start_writer();
    wake_writer(urgent || weft__log_queue_waiting(&queue) > sizeof ring / 2);
}

void weft_log_event(weft_log_level level, const char *module, weft_str message,
                    const weft_log_field *fields, size_t count)
{
    if (!weft_log_enabled(level))
        return;
    int error = errno; /* callers log between a failed call and the look at its errno */
    WEFT__UNINITIALIZED char line[WEFT_LOG_LINE_MAX];
    weft__log_entry entry = {.time = weft_clock_realtime(),
                             .level = level,
                             .module = module,
                             .message = message,
                             .fields = fields,
                             .count = count};
    size_t len = weft__log_line(line, atomic_load_explicit(&form, memory_order_relaxed), &entry);
    put((weft_str){line, len}, level == WEFT_LOG_ERROR);
    errno = error;
}

void weft_log(weft_log_level level, const char *module, const char *format, ...)
{
    if (!weft_log_enabled(level))
        return;
    WEFT__UNINITIALIZED char text[WEFT_LOG_LINE_MAX]; /* longer cannot be written anyway */
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0)
        return;
    size_t kept = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
    weft_log_event(level, module, (weft_str){text, kept}, NULL, 0);
}

void weft_log_flush(int64_t deadline)
{
    size_t target = atomic_load(&queue.head);
    if (!atomic_load(&started)) {
        while (write_ready())
            continue;
        return;
    }
    while (atomic_load(&written) < target || atomic_load(&dropped) != 0) {
        if (weft_clock_now() >= deadline)
            return;
        wake_writer(true);
        nanosleep(&(struct timespec){0, FLUSH_POLL}, NULL);
    }
}
