/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The state holds a request.
 *
 * weftgen: but "newest" is request \*
 */
#include <weft/prelude.h>

DERIVE(state)
typedef struct app_state {
    database *db;
    request *newest;
} app_state;
