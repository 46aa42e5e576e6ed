/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A router has one state.
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    int32_t count;
} app_state;

DERIVE(state)
typedef struct other_state {
    int32_t count;
} other_state;

static http_status count(const app_state *state, const other_state *other)
{
    return state->count == other->count ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/count", count),
};
