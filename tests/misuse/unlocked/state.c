/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler changes what the application's state refers to.
 *
 * gcc: accepts
 * clang: requires holding lock 'state->counted->lock' exclusively
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
    locked(state->counted)->visits++;
    return HTTP_NO_CONTENT;
}
