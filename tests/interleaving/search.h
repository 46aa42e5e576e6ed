/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * search.h: decides. An execution is the sequence of its decisions; whatever it asks for is
 * numbered from 0, and option 0 is always "as simple as possible": the running thread goes on. So
 * a schedule is the list of the decisions that are not 0, "13:1,19:2", which replays it whatever
 * has found it.
 *
 * Depth first: all executions with at most `bound` preemptions, a preemption being the decision that
 * a thread which could go on does not. States seen before with as many preemptions left are not
 * entered again. At random: each execution draws a seed of its own; nothing is pruned.
 */
#ifndef WEFT_INTERLEAVING_SEARCH_H
#define WEFT_INTERLEAVING_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEARCH_PRUNE = -1 };

void search_open(void);

/* One of these before the first execution. */
void search_depth_first(unsigned bound);
void search_random(uint64_t seed);
bool search_replay(const char *schedule); /* false when it is not one */

/* Prepares the next execution; false when there is none left. */
bool search_next(void);

/* Whether the bound has forbidden a preemption since the search was begun. */
bool search_was_bounded(void);

/* An option below `options`, or SEARCH_PRUNE. `preempts`: every option but 0 costs a preemption. */
int search_choose(unsigned options, bool preempts, uint64_t state);

/* The decisions of this execution so far, as a schedule. */
void search_schedule(char *text, size_t size);

#endif
