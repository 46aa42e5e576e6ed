/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The text of a request is stored in the state as it is.
 *
 * gcc: incompatible types when assigning to type .kept_str.
 * clang: assigning to 'kept_str'.* from incompatible type
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
    http_status result = HTTP_OK;
    state->board->motto = in->text;
    mutex_unlock(&state->board->lock);
    return result;
}
