/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/carrier.c: the OS threads that carry workers. The protocol is in the header.
 */
#include "runtime/carrier.h"
#include "runtime/runtime.h"
#include "runtime/stack.h"
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <weft/log.h>

_Thread_local weft__carrier *weft__carrier_here __attribute__((tls_model("initial-exec")));

enum spare_state { NONE, ALIVE, ENDED };

struct spare {
    weft__carrier carrier;
    enum spare_state state; /* an ended thread has not been joined yet */
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t given;    /* a worker, to some carrier; or closing */
    pthread_cond_t returned; /* a worker that was lent */
    struct spare *spares;
    unsigned limit, alive;
    int64_t idle_limit;
    bool closing;
} carriers = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- who carries what; under the lock ------------------------------------------------------ */

static bool is_home(const weft__carrier *carrier)
{
    return carrier == &carrier->worker->home;
}

static void give(weft__worker *worker, weft__carrier *carrier)
{
    carrier->worker = worker;
    worker->carrier = carrier;
    worker->passing = worker->wanted != NULL;
    pthread_cond_broadcast(&carriers.given);
}

static void want(weft__carrier *self)
{
    weft__carrier **end = &self->worker->wanted;
    while (*end)
        end = &(*end)->next;
    self->next = NULL;
    *end = self;
}

/* Whom the worker has been wanted by for longest, or NULL. */
static weft__carrier *shift(weft__worker *worker)
{
    weft__carrier *first = worker->wanted;
    if (first)
        worker->wanted = first->next;
    return first;
}

static void await_return(const weft__worker *worker)
{
    while (worker->lent)
        pthread_cond_wait(&carriers.returned, &carriers.lock);
}

static void await_worker(const weft__carrier *self)
{
    while (self->worker->carrier != self)
        pthread_cond_wait(&carriers.given, &carriers.lock);
}

/* ---- hold and loose ------------------------------------------------------------------------ */

/* The message to a worker that somebody wants it, read by whoever carries it by then. */
static void on_wanted(weft__task *task)
{
    (void)task;
    weft__worker *worker = weft__worker_here;
    pthread_mutex_lock(&carriers.lock);
    worker->told = false;
    worker->passing = worker->wanted != NULL;
    pthread_mutex_unlock(&carriers.lock);
}

static void come_back(weft__carrier *self)
{
    weft__worker *worker = self->worker;
    want(self);
    if (!worker->told) {
        worker->told = true;
        worker->tell.fn = on_wanted;
        weft__worker_send(worker, &worker->tell);
    }
    await_worker(self);
    self->named = worker->ready.taken; /* the fiber goes on: it is the same incident */
}

/* The claim may have been given up meanwhile. */
WEFT_COLD void weft__settle(weft__carrier *self)
{
    pthread_mutex_lock(&carriers.lock);
    await_return(self->worker);
    if (self->worker->carrier != self)
        come_back(self);
    __atomic_store_n(&self->claimed, false, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&carriers.lock);
}

WEFT_COLD bool weft__has_lost(const weft__carrier *self)
{
    if (pthread_mutex_trylock(&carriers.lock) != 0)
        return true; /* or about to be: the other way is always right */
    bool lost = self->worker->carrier != self || self->worker->lent;
    pthread_mutex_unlock(&carriers.lock);
    return lost;
}

__attribute__((noinline)) weft_fiber *weft__hold(void)
{
    weft__carrier *self = weft__carrier_here;
    return self ? weft__hold_here(self) : NULL;
}

void weft__let_go(weft_fiber *was_loose)
{
    weft__let_go_here(was_loose);
}

#ifdef WEFT__CHECKED
void weft__check_held(void)
{
    const weft__carrier *self = weft__carrier_here;
    if (!self || self->grip == WEFT__HELD)
        return;
    fputs("weft: what belongs to a worker is used without WEFT__HOLD_WORKER()\n", stderr);
    abort();
}
#endif

__attribute__((noinline)) void weft__loosen(void)
{
    weft__carrier *self = weft__carrier_here;
    if (self)
        weft__set_grip(self, WEFT__LOOSE);
}

bool weft__carrier_pass(weft__worker *worker)
{
    weft__carrier *self = worker->carrier;
    pthread_mutex_lock(&carriers.lock);
    weft__carrier *next = shift(worker);
    bool home = is_home(self);
    if (!next) {
        worker->passing = false;
    } else {
        if (home)
            want(self);
        give(worker, next);
        if (home)
            await_worker(self);
    }
    pthread_mutex_unlock(&carriers.lock);
    return !next || home;
}

/* ---- spare threads ------------------------------------------------------------------------- */

void weft__carrier_enter(weft__carrier *self)
{
    const stack_t stack = {.ss_sp = self->signal_stack, .ss_size = WEFT__SIGNAL_STACK};
    sigaltstack(&stack, &self->signal_stack_before);
    weft__trace_thread(&self->traces);
    WEFT__PUBLISH(self->id, gettid());
    weft__carrier_here = self;
}

