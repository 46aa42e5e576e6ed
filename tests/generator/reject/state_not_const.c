/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state is shared by all requests.
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    int32_t count;
} app_state;

static http_status count(app_state *state)
{
    return state->count ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {
    GET("/count", count),
};
