/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watchdog.c: looks for workers whose fiber does not come back. Each worker counts how
 * often it has resumed a fiber; one that runs a fiber and has the same count as long ago is stuck.
 * The log says which it is, and another thread is to adopt the worker.
 */
#include "runtime/watchdog.h"
#include "runtime/backtrace.h"
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <weft/log.h>

/* What has been seen of one worker. */
typedef struct sight {
    const weft__carrier *carrier;
    uint64_t count; /* how often it had resumed a fiber */
    int64_t since;  /* when that was first seen */
    int64_t begun;  /* when it was seen for the second time; 0: not yet */
    int64_t kept;   /* what the thread had waited for a processor by then, in nanoseconds */
    int64_t ran;    /* what it had run by the last look */
    bool said;      /* in the log */
} sight;

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, closing;
    int64_t stuck_after;
    unsigned workers;
    unsigned quiet; /* looks since one of them was awake */
    sight *sights;
} watchdog = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- saying it --------------------------------------------------------------------------- */

static const char *consequence(weft_error adopted)
{
    switch (adopted) {
    case WEFT_OK: return "its worker goes on with another thread";
    case WEFT_LIMIT: return "its worker waits, for all spare threads are in use (spare_threads)";
    case WEFT_BUSY: return "its worker waits, for it is inside a call of the library";
    default: return "its worker waits";
    }
}

static void say(unsigned worker, int64_t time, const weft__backtrace *trace, weft_error adopted)
{
    char text[320], stack[WEFT__BACKTRACE_TEXT];
    int len = snprintf(text, sizeof text,
                       "%.100s has run for %lld ms without giving way; %s. What takes long belongs "
                       "in weft_blocking_run",
                       trace->name, (long long)(time / WEFT_MILLISECOND), consequence(adopted));
    const weft_log_field fields[] = {
        WEFT_FIELD_STR("fiber", weft_str_from(trace->name)),
        WEFT_FIELD_I64("worker", worker),
        WEFT_FIELD_STR("stack", weft__backtrace_format(trace, stack)),
    };
    weft_log_event(WEFT_LOG_WARN, "runtime", (weft_str){text, (size_t)len}, fields, 3);
}

/* ---- being kept from running --------------------------------------------------------------- */

typedef struct thread_times {
    int64_t ran, kept; /* in nanoseconds: on a processor, and waiting for one */
    bool runs;         /* or would, if it had a processor */
} thread_times;

/* What /proc says in such a file of the thread. */
static bool read_about(pid_t thread, const char *file, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/%s", (int)thread, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, text, size - 1);
    close(fd);
    text[len > 0 ? len : 0] = '\0';
    return len > 0;
}

/* False when the kernel does not tell. */
static bool read_times(pid_t thread, thread_times *times)
{
    char text[512], *behind, *end;
    if (!read_about(thread, "schedstat", text, sizeof text))
        return false;
    long long ran = strtoll(text, &behind, 10), kept = strtoll(behind, &end, 10);
    if (end == behind || !read_about(thread, "stat", text, sizeof text))
        return false;
    const char *name_end = strrchr(text, ')');
    *times = (thread_times){.ran = ran, .kept = kept};
    times->runs = name_end && strncmp(name_end, ") R", 3) == 0;
    return true;
}

/* Whether the thread has had a fair part of the time, running or blocked, and is not waiting for a
 * processor now: a fiber that others keep from running is not stuck. */
static bool had_its_chance(sight *last, pid_t thread, int64_t now)
{
    thread_times times;
    if (!read_times(thread, &times))
        return true;
    if (last->begun == 0) {
        last->begun = now;
        last->kept = times.kept;
    }
    bool waits = times.runs && times.ran == last->ran;
    last->ran = times.ran;
    int64_t had = now - last->begun - (times.kept - last->kept);
    return !waits && had >= watchdog.stuck_after / WEFT__WATCH_LOOKS;
}

/* ---- looking ----------------------------------------------------------------------------- */

/* The worker runs a fiber for too long. */
static void act(weft__worker *worker, sight *last, const weft__bearer *bearer)
{
    weft__backtrace trace = {0};
    if (!last->said)
        weft__backtrace_ask(&trace, bearer->thread, bearer->running);
    weft_error adopted = weft__carrier_replace(worker, bearer->running, last->count, &trace.name);
    if (last->said || !trace.name)
        return;
    last->said = true;
    atomic_fetch_add_explicit(&worker->counters.stuck, 1, memory_order_relaxed);
    say(worker->index, weft_clock_now() - last->since, &trace, adopted);
}