void weft__carrier_leave(weft__carrier *self)
{
    weft__carrier_here = NULL;
    sigaltstack(&self->signal_stack_before, NULL);
}

static bool was_run_by(const weft_fiber *fiber, const void *spare)
{
    uint64_t mark = ((const weft__carrier *)spare)->mark;
    return __atomic_load_n(&fiber->spares, __ATOMIC_RELAXED) & mark;
}

/* Until a worker is given to the spare; false when it is time to end. Under the lock. */
static bool await_adoption(const weft__carrier *self)
{
    int error = 0;
    while (!self->worker && !carriers.closing) {
        if (error == ETIMEDOUT && !weft__stack_find(was_run_by, self))
            break;
        int64_t until = weft_deadline_after(carriers.idle_limit);
        struct timespec at = {.tv_sec = until / WEFT_SECOND, .tv_nsec = until % WEFT_SECOND};
        error = pthread_cond_timedwait(&carriers.given, &carriers.lock, &at);
    }
    return self->worker != NULL;
}

static void *run_spare(void *arg)
{
    struct spare *self = arg;
    weft__carrier *carrier = &self->carrier;
    char name[16];
    snprintf(name, sizeof name, "weft-spare-%u", (unsigned)(self - carriers.spares));
    pthread_setname_np(pthread_self(), name);
    weft__carrier_enter(carrier);
    pthread_mutex_lock(&carriers.lock);
    while (await_adoption(carrier)) {
        carrier->named = 0; /* the counts of another worker */
        pthread_mutex_unlock(&carriers.lock);
        weft__worker_carry(carrier->worker);
        weft__worker_here = NULL;
        pthread_mutex_lock(&carriers.lock);
        carrier->worker = NULL;
    }
    self->state = ENDED;
    carriers.alive--;
    pthread_mutex_unlock(&carriers.lock);
    weft__carrier_leave(carrier);
    return NULL;
}

static weft__carrier *start(struct spare *spare)
{
    weft__carrier *carrier = &spare->carrier;
    if (spare->state == ENDED)
        pthread_join(carrier->thread, NULL);
    void *signal_stack = carrier->signal_stack;
    if (!signal_stack)
        signal_stack = malloc(WEFT__SIGNAL_STACK);
    *carrier = (weft__carrier){.signal_stack = signal_stack,
                               .adoptable = true,
                               .mark = UINT64_C(1) << (spare - carriers.spares)};
    bool started = signal_stack && pthread_create(&carrier->thread, NULL, run_spare, spare) == 0;
    spare->state = started ? ALIVE : NONE;
    carriers.alive += started;
    return started ? carrier : NULL;
}

/* A spare that carries nothing, started if need be; NULL when there is none. */
static weft__carrier *find_spare(void)
{
    for (unsigned i = 0; i < carriers.limit; i++) {
        struct spare *spare = &carriers.spares[i];
        if (spare->state == ALIVE && !spare->carrier.worker)
            return &spare->carrier;
    }
    for (unsigned i = 0; i < carriers.limit; i++)
        if (carriers.spares[i].state != ALIVE)
            return start(&carriers.spares[i]);
    return NULL;
}

/* ---- claiming and lending -------------------------------------------------------------------- */

/* Claims the worker of a carrier that runs `fiber` loose. */
static bool claim(weft__carrier *stuck, const weft_fiber *fiber)
{
    __atomic_store_n(&stuck->claimed, true, __ATOMIC_RELAXED);
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    bool ours = __atomic_load_n(&stuck->grip, __ATOMIC_ACQUIRE) == WEFT__LOOSE &&
                __atomic_load_n(&stuck->running, __ATOMIC_RELAXED) == fiber;
    if (!ours)
        __atomic_store_n(&stuck->claimed, false, __ATOMIC_RELAXED);
    return ours;
}

bool weft__carrier_borrow(weft__worker *worker)
{
    if (pthread_mutex_trylock(&carriers.lock) != 0)
        return false;
    weft__carrier *lender = worker->carrier;
    const weft_fiber *fiber = __atomic_load_n(&lender->running, __ATOMIC_RELAXED);
    bool loose = fiber && lender->adoptable && !worker->lent &&
                 __atomic_load_n(&lender->grip, __ATOMIC_RELAXED) == WEFT__LOOSE;
    bool borrowed = loose && claim(lender, fiber);
    if (borrowed)
        worker->lent = true;
    pthread_mutex_unlock(&carriers.lock);
    return borrowed;
}

void weft__carrier_return(weft__worker *worker)
{
    pthread_mutex_lock(&carriers.lock);
    worker->lent = false;
    __atomic_store_n(&worker->carrier->claimed, false, __ATOMIC_RELEASE);
    pthread_cond_broadcast(&carriers.returned);
    pthread_mutex_unlock(&carriers.lock);
}

