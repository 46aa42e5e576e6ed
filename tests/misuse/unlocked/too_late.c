/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is read after the lock was given back.
 *
 * gcc: accepts
 * clang: requires holding lock 'counted->lock' exclusively
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error visit(GUARDED(tally) *counted, int64_t *count)
{
    TRY(mutex_lock(&counted->lock, NEVER));
    locked(counted)->visits++;
    mutex_unlock(&counted->lock);
    *count = locked(counted)->visits;
    return WEFT_OK;
}
