/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What others change, too, is changed without the lock.
 *
 * gcc: accepts
 * clang: requires holding lock 'counted->lock' exclusively
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

void visit(GUARDED(tally) *counted)
{
    locked(counted)->visits++;
}
