/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the state keeps is a copy.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct note {
    str text LENGTH(1, 200);
} note;

struct board {
    mutex lock;
    kept_str motto;
};

DERIVE(state)
typedef struct app_state {
    struct board *board;
} app_state;

http_status set_motto(const app_state *state, const note *in);

http_status set_motto(const app_state *state, const note *in)
{
    TRY(mutex_lock(&state->board->lock, NEVER));
    weft_error kept = kept_set(&state->board->motto, in->text);
    http_status result = kept == WEFT_OK ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
    mutex_unlock(&state->board->lock);
    return result;
}
