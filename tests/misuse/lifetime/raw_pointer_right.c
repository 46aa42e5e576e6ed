/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state keeps a copy.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct note {
    str text;
} note;

struct board {
    kept_str motto;
};

DERIVE(state)
typedef struct app_state {
    struct board *board;
} app_state;

http_status set_motto(const app_state *state, const note *in);

http_status set_motto(const app_state *state, const note *in)
{
    TRY(kept_set(&state->board->motto, in->text));
    return HTTP_OK;
}
