/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * system.c: stand-ins for threads, futexes, clocks, epoll and memory.
 */
#include "system.h"
#include "scenario.h"
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum {
    DESCRIPTORS = 64,
    FIRST_DESCRIPTOR = 1000,
    WRITTEN_SIZE = 64 << 10,
    MEMORY_SIZE = 64 << 20,
    GRANULE = 16,     /* of memory that is freed as a whole */
    DESTROYED = 0xdd, /* the bytes of freed memory */
};

struct descriptor {
    enum { CLOSED, EPOLL, EVENT } kind;
    struct descriptor *epoll; /* that watches it, edge-triggered */
    epoll_data_t data;
    bool edge;
    uint64_t count;
};

struct block { /* in front of allocated memory */
    size_t size, freed;
};

/* Outside the memory that the engine restores. */
static struct system {
    struct descriptor descriptors[DESCRIPTORS];
    char written[WRITTEN_SIZE];
    size_t written_len;
    char *memory;
    size_t used;
    bool freed[MEMORY_SIZE / GRANULE];
} * sys;

static void *map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

void explore_system_open(void)
{
    sys = map(sizeof *sys);
    sys->memory = map(MEMORY_SIZE);
}

void explore_system_reset(void)
{
    memset(sys->descriptors, 0, sizeof sys->descriptors);
    memset(sys->freed, 0, sys->used / GRANULE + 1);
    sys->written_len = sys->used = 0;
}

/* ---- threads ----------------------------------------------------------------------------------- */

int explore_pthread_create(pthread_t *thread, void *(*fn)(void *), void *arg, const char *site)
{
    *thread = explore_thread_start(fn, arg, site);
    return 0;
}

int explore_pthread_join(pthread_t thread, void **result, const char *site)
{
    void *value = explore_thread_join((unsigned)thread, site);
    if (result)
        *result = value;
    return 0;
}

pthread_t explore_pthread_self(void)
{
    return explore_thread_self();
}

int explore_pthread_setname(pthread_t thread, const char *name)
{
    explore_thread_name((unsigned)thread, name);
    return 0;
}

int explore_once(pthread_once_t *once, void (*fn)(void))
{
    if (*once == PTHREAD_ONCE_INIT) {
        *once = PTHREAD_ONCE_INIT + 1;
        fn();
    }
    return 0;
}

/* ---- mutexes and conditions: the first word of a mutex says whether it is held ------------------ */

static int *held(pthread_mutex_t *mutex)
{
    return (int *)(void *)mutex;
}

int explore_mutex_init(pthread_mutex_t *mutex)
{
    *held(mutex) = 0;
    return 0;
}

int explore_mutex_lock(pthread_mutex_t *mutex, const char *site)
{
    explore_step(mutex, EXPLORE_WRITE, site);
    while (*held(mutex))
        (void)explore_wait(mutex, WEFT_NEVER, site);
    *held(mutex) = 1;
    return 0;
}

static void unlock(pthread_mutex_t *mutex, const char *site)
{
    if (!*held(mutex))
        explore_fail("%s: unlocks a mutex that nobody holds", site);
    *held(mutex) = 0;
    explore_wake_all(mutex);
    explore_changed();
}

int explore_mutex_trylock(pthread_mutex_t *mutex, const char *site)
{
    explore_step(mutex, EXPLORE_WRITE, site);
    bool free = !*held(mutex);
    *held(mutex) = 1;
    return free ? 0 : EBUSY;
}

int explore_mutex_unlock(pthread_mutex_t *mutex, const char *site)
{
    explore_step(mutex, EXPLORE_WRITE, site);
    unlock(mutex, site);
    return 0;
}

int explore_cond_signal(pthread_cond_t *condition, const char *site)
{
    explore_step(condition, EXPLORE_WRITE, site);
    (void)explore_wake_one(condition);
    return 0;
}

int explore_cond_broadcast(pthread_cond_t *condition, const char *site)
{
    explore_step(condition, EXPLORE_WRITE, site);
    explore_wake_all(condition);
    return 0;
}

static int64_t time_of(const struct timespec *time)
{
    return time ? (int64_t)time->tv_sec * WEFT_SECOND + time->tv_nsec : WEFT_NEVER;
}

int explore_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                      const struct timespec *until, const char *site)
{
    explore_step(condition, EXPLORE_WRITE, site);
    explore_step(mutex, EXPLORE_WRITE, site);
    unlock(mutex, site);
    bool woken = explore_wait(condition, time_of(until), site);
    explore_mutex_lock(mutex, site);
    return woken ? 0 : ETIMEDOUT;
}

