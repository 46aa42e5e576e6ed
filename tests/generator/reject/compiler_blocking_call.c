/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A call that holds up the worker.
 */
#include <weft/prelude.h>

static http_status wait_a_second(void)
{
    sleep(1);
    return HTTP_OK;
}

static const route api[] = {
    GET("/wait", wait_a_second),
};
