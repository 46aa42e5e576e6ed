/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/blocking.h: calls that block their thread, and with it every request of its worker, do not
 * compile in a program: each says what to use instead. weft/prelude.h brings this header; whoever
 * only includes the others has none of it. Where blocking is meant, there are three doors:
 *
 * One call, in a function that says so and that weft_blocking_run runs on the blocking pool:
 *
 *     static void read_prices(void *prices) WEFT_BLOCKS;
 *     static void read_prices(void *prices)
 *     {
 *         FILE *file = WEFT_BLOCKING(fopen)("prices.csv", "r");
 *
 * The start of main, before it serves, after saying that no fiber runs it:
 *
 *     weft_plain_thread();
 *     FILE *config = WEFT_BLOCKING(fopen)("shop.conf", "r");
 *
 * A file of which no line runs in a fiber, such as a tool or a test, defines WEFT_MAY_BLOCK before
 * it includes weft/prelude.h: there every call is what it was.
 *
 * gcc and clang refuse the calls themselves. `weft check` also refuses what calls a function that
 * WEFT_BLOCKS, other than by weft_blocking_run. A function pointer tells neither.
 */
#ifndef WEFT_BLOCKING_H
#define WEFT_BLOCKING_H

#include <weft/own.h>
#include <weft/runtime.h>

/* To be said on a thread that is no worker's: from here on the function may block. In a fiber it
 * ends the process with a message. */
#define weft_plain_thread() weft__plain_thread(__FILE__, __LINE__)
static inline void weft__plain_thread(const char *file, int line)
    WEFT__OWN(assert_capability(weft_may_block));
static inline void weft__plain_thread(const char *file, int line)
{
    (void)weft__expect(weft_fiber_current() == NULL ? "" : NULL,
                       "a fiber runs this, so it may not block: see weft_blocking_run", file, line);
}

/* `fn`, which will be called with `arg` in a fiber: the check sees it called. */
#if defined(WEFT_CHECK) && defined(__clang__)
bool weft__perhaps(void);
#define WEFT__IN_FIBER(fn, arg) ((void)(weft__perhaps() && ((void)(fn)(arg), true)), (fn))
#else
#define WEFT__IN_FIBER(fn, arg) (fn)
#endif

#ifndef WEFT_MAY_BLOCK

/* The call all the same: WEFT_BLOCKING(fopen)(path, "r"). */
#define WEFT_BLOCKING(function) weft__blocking_##function

#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What is declared again below is so with one more attribute. */
#pragma GCC system_header

/* X(call, what to use instead). A name that the headers above declare only for some standards is in
 * the list of those. */
#define WEFT_BLOCKING_C(X)                       \
    X(fopen, "weft_file_open")                   \
    X(freopen, "weft_file_open")                 \
    X(tmpfile, "weft_file_open")                 \
    X(fread, "weft_file_read_at")                \
    X(fgets, "weft_file_read_all")               \
    X(fgetc, "weft_file_read_all")               \
    X(getc, "weft_file_read_all")                \
    X(getchar, "weft_blocking_run")              \
    X(fwrite, "weft_file_write_at, or weft_log") \
    X(system, "weft_process_spawn")
#define WEFT_BLOCKING_POSIX(X)                              \
    X(open, "weft_file_open")                               \
    X(openat, "weft_file_open")                             \
    X(creat, "weft_file_open")                              \
    X(fdopen, "weft_file_open")                             \
    X(read, "weft_stream_read, or weft_file_read_at")       \
    X(pread, "weft_file_read_at")                           \
    X(readv, "weft_stream_read_parts")                      \
    X(write, "weft_stream_write, or weft_file_write_at")    \
    X(pwrite, "weft_file_write_at")                         \
    X(writev, "weft_stream_write_parts")                    \
    X(fsync, "weft_file_sync")                              \
    X(fdatasync, "weft_file_sync")                          \
    X(getline, "weft_file_read_all")                        \
    X(getdelim, "weft_file_read_all")                       \
    X(sleep, "weft_sleep")                                  \
    X(nanosleep, "weft_sleep")                              \
    X(clock_nanosleep, "weft_sleep_until")                  \
    X(pause, "weft_signal_wait")                            \
    X(sigwait, "weft_signal_wait")                          \
    X(sigwaitinfo, "weft_signal_wait")                      \
    X(sigtimedwait, "weft_signal_wait")                     \
    X(sigsuspend, "weft_signal_wait")                       \
    X(popen, "weft_process_spawn")                          \
    X(pclose, "weft_process_wait")                          \
    X(wait, "weft_process_wait")                            \
    X(waitpid, "weft_process_wait")                         \
    X(waitid, "weft_process_wait")                          \
    X(connect, "weft_stream_connect")                       \
    X(accept, "weft_listener_accept")                       \
    X(recv, "weft_stream_read")                             \
    X(recvfrom, "weft_stream_read")                         \
    X(recvmsg, "weft_stream_read_parts")                    \
    X(send, "weft_stream_write")                            \
    X(sendto, "weft_stream_write")                          \
    X(sendmsg, "weft_stream_write_parts")                   \
    X(poll, "weft_select")                                  \
    X(select, "weft_select")                                \
    X(pselect, "weft_select")                               \
    X(epoll_wait, "weft_select")                            \
    X(epoll_pwait, "weft_select")                           \
    X(getaddrinfo, "weft_blocking_run")                     \
    X(getnameinfo, "weft_blocking_run")                     \
    X(pthread_mutex_lock, "weft_mutex_lock")                \
    X(pthread_mutex_timedlock, "weft_mutex_lock")           \
    X(pthread_rwlock_rdlock, "weft_rwlock_lock_read")       \
    X(pthread_rwlock_timedrdlock, "weft_rwlock_lock_read")  \
    X(pthread_rwlock_wrlock, "weft_rwlock_lock_write")      \
    X(pthread_rwlock_timedwrlock, "weft_rwlock_lock_write") \
    X(pthread_cond_wait, "weft_notify_wait")                \
    X(pthread_cond_timedwait, "weft_notify_wait")           \
    X(pthread_barrier_wait, "weft_barrier_wait")            \
    X(pthread_join, "weft_fiber_join")                      \
    X(sem_wait, "weft_semaphore_acquire")                   \
    X(sem_timedwait, "weft_semaphore_acquire")              \
    X(flock, "weft_blocking_run")
#define WEFT_BLOCKING_MISC(X)             \
    X(usleep, "weft_sleep")               \
    X(gethostbyname, "weft_blocking_run") \
    X(gethostbyaddr, "weft_blocking_run") \
    X(wait3, "weft_process_wait")         \
    X(wait4, "weft_process_wait")         \
    X(lockf, "weft_blocking_run")
#define WEFT_BLOCKING_GNU(X)           \
    X(accept4, "weft_listener_accept") \
    X(ppoll, "weft_select")            \
    X(pthread_timedjoin_np, "weft_fiber_join")
/* Of other libraries. */
#define WEFT_BLOCKING_LIBRARIES(X)             \
    X(PQconnectdb, "weft_database_open")       \
    X(PQconnectdbParams, "weft_database_open") \
    X(PQreset, "weft_database_open")           \
    X(PQexec, "an SQL(..) prototype")          \
    X(PQexecParams, "an SQL(..) prototype")    \
    X(PQexecPrepared, "an SQL(..) prototype")  \
    X(PQprepare, "an SQL(..) prototype")       \
    X(sqlite3_open, "weft_database_open")      \
    X(sqlite3_open_v2, "weft_database_open")   \
    X(sqlite3_exec, "an SQL(..) prototype")    \
    X(sqlite3_step, "an SQL(..) prototype")    \
    X(curl_easy_perform, "weft_blocking_run")

#if defined(_GNU_SOURCE)
#define WEFT_BLOCKING_CALLS(X) \
    WEFT_BLOCKING_C(X)         \
    WEFT_BLOCKING_POSIX(X) WEFT_BLOCKING_MISC(X) WEFT_BLOCKING_GNU(X) WEFT_BLOCKING_LIBRARIES(X)
#elif defined(_DEFAULT_SOURCE)
#define WEFT_BLOCKING_CALLS(X) \
    WEFT_BLOCKING_C(X) WEFT_BLOCKING_POSIX(X) WEFT_BLOCKING_MISC(X) WEFT_BLOCKING_LIBRARIES(X)
#elif defined(_POSIX_C_SOURCE) && _POSIX_C_SOURCE >= 200809L
#define WEFT_BLOCKING_CALLS(X) WEFT_BLOCKING_C(X) WEFT_BLOCKING_POSIX(X) WEFT_BLOCKING_LIBRARIES(X)
#else
#define WEFT_BLOCKING_CALLS(X) WEFT_BLOCKING_C(X) WEFT_BLOCKING_LIBRARIES(X)
#endif

/* <fcntl.h> would bring struct stat, a name that programs like to use themselves. */
#ifndef _FCNTL_H
int open(const char *, int, ...);
int openat(int, const char *, int, ...);
int creat(const char *, mode_t);
#endif
int flock(int, int);

/* Libraries whose headers need not be there: their functions as every version declares them. */
struct pg_conn;
struct pg_result;
struct sqlite3;
struct sqlite3_stmt;
struct pg_conn *PQconnectdb(const char *);
struct pg_conn *PQconnectdbParams(const char *const *, const char *const *, int);
void PQreset(struct pg_conn *);
struct pg_result *PQexec(struct pg_conn *, const char *);
struct pg_result *PQexecParams(struct pg_conn *, const char *, int, const unsigned *,
                               const char *const *, const int *, const int *, int);
struct pg_result *PQexecPrepared(struct pg_conn *, const char *, int, const char *const *,
                                 const int *, const int *, int);
struct pg_result *PQprepare(struct pg_conn *, const char *, const char *, int, const unsigned *);
int sqlite3_open(const char *, struct sqlite3 **);
int sqlite3_open_v2(const char *, struct sqlite3 **, int, const char *);
int sqlite3_exec(struct sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
                 char **);
int sqlite3_step(struct sqlite3_stmt *);
#ifndef CURLINC_CURL_H
unsigned curl_easy_perform(void *); /* an enum without negative values is unsigned */
#endif

#define WEFT__BLOCKING_DOOR(call, instead) \
    extern __typeof__(call) weft__blocking_##call __asm__(#call) WEFT_BLOCKS;
WEFT_BLOCKING_CALLS(WEFT__BLOCKING_DOOR)
#undef WEFT__BLOCKING_DOOR

#define WEFT__REFUSE(call, instead) \
    __attribute__((unavailable(#call " holds up every request of its worker: use " instead)))
#define WEFT__BLOCKING_WALL(call, instead) extern __typeof__(call) call WEFT__REFUSE(call, instead);
WEFT_BLOCKING_CALLS(WEFT__BLOCKING_WALL)
#undef WEFT__BLOCKING_WALL

/* Of what is defined already, inline, clang takes no attribute any more. These glibc so defines for
 * programs that are optimized, or hardened by _FORTIFY_SOURCE. */
#if defined(__clang__) && defined(__OPTIMIZE__)
#define WEFT__BLOCKING_WALL(call, instead) \
    extern __typeof__(weft__blocking_##call) weft__wall_##call WEFT__REFUSE(call, instead);
WEFT_BLOCKING_CALLS(WEFT__BLOCKING_WALL)
#undef WEFT__BLOCKING_WALL
#define fread(...)   weft__wall_fread(__VA_ARGS__)
#define fgets(...)   weft__wall_fgets(__VA_ARGS__)
#define getchar(...) weft__wall_getchar(__VA_ARGS__)
#ifdef _POSIX_C_SOURCE
#define read(...)     weft__wall_read(__VA_ARGS__)
#define pread(...)    weft__wall_pread(__VA_ARGS__)
#define recv(...)     weft__wall_recv(__VA_ARGS__)
#define recvfrom(...) weft__wall_recvfrom(__VA_ARGS__)
#define poll(...)     weft__wall_poll(__VA_ARGS__)
#define getline(...)  weft__wall_getline(__VA_ARGS__)
#endif
#ifdef _GNU_SOURCE
#define ppoll(...) weft__wall_ppoll(__VA_ARGS__)
#endif
#endif

#else
#define WEFT_BLOCKING(function) function
#endif

#endif
