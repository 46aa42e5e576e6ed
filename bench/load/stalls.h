/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/load/stalls.h: when the machine itself stands still. The processors of a virtual machine
 * are taken away for milliseconds at a time, which no server can help, and which shows far
 * out in the tail of its latencies.
 *
 * On each processor a thread that overtakes everything (SCHED_FIFO, its highest priority) wakes
 * every STALL_LOOK; when it wakes late, nobody could run there, however ready. A server's own
 * pauses are not seen by it, so they are never taken for the machine's.
 *
 * Each thread appends to a list of its own; the lists are read after the threads have ended.
 */
#ifndef WEFT_BENCH_STALLS_H
#define WEFT_BENCH_STALLS_H

#include <stdbool.h>
#include <stdint.h>

#define STALL_LOOK  500000    /* nanoseconds between two looks */
#define STALL_LEAST 500000    /* nanoseconds late that count */
#define STALL_NEAR  50000000  /* nanoseconds before and after one that are disturbed by it */
#define STALLS_KEPT (1 << 16) /* of each processor */
#define STALL_CPUS  64

/* Watches the processors of a list such as "0,1". False when the system does not let us overtake
 * others (CAP_SYS_NICE), or the list is none. */
bool stalls_watch(const char *cpus);

/* Ends the watch. */
void stalls_end(void);

/* Whether that time (CLOCK_MONOTONIC, nanoseconds) is at most STALL_NEAR from a stall, after
 * stalls_end. Quick: may be asked of each request. */
bool stalls_near(int64_t time);

#endif
