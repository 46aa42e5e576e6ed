/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The lock that is held is another one's.
 *
 * gcc: accepts
 * clang: requires holding lock 'to->lock' exclusively
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error pass(GUARDED(tally) *from, GUARDED(tally) *to)
{
    TRY(mutex_lock(&from->lock, NEVER));
    locked(to)->visits += locked(from)->visits;
    mutex_unlock(&from->lock);
    return WEFT_OK;
}
