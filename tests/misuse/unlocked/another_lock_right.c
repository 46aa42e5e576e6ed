/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is its own.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

weft_error pass(GUARDED(tally) *from, GUARDED(tally) *to)
{
    TRY(mutex_lock(&from->lock, NEVER));
    int64_t visits = locked(from)->visits;
    mutex_unlock(&from->lock);
    TRY(mutex_lock(&to->lock, NEVER));
    locked(to)->visits += visits;
    mutex_unlock(&to->lock);
    return WEFT_OK;
}
