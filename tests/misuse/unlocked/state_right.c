/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It locks it first.
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

DERIVE(state)
typedef struct app_state {
    GUARDED(tally) *counted;
} app_state;

http_status visit(const app_state *state)
{
    TRY(mutex_lock(&state->counted->lock, NEVER));
    locked(state->counted)->visits++;
    mutex_unlock(&state->counted->lock);
    return HTTP_NO_CONTENT;
}
