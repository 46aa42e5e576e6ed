/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * system.h: what stands in for the C library and the kernel. Functions behave like those that they
 * replace, as far as Weft uses them: conditions and futexes do not wake anybody without a cause,
 * compare-and-swap does not fail without one, epoll knows eventfds only, and memory never ends.
 */
#ifndef WEFT_INTERLEAVING_SYSTEM_H
#define WEFT_INTERLEAVING_SYSTEM_H

#include "engine.h"
#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <time.h>

void explore_system_open(void);
void explore_system_reset(void); /* before each execution */

/* An atomic operation on `object`, which fails the execution when its memory has been freed. */
void explore_operation(const volatile void *object, explore_access access, const char *site);

int explore_pthread_create(pthread_t *thread, void *(*fn)(void *), void *arg, const char *site);
int explore_pthread_join(pthread_t thread, void **result, const char *site);
pthread_t explore_pthread_self(void);
int explore_pthread_setname(pthread_t thread, const char *name);
int explore_mutex_init(pthread_mutex_t *mutex);
int explore_mutex_lock(pthread_mutex_t *mutex, const char *site);
int explore_mutex_trylock(pthread_mutex_t *mutex, const char *site);
int explore_mutex_unlock(pthread_mutex_t *mutex, const char *site);
int explore_cond_signal(pthread_cond_t *condition, const char *site);
int explore_cond_broadcast(pthread_cond_t *condition, const char *site);
int explore_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                      const struct timespec *until, const char *site);
int explore_once(pthread_once_t *once, void (*fn)(void));

long explore_syscall(const char *site, long number, ...); /* SYS_futex */

int explore_clock_gettime(struct timespec *now);
int explore_nanosleep(const char *site, const struct timespec *duration, struct timespec *left);
int explore_clock_nanosleep(int flags, const struct timespec *time, const char *site);

int explore_epoll_create(void);
int explore_eventfd(unsigned count);
int explore_epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event);
int explore_epoll_wait(int epoll, struct epoll_event *events, int size, int timeout,
                       const char *site);
/* Until something is to be taken from it, however long that takes. */
int explore_await_epoll(int epoll, const char *site);
ssize_t explore_write(int descriptor, const void *bytes, size_t len, const char *site);
ssize_t explore_read(int descriptor, void *bytes, size_t size, const char *site);
int explore_close(int descriptor);

void *explore_allocate(size_t size, size_t alignment);
void *explore_allocate_zeroes(size_t count, size_t size);
void *explore_map(size_t size);
void explore_free(void *memory);

#endif