static void look(weft__worker *worker, sight *last)
{
    uint64_t count = __atomic_load_n(&worker->ready.taken, __ATOMIC_RELAXED);
    weft__bearer bearer = weft__carrier_of(worker);
    int64_t now = weft_clock_now();
    if (!bearer.running || count != last->count || bearer.carrier != last->carrier)
        *last = (sight){.carrier = bearer.carrier, .count = count, .since = now};
    else if (had_its_chance(last, bearer.id, now) && now - last->since >= watchdog.stuck_after) {
        last->said = last->said || bearer.named == count;
        act(worker, last, &bearer);
    }
}

static bool all_asleep(void)
{
    for (unsigned i = 0; i < watchdog.workers; i++)
        if (!atomic_load(&weft__runtime_worker(i)->sleeping))
            return false;
    return true;
}

/* ---- sleeping ------------------------------------------------------------------------------ */

_Atomic bool weft__watchdog_asleep;

void weft__watchdog_wake(void)
{
    pthread_mutex_lock(&watchdog.lock);
    atomic_store(&weft__watchdog_asleep, false);
    pthread_cond_signal(&watchdog.wake);
    pthread_mutex_unlock(&watchdog.lock);
}

/* Until a worker wakes. It says that it does, and then looks whether we sleep; we say that we do,
 * and then look. The barrier is ours for both, as in carrier.h. */
static void sleep_with_the_workers(void)
{
    atomic_store(&weft__watchdog_asleep, true);
    bool seen = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    while (seen && all_asleep() && atomic_load(&weft__watchdog_asleep) && !watchdog.closing)
        pthread_cond_wait(&watchdog.wake, &watchdog.lock);
    atomic_store(&weft__watchdog_asleep, false);
    watchdog.quiet = 0;
}

/* False when it is time to end. */
static bool pause_between(void)
{
    int64_t until = weft_deadline_after(watchdog.stuck_after / WEFT__WATCH_LOOKS);
    struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
    pthread_mutex_lock(&watchdog.lock);
    watchdog.quiet = all_asleep() ? watchdog.quiet + 1 : 0;
    if (watchdog.quiet >= WEFT__WATCH_QUIET)
        sleep_with_the_workers();
    else if (!watchdog.closing)
        pthread_cond_timedwait(&watchdog.wake, &watchdog.lock, &at);
    bool closing = watchdog.closing;
    pthread_mutex_unlock(&watchdog.lock);
    return !closing;
}

static void *watch(void *arg)
{
    (void)arg;
    pthread_setname_np(pthread_self(), "weft-watchdog");
    while (pause_between())
        for (unsigned i = 0; i < watchdog.workers; i++)
            look(weft__runtime_worker(i), &watchdog.sights[i]);
    return NULL;
}

/* ---- life -------------------------------------------------------------------------------- */

weft_error weft__watchdog_open(const weft_runtime_options *options)
{
    if (options->stuck_after == WEFT_NEVER)
        return WEFT_OK;
    watchdog.sights = calloc(options->workers, sizeof *watchdog.sights);
    if (!watchdog.sights)
        return WEFT_NO_MEMORY;
    watchdog.workers = options->workers;
    watchdog.stuck_after = options->stuck_after;
    watchdog.closing = false;
    watchdog.quiet = 0;
    atomic_store(&weft__watchdog_asleep, false);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog.wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    weft__backtrace_install();
    watchdog.running = pthread_create(&watchdog.thread, NULL, watch, NULL) == 0;
    if (watchdog.running)
        return WEFT_OK;
    weft__watchdog_close();
    return WEFT_NO_MEMORY;
}

void weft__watchdog_close(void)
{
    if (!watchdog.sights)
        return;
    if (watchdog.running) {
        pthread_mutex_lock(&watchdog.lock);
        watchdog.closing = true;
        pthread_cond_signal(&watchdog.wake);
        pthread_mutex_unlock(&watchdog.lock);
        pthread_join(watchdog.thread, NULL);
    }
    weft__backtrace_remove();
    pthread_cond_destroy(&watchdog.wake);
    free(watchdog.sights);
    watchdog.sights = NULL;
}
