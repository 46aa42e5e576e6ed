/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * engine.c: logical threads, steps, waiting, time. Threads are switched with the runtime's own
 * switch; its entry code is compiled once more under other names (meson.build).
 */
#define weft__fiber_entry explore_entry
#include "engine.h"
#include "runtime/machine.h"
#include "scenario.h"
#include "search.h"
#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STACK_SIZE (256u << 10)
#define START_TIME (1000 * WEFT_SECOND)

enum { OBJECTS = 1 << 14, FAILURE_SIZE = 4096, LOCALS_MAX = 4096 };

enum thread_state {
    ABSENT,
    READY,
    WAITING,   /* for explore_wake or the time */
    SPINNING,  /* for a change by another thread */
    SETTLING,  /* for everybody else to have nothing to do now */
    QUIESCING, /* for everybody else to have nothing to do ever */
    ENDED,
};

struct thread {
    weft__machine machine; /* first, for the entry code */
    enum thread_state state;
    void *(*fn)(void *);
    void *arg, *result;
    const void *object; /* that it waits for */
    int64_t until;
    bool woken;
    uint64_t changes; /* counted when it began to spin */
    uint64_t hash;    /* of its last step, and so of all its past */
    struct late {     /* a store that others do not see yet; size 0: none */
        volatile void *object;
        char value[8];
        unsigned size;
    } late;
    const char *site;
    char name[16];
    int error_number;
    char locals[LOCALS_MAX];
};

struct object { /* that steps touch */
    const volatile void *at;
    unsigned execution; /* in which the rest is valid */
    uint64_t written, read;
};

static struct engine {
    weft__machine machine; /* of explore_engine_run */
    struct thread threads[EXPLORE_THREADS];
    unsigned count, self;
    bool branching, verbose;
    unsigned steps, execution;
    int64_t now;
    const volatile void *may_be_late;
    uint64_t changes, state;
    explore_outcome outcome;
    char failure[FAILURE_SIZE];
    char *stacks;
    void *image; /* of the program's variables, and where they are */
    char *locals, *locals_image;
    size_t locals_size, locals_filled;
    struct object objects[OBJECTS];
} * engine;

extern char __data_start[], _end[];

static struct thread *here(void)
{
    return &engine->threads[engine->self];
}

/* ---- the program's memory ---------------------------------------------------------------------- */

static int find_locals(struct dl_phdr_info *program, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (unsigned i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &program->dlpi_phdr[i];
        if (header->p_type == PT_TLS) {
            engine->locals = program->dlpi_tls_data;
            engine->locals_size = header->p_memsz;
            engine->locals_filled = header->p_filesz;
            engine->locals_image = (char *)(program->dlpi_addr + header->p_vaddr);
        }
    }
    return 1; /* the program itself comes first; libraries keep theirs */
}

static void *map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static void on_crash(int number)
{
    explore_fail("signal %d (%s)", number, sigdescr_np(number));
}

static void watch_crashes(void)
{
    stack_t stack = {.ss_sp = map(STACK_SIZE), .ss_size = STACK_SIZE};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

void explore_engine_open(void)
{
    engine = map(sizeof *engine);
    engine->stacks = map((size_t)EXPLORE_THREADS * STACK_SIZE);
    dl_iterate_phdr(find_locals, NULL);
    if (engine->locals_size > LOCALS_MAX)
        abort();
    watch_crashes();
    engine->image = map((size_t)(_end - __data_start));
    memcpy(engine->image, __data_start, (size_t)(_end - __data_start));
}

/* ---- the fingerprint --------------------------------------------------------------------------- */

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u ^ b;
    x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
    x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
    return x ^ (x >> 32);
}

static struct object *object_at(const volatile void *at)
{
    size_t place = mix((uintptr_t)at, 1) % OBJECTS;
    while (engine->objects[place].execution == engine->execution && engine->objects[place].at != at)
        place = (place + 1) % OBJECTS;
    struct object *object = &engine->objects[place];
    if (object->execution != engine->execution)
        *object = (struct object){
            .at = at, .execution = engine->execution, .written = mix((uintptr_t)at, 2)};
    return object;
}