/* ---- futexes ------------------------------------------------------------------------------------- */

static long futex_wait(uint32_t *word, uint32_t expected, int64_t until, const char *site)
{
    explore_step(word, EXPLORE_WRITE, site);
    if (*word != expected) {
        errno = EAGAIN;
        return -1;
    }
    if (explore_wait(word, until, site))
        return 0;
    errno = ETIMEDOUT;
    return -1;
}

static long futex_wake(uint32_t *word, uint32_t count, const char *site)
{
    explore_step(word, EXPLORE_WRITE, site);
    long woken = 0;
    while (woken < (long)count && explore_wake_one(word))
        woken++;
    return woken;
}

long explore_syscall(const char *site, long number, ...)
{
    if (number == SYS_membarrier) {
        explore_barrier(site);
        return 0;
    }
    if (number != SYS_futex)
        explore_fail("%s: no stand-in for system call %ld", site, number);
    va_list arguments;
    va_start(arguments, number);
    uint32_t *word = va_arg(arguments, uint32_t *);
    int operation = va_arg(arguments, int) & FUTEX_CMD_MASK;
    uint32_t value = va_arg(arguments, uint32_t);
    const struct timespec *time = va_arg(arguments, const struct timespec *);
    va_end(arguments);
    switch (operation) {
    case FUTEX_WAKE: return futex_wake(word, value, site);
    case FUTEX_WAIT_BITSET: return futex_wait(word, value, time_of(time), site);
    case FUTEX_WAIT:
        return futex_wait(word, value, time ? explore_now() + time_of(time) : WEFT_NEVER, site);
    default: explore_fail("%s: no stand-in for futex operation %d", site, operation);
    }
}

/* ---- clocks -------------------------------------------------------------------------------------- */

int explore_clock_gettime(struct timespec *now)
{
    int64_t time = explore_now();
    *now = (struct timespec){.tv_sec = time / WEFT_SECOND, .tv_nsec = time % WEFT_SECOND};
    return 0;
}

int explore_nanosleep(const char *site, const struct timespec *duration, struct timespec *left)
{
    (void)left;
    (void)explore_wait(NULL, explore_now() + time_of(duration), site);
    return 0;
}

int explore_clock_nanosleep(int flags, const struct timespec *time, const char *site)
{
    int64_t until = flags & TIMER_ABSTIME ? time_of(time) : explore_now() + time_of(time);
    (void)explore_wait(NULL, until, site);
    return 0;
}

/* ---- descriptors --------------------------------------------------------------------------------- */

static struct descriptor *descriptor_of(int number)
{
    bool ours = number >= FIRST_DESCRIPTOR && number < FIRST_DESCRIPTOR + DESCRIPTORS;
    return ours ? &sys->descriptors[number - FIRST_DESCRIPTOR] : NULL;
}

static int open_descriptor(struct descriptor content)
{
    for (int i = 0; i < DESCRIPTORS; i++) {
        if (sys->descriptors[i].kind == CLOSED) {
            sys->descriptors[i] = content;
            return FIRST_DESCRIPTOR + i;
        }
    }
    explore_fail("more than %d descriptors", DESCRIPTORS);
}

int explore_epoll_create(void)
{
    return open_descriptor((struct descriptor){.kind = EPOLL});
}

int explore_eventfd(unsigned count)
{
    return open_descriptor((struct descriptor){.kind = EVENT, .count = count});
}

int explore_epoll_ctl(int epoll, int operation, int number, struct epoll_event *event)
{
    struct descriptor *descriptor = descriptor_of(number);
    if (!descriptor || (operation == EPOLL_CTL_ADD && !(event->events & EPOLLET)))
        explore_fail("epoll_ctl: there is a stand-in for eventfds, edge-triggered, only");
    descriptor->epoll = operation == EPOLL_CTL_DEL ? NULL : descriptor_of(epoll);
    if (event)
        descriptor->data = event->data;
    return 0;
}

static int take_edges(const struct descriptor *epoll, struct epoll_event *events, int size)
{
    int count = 0;
    for (int i = 0; i < DESCRIPTORS && count < size; i++) {
        struct descriptor *descriptor = &sys->descriptors[i];
        if (descriptor->kind == EVENT && descriptor->epoll == epoll && descriptor->edge) {
            descriptor->edge = false;
            events[count++] = (struct epoll_event){.events = EPOLLIN, .data = descriptor->data};
        }
    }
    return count;
}

