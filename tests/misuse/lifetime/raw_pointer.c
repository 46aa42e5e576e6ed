/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state is given a pointer into a request.
 *
 * weftgen: "in" ends with its request, but "state" is used longer
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct note {
    str text;
} note;

struct board {
    const char *motto;
    size_t len;
};

DERIVE(state)
typedef struct app_state {
    struct board *board;
} app_state;

http_status set_motto(const app_state *state, const note *in);

http_status set_motto(const app_state *state, const note *in)
{
    state->board->motto = in->text.at;
    state->board->len = in->text.len;
    return HTTP_OK;
}