static void record(const volatile void *at, explore_access access)
{
    struct thread *self = here();
    struct object *object = object_at(at);
    uint64_t step = mix(mix(self->hash, object->written), access);
    if (access == EXPLORE_WRITE) {
        step = mix(step, object->read);
        object->written = step;
        object->read = 0;
    } else {
        object->read += step;
    }
    self->hash = step;
    engine->state += step;
}

/* ---- switching --------------------------------------------------------------------------------- */

static void save_thread(void)
{
    struct thread *self = here();
    memcpy(self->locals, engine->locals, engine->locals_size);
    self->error_number = errno;
}

static void load_thread(unsigned next)
{
    engine->self = next;
    memcpy(engine->locals, here()->locals, engine->locals_size);
    errno = here()->error_number;
}

static void switch_to(unsigned next)
{
    if (next == engine->self)
        return;
    save_thread();
    struct thread *self = here();
    load_thread(next);
    weft__machine_switch(&self->machine, &here()->machine);
}

/* Ends the execution; nothing on this stack will be returned to. */
_Noreturn static void leave(explore_outcome outcome)
{
    weft__machine abandoned;
    engine->outcome = outcome;
    weft__machine_switch(&abandoned, &engine->machine);
    __builtin_unreachable();
}

/* ---- failing ----------------------------------------------------------------------------------- */

static const char *state_name(const struct thread *thread)
{
    static const char *const names[] = {"",        "ready",    "waits", "spins",
                                        "settles", "quiesces", "ended"};
    return names[thread->state];
}

static size_t add(size_t len, const char *format, ...) WEFT_PRINTF(2, 3);
static size_t add(size_t len, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(engine->failure + len, FAILURE_SIZE - len, format, arguments);
    va_end(arguments);
    return len + (size_t)more < FAILURE_SIZE ? len + (size_t)more : FAILURE_SIZE - 1;
}

void explore_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int first = vsnprintf(engine->failure, FAILURE_SIZE / 2, format, arguments);
    va_end(arguments);
    size_t len = first < FAILURE_SIZE / 2 ? (size_t)first : FAILURE_SIZE / 2 - 1;
    len = add(len, "\n");
    for (unsigned i = 0; i < engine->count; i++) {
        const struct thread *thread = &engine->threads[i];
        len = add(len, "  %c %u %-12s %-8s %s\n", i == engine->self ? '*' : ' ', i, thread->name,
                  state_name(thread), thread->site ? thread->site : "");
    }
    leave(EXPLORE_FAILED);
}

/* ---- who goes on ------------------------------------------------------------------------------- */

static bool can_go_on(const struct thread *thread)
{
    switch (thread->state) {
    case READY: return true;
    case WAITING: return thread->woken || thread->until <= engine->now;
    case SPINNING: return thread->changes != engine->changes;
    case ABSENT:
    case SETTLING:
    case QUIESCING:
    case ENDED: break;
    }
    return false;
}

/* Those that can go on: the running thread first, then those after it. */
static unsigned list_candidates(unsigned candidates[EXPLORE_THREADS])
{
    unsigned count = 0;
    for (unsigned i = 0; i < engine->count; i++) {
        unsigned index = (engine->self + i) % engine->count;
        if (can_go_on(&engine->threads[index]))
            candidates[count++] = index;
    }
    return count;
}

/* When nobody can go on, the next deadline comes; false when there is none. */
static bool let_time_pass(void)
{
    int64_t next = WEFT_NEVER;
    for (unsigned i = 0; i < engine->count; i++)
        if (engine->threads[i].state == WAITING && engine->threads[i].until < next)
            next = engine->threads[i].until;
    if (next == WEFT_NEVER)
        return false;
    engine->now = next;
    record(&engine->now, EXPLORE_WRITE);
    return true;
}

static unsigned find(enum thread_state state)
{
    unsigned i = 0;
    while (i < engine->count && engine->threads[i].state != state)
        i++;
    return i;
}

