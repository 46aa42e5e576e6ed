/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/clock.h: the clock that stands still, for tests. While it is set, weft_clock_now answers its
 * time in the whole process; what the kernel is told must be turned into real time.
 */
#ifndef WEFT_BASE_CLOCK_H
#define WEFT_BASE_CLOCK_H

#include <weft/base.h>

void weft__clock_set(int64_t now); /* 0: the real clock counts again */

/* The point of CLOCK_MONOTONIC that is as far away as `deadline` is on our clock. */
int64_t weft__clock_real(int64_t deadline);

#endif
