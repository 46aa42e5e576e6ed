/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * How the parts are measured: in nanoseconds, or, under callgrind, in instructions, which do not
 * depend on what else the machine does. bench/micro runs the programs and reads what they print.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>

/* Takes `times` steps. */
typedef void measured(unsigned times);

/* Prints what one step costs: CPU time of this thread, the least of some rounds. When counting,
 * takes fewer steps, once to warm up and once counted, and prints how many; callgrind writes the
 * counts. */
void measure(const char *name, measured *run, unsigned times);

/* Whether this runs under callgrind. What depends on a second thread or on the clock is left out
 * then. */
bool measure_counts(void);

#endif