/* ---- for the watchdog ---------------------------------------------------------------------- */

weft__bearer weft__carrier_of(weft__worker *worker)
{
    pthread_mutex_lock(&carriers.lock);
    const weft__carrier *carrier = worker->carrier;
    weft__bearer bearer = {.carrier = carrier,
                           .thread = carrier->thread,
                           .id = __atomic_load_n(&carrier->id, __ATOMIC_RELAXED),
                           .running = __atomic_load_n(&carrier->running, __ATOMIC_RELAXED),
                           .named = carrier->named};
    pthread_mutex_unlock(&carriers.lock);
    return bearer;
}

static weft_error replace(weft__worker *worker, const weft_fiber *fiber, const char **name)
{
    weft__carrier *stuck = worker->carrier;
    if (carriers.limit == 0)
        return WEFT_INVALID;
    weft__carrier *next = worker->wanted ? worker->wanted : find_spare();
    if (next && !claim(stuck, fiber))
        return WEFT_BUSY;
    if (next) {
        *name = weft_fiber_name(fiber); /* which cannot end before it has its worker back */
        if (next == worker->wanted)
            shift(worker);
        give(worker, next);
    }
    stuck->stuck = fiber;
    stuck->stuck_name = *name;
    return next ? WEFT_OK : WEFT_LIMIT;
}

weft_error weft__carrier_replace(weft__worker *worker, const weft_fiber *fiber, uint64_t count,
                                 const char **name)
{
    pthread_mutex_lock(&carriers.lock);
    await_return(worker);
    weft__carrier *stuck = worker->carrier;
    weft_error error = replace(worker, fiber, name);
    if (*name)
        stuck->named = count;
    pthread_mutex_unlock(&carriers.lock);
    return error;
}

unsigned weft__spares_alive(void)
{
    pthread_mutex_lock(&carriers.lock);
    unsigned alive = carriers.alive;
    pthread_mutex_unlock(&carriers.lock);
    return alive;
}

static void report(const weft__carrier *carrier)
{
    if (carrier->stuck_name &&
        carrier->stuck == __atomic_load_n(&carrier->running, __ATOMIC_RELAXED))
        weft_log_event(WEFT_LOG_ERROR, "runtime", WEFT_STR("a fiber is stuck and left behind"),
                       &WEFT_FIELD_STR("fiber", weft_str_from(carrier->stuck_name)), 1);
}

void weft__carriers_report(void)
{
    pthread_mutex_lock(&carriers.lock); /* the workers outlive the spares */
    for (unsigned i = 0; carriers.spares != NULL && i < weft_worker_count(); i++)
        report(&weft__runtime_worker(i)->home);
    for (unsigned i = 0; carriers.spares != NULL && i < carriers.limit; i++)
        report(&carriers.spares[i].carrier);
    pthread_mutex_unlock(&carriers.lock);
}

/* ---- life ------------------------------------------------------------------------------------ */

weft_error weft__carriers_open(const weft_runtime_options *options)
{
    bool lending = options->workers > 1 && options->stealing != WEFT_STEALING_OFF;
    bool taking = (lending || options->spare_threads > 0) &&
                  syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    carriers.limit = taking ? options->spare_threads : 0;
    carriers.spares = calloc(carriers.limit + 1, sizeof *carriers.spares);
    if (!carriers.spares)
        return WEFT_NO_MEMORY;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&carriers.given, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&carriers.returned, NULL);
    carriers.alive = 0;
    carriers.idle_limit = options->spare_idle;
    carriers.closing = false;
    for (unsigned i = 0; i < options->workers; i++)
        weft__runtime_worker(i)->home.adoptable = taking;
    return WEFT_OK;
}

static void join(const struct spare *spare)
{
    pthread_mutex_lock(&carriers.lock);
    bool started = spare->state != NONE;
    pthread_mutex_unlock(&carriers.lock);
    if (started)
        pthread_join(spare->carrier.thread, NULL);
}

void weft__carriers_close(void)
{
    pthread_mutex_lock(&carriers.lock);
    carriers.closing = true;
    pthread_cond_broadcast(&carriers.given);
    pthread_mutex_unlock(&carriers.lock);
    for (unsigned i = 0; i < carriers.limit; i++)
        join(&carriers.spares[i]);
    pthread_mutex_lock(&carriers.lock);
    struct spare *spares = carriers.spares;
    carriers.spares = NULL; /* nothing is left to report: see weft__carriers_report */
    pthread_mutex_unlock(&carriers.lock);
    for (unsigned i = 0; i < carriers.limit; i++)
        free(spares[i].carrier.signal_stack);
    free(spares);
    pthread_cond_destroy(&carriers.given);
    pthread_cond_destroy(&carriers.returned);
}