int explore_epoll_wait(int number, struct epoll_event *events, int size, int timeout,
                       const char *site)
{
    struct descriptor *epoll = descriptor_of(number);
    int64_t until = timeout < 0 ? WEFT_NEVER : explore_now() + timeout * WEFT_MILLISECOND;
    explore_step(epoll, EXPLORE_WRITE, site);
    int count = take_edges(epoll, events, size);
    if (count == 0 && timeout != 0 && explore_wait(epoll, until, site))
        count = take_edges(epoll, events, size);
    return count;
}

static bool has_edges(const struct descriptor *epoll)
{
    for (int i = 0; i < DESCRIPTORS; i++) {
        const struct descriptor *descriptor = &sys->descriptors[i];
        if (descriptor->kind == EVENT && descriptor->epoll == epoll && descriptor->edge)
            return true;
    }
    return false;
}

int explore_await_epoll(int number, const char *site)
{
    struct descriptor *epoll = descriptor_of(number);
    explore_step(epoll, EXPLORE_READ, site);
    if (!has_edges(epoll))
        (void)explore_wait(epoll, WEFT_NEVER, site);
    return 1;
}

static void note_written(const void *bytes, size_t len, const char *site)
{
    explore_step(&sys->written, EXPLORE_WRITE, site);
    if (len > WRITTEN_SIZE - sys->written_len)
        explore_fail("more than %d bytes written", WRITTEN_SIZE);
    memcpy(sys->written + sys->written_len, bytes, len);
    sys->written_len += len;
}

ssize_t explore_write(int number, const void *bytes, size_t len, const char *site)
{
    struct descriptor *descriptor = descriptor_of(number);
    if (!descriptor) {
        note_written(bytes, len, site);
        return (ssize_t)len;
    }
    uint64_t count;
    memcpy(&count, bytes, sizeof count);
    explore_step(descriptor->epoll, EXPLORE_WRITE, site);
    if (descriptor->kind == CLOSED)
        explore_fail("%s: writes to a closed descriptor", site);
    descriptor->count += count;
    descriptor->edge = true;
    explore_wake_all(descriptor->epoll);
    return (ssize_t)len;
}

ssize_t explore_read(int number, void *bytes, size_t size, const char *site)
{
    struct descriptor *descriptor = descriptor_of(number);
    if (!descriptor)
        explore_fail("%s: no stand-in for reading descriptor %d", site, number);
    explore_step(descriptor->epoll, EXPLORE_WRITE, site);
    if (descriptor->count == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(bytes, &descriptor->count, sizeof descriptor->count);
    descriptor->count = 0;
    return (ssize_t)size;
}

int explore_close(int number)
{
    struct descriptor *descriptor = descriptor_of(number);
    if (!descriptor || descriptor->kind == CLOSED)
        explore_fail("closes descriptor %d, which is not open", number);
    descriptor->kind = CLOSED;
    return 0;
}

weft_str explore_written(void)
{
    return (weft_str){sys->written, sys->written_len};
}

/* ---- memory: never used again within an execution, and destroyed when freed ---------------------- */

static size_t place_of(const volatile void *memory)
{
    return (size_t)((const volatile char *)memory - sys->memory) / GRANULE;
}

void explore_operation(const volatile void *object, explore_access access, const char *site)
{
    explore_step(object, access, site);
    uintptr_t at = (uintptr_t)object, memory = (uintptr_t)sys->memory;
    if (at >= memory && at < memory + MEMORY_SIZE && sys->freed[place_of(object)])
        explore_fail("%s: uses memory that has been freed", site);
}

void *explore_allocate(size_t size, size_t alignment)
{
    if (alignment < GRANULE)
        alignment = GRANULE;
    size_t start = (sys->used + sizeof(struct block) + alignment - 1) & ~(alignment - 1);
    if (size > MEMORY_SIZE - start)
        explore_fail("more than %d bytes of memory", MEMORY_SIZE);
    sys->used = start + size;
    struct block *block = (struct block *)(void *)(sys->memory + start) - 1;
    *block = (struct block){.size = size};
    return block + 1;
}

void *explore_allocate_zeroes(size_t count, size_t size)
{
    return memset(explore_allocate(count * size, 16), 0, count * size);
}

void *explore_map(size_t size)
{
    return memset(explore_allocate(size, 4096), 0, size);
}

void explore_free(void *memory)
{
    if (!memory)
        return;
    struct block *block = (struct block *)memory - 1;
    if (block->freed)
        explore_fail("memory is freed twice");
    block->freed = 1;
    memset(memory, DESTROYED, block->size);
    memset(&sys->freed[place_of(memory)], 1, (block->size + GRANULE - 1) / GRANULE);
}
