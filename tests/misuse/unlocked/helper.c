/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A helper that wants the lock is called without it.
 *
 * gcc: accepts
 * clang: 'reset' requires holding lock 'counted->lock' exclusively
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

void reset(GUARDED(tally) *counted) USES(counted->lock);

void start_anew(GUARDED(tally) *counted)
{
    reset(counted);
}