static unsigned decide(unsigned options, bool preempts)
{
    if (options == 1 || !engine->branching)
        return 0;
    int option = search_choose(options, preempts, mix(engine->state, engine->self));
    if (option == SEARCH_PRUNE)
        leave(EXPLORE_PRUNED);
    return (unsigned)option;
}

static unsigned next_thread(void)
{
    unsigned candidates[EXPLORE_THREADS], count;
    while ((count = list_candidates(candidates)) == 0) {
        unsigned settling = find(SETTLING);
        if (settling < engine->count)
            return settling;
        if (!let_time_pass()) {
            unsigned quiescing = find(QUIESCING);
            if (quiescing == engine->count)
                explore_fail("everybody waits: a wake-up is lost, or never sent");
            return quiescing;
        }
    }
    return candidates[decide(count, candidates[0] == engine->self)];
}

static void give_way(const char *site)
{
    here()->site = site;
    if (++engine->steps > EXPLORE_STEPS)
        explore_fail("no end after %d steps", EXPLORE_STEPS);
    switch_to(next_thread());
    here()->state = READY;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static void tell(const char *what, const volatile void *object)
{
    if (engine->verbose)
        printf("# %u %-12s %-6s %p %s\n", engine->self, here()->name, what,
               (void *)(uintptr_t)object, here()->site);
}

static void step(const volatile void *object, explore_access access, const char *site)
{
    give_way(site);
    tell(access == EXPLORE_READ ? "read" : "write", object);
    record(object, access);
}

void explore_changed(void)
{
    engine->changes++;
}

/* What `owner` has stored late, if anything, is seen by all from now on. */
static void carry_out(struct thread *owner, const char *site)
{
    step(&owner->late, EXPLORE_WRITE, site);
    if (owner->late.size == 0)
        return;
    record(owner->late.object, EXPLORE_WRITE);
    memcpy((void *)(uintptr_t)owner->late.object, owner->late.value, owner->late.size);
    owner->late.size = 0;
    explore_changed();
}

static void carry_out_own(const char *site)
{
    if (here()->late.size > 0)
        carry_out(here(), site);
}

void explore_step(const volatile void *object, explore_access access, const char *site)
{
    if (access == EXPLORE_WRITE || object == here()->late.object)
        carry_out_own(site);
    step(object, access, site);
}

void explore_may_be_late(const volatile void *object)
{
    engine->may_be_late = object;
}

bool explore_store_late(volatile void *object, const void *value, unsigned size, const char *site)
{
    if (object != engine->may_be_late || explore_choose(2) == 0)
        return false;
    struct late *late = &here()->late;
    explore_step(late, EXPLORE_WRITE, site);
    *late = (struct late){.object = object, .size = size};
    memcpy(late->value, value, size);
    return true;
}

void explore_barrier(const char *site)
{
    for (unsigned i = 0; engine->may_be_late && i < engine->count; i++)
        carry_out(&engine->threads[i], site);
}

void explore_spin(const char *site)
{
    carry_out_own(site);
    here()->changes = engine->changes;
    here()->state = SPINNING;
    give_way(site);
    tell("spun", NULL);
    record(here(), EXPLORE_WRITE);
    engine->state += mix(here()->hash, engine->changes);
}

bool explore_wait(const volatile void *object, int64_t until, const char *site)
{
    carry_out_own(site);
    struct thread *self = here();
    self->object = (const void *)(uintptr_t)object;
    self->until = until;
    self->woken = false;
    self->state = WAITING;
    give_way(site);
    self->object = NULL;
    tell(self->woken ? "woken" : "late", object);
    record(self->woken ? object : &engine->now, EXPLORE_READ);
    return self->woken;
}

static unsigned list_waiting(const volatile void *object, struct thread *waiting[EXPLORE_THREADS])
{
    unsigned count = 0;
    for (unsigned i = 0; i < engine->count; i++) {
        struct thread *thread = &engine->threads[i];
        if (thread->state == WAITING && thread->object == object && !thread->woken)
            waiting[count++] = thread;
    }
    return count;
}

void explore_wake_all(const volatile void *object)
{
    struct thread *waiting[EXPLORE_THREADS];
    for (unsigned count = list_waiting(object, waiting); count > 0; count--)
        waiting[count - 1]->woken = true;
}

bool explore_wake_one(const volatile void *object)
{
    struct thread *waiting[EXPLORE_THREADS];
    unsigned count = list_waiting(object, waiting);
    if (count > 0)
        waiting[explore_choose(count)]->woken = true;
    return count > 0;
}

unsigned explore_choose(unsigned options)
{
    unsigned option = decide(options, false);
    here()->hash = mix(here()->hash, option);
    engine->state += here()->hash;
    return option;
}

/* ---- time -------------------------------------------------------------------------------------- */

int64_t explore_now(void)
{
    record(&engine->now, EXPLORE_READ);
    return engine->now;
}

void explore_pass(int64_t duration)
{
    explore_step(&engine->now, EXPLORE_WRITE, "time passes");
    engine->now += duration;
    explore_changed();
}

void explore_quiesce(void)
{
    here()->state = QUIESCING;
    give_way("explore_quiesce");
}

void explore_begin(void)
{
    here()->state = SETTLING;
    give_way("explore_begin");
    engine->branching = true;
}

void explore_end(void)
{
    engine->branching = false;
}

/* ---- threads ----------------------------------------------------------------------------------- */

static unsigned add_thread(void *(*fn)(void *), void *arg)
{
    if (engine->count == EXPLORE_THREADS)
        explore_fail("more than EXPLORE_THREADS (%d) threads", EXPLORE_THREADS);
    unsigned index = engine->count++;
    struct thread *thread = &engine->threads[index];
    memset(thread, 0, offsetof(struct thread, locals));
    thread->state = READY;
    thread->fn = fn;
    thread->arg = arg;
    thread->hash = mix(index, 3);
    snprintf(thread->name, sizeof thread->name, "thread-%u", index);
    memset(thread->locals, 0, engine->locals_size);
    memcpy(thread->locals, engine->locals_image, engine->locals_filled);
    weft__machine_prepare(&thread->machine, engine->stacks + (index + 1) * (size_t)STACK_SIZE);
    return index;
}

_Noreturn void explore_thread_main(struct thread *self);
void explore_thread_main(struct thread *self)
{
    self->result = self->fn(self->arg);
    if (engine->self == 0)
        leave(EXPLORE_DONE);
    explore_step(self, EXPLORE_WRITE, "the end of a thread");
    explore_wake_all(self);
    explore_changed();
    self->state = ENDED;
    switch_to(next_thread());
    __builtin_unreachable();
}

unsigned explore_thread_start(void *(*fn)(void *), void *arg, const char *site)
{
    explore_step(&engine->count, EXPLORE_WRITE, site);
    unsigned index = add_thread(fn, arg);
    engine->threads[index].hash = here()->hash;
    return index;
}

void *explore_thread_join(unsigned index, const char *site)
{
    struct thread *thread = &engine->threads[index];
    explore_step(thread, EXPLORE_READ, site);
    while (thread->state != ENDED)
        (void)explore_wait(thread, WEFT_NEVER, site);
    return thread->result;
}

void explore_thread_name(unsigned index, const char *name)
{
    snprintf(engine->threads[index].name, sizeof engine->threads[index].name, "%s", name);
}

unsigned explore_thread_self(void)
{
    return engine->self;
}

/* ---- one execution ----------------------------------------------------------------------------- */

static void *run_body(void *arg)
{
    (*(void (**)(void))arg)();
    return NULL;
}

explore_outcome explore_engine_run(void (*body)(void), bool verbose)
{
    memcpy(__data_start, engine->image, (size_t)(_end - __data_start));
    engine->count = engine->self = 0;
    engine->steps = 0;
    engine->execution++;
    engine->now = START_TIME;
    engine->changes = engine->state = 0;
    engine->may_be_late = NULL;
    engine->verbose = verbose;
    engine->branching = false;
    add_thread(run_body, &body);
    explore_thread_name(0, "scenario");
    load_thread(0);
    weft__machine_switch(&engine->machine, &engine->threads[0].machine);
    return engine->outcome;
}

const char *explore_engine_failure(void)
{
    return engine->failure;
}
