/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A pointer into a request is put where it is used for longer.
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

static const char *latest;

http_status set_motto(const app_state *state, str name, const note *in);
http_status set_motto(const app_state *state, str name, const note *in)
{
    state->board->motto = in->text.at;
    state->board->len = in->text.len;
    latest = name.at;
    const char *start = in->text.at;
    latest = start;
    return HTTP_OK;
}
