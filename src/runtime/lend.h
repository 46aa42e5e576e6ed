/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/lend.h: how an idle worker answers for one that is busy for long. While a fiber computes,
 * what arrives at its worker's reactor would wait for it. A worker whose fibers have been slow of
 * late therefore lends its reactor while fibers run: an idle worker may fetch its events, one at a
 * time.
 *
 * Protocol. `reactor` is held, by its worker or by one borrower. Its worker lets go of it just
 * before it runs fibers and takes it back just after, so everything that its loop does outside
 * fibers (messages, events, timers) excludes borrowers. A borrower that has fetched an event looks
 * at one field of the source, `lendable`. When that is set the source is at rest: no fiber waits
 * for it or uses it, and its owner promises to leave it alone outside its loop. Then the borrower
 * may dispatch the event as the worker itself would, on_ready and all. Any other event it leaves in
 * `late_events`, for the worker to find at its next look. Setting `lendable` is the last thing that
 * a fiber does with the source.
 *
 * Closing a source takes the reactor back for that time: so no borrower has hold of an event of it.
 */
#ifndef WEFT_RUNTIME_LEND_H
#define WEFT_RUNTIME_LEND_H

#include "runtime/worker.h"

#define WEFT__SLOW_TURN  (200 * WEFT_MICROSECOND) /* a turn that takes as long, */
#define WEFT__SLOW_FIBER (30 * WEFT_MICROSECOND)  /* and each of its fibers so long, is slow */
#define WEFT__LEND_TIME  (100 * WEFT_MILLISECOND) /* how long to lend after a slow turn */
#define WEFT__LEND_PAUSE (20 * WEFT_MICROSECOND)  /* between two looks of an idle worker */

/* Nobody lends. `eager`: after every turn. */
void weft__reactor_reset(bool eager);

/* After a turn has run `runs` fibers in `time`: whether to lend from now on. */
void weft__reactor_judge(weft__worker *worker, int64_t time, unsigned runs);

void weft__reactor_lend(weft__worker *worker);   /* before fibers run */
void weft__reactor_recall(weft__worker *worker); /* after; may have to wait for a borrower */

/* Whether somebody lends. */
bool weft__reactor_is_lent(int64_t now);

/* Answers one event of somebody who lends; false when there was none for us. */
bool weft__reactor_borrow(weft__worker *worker);

/* Waits for events of our own until it is time to look again; true. */
bool weft__reactor_nap(weft__worker *worker);

#endif
