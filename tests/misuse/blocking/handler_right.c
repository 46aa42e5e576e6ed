/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The handler runs what blocks on the blocking pool.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

static void read_motto(void *status) BLOCKS;
static void read_motto(void *status)
{
    *(int *)status = blocking(system)("fortune");
}

static http_status answer(void)
{
    int status = 0;
    TRY(blocking_run(read_motto, &status));
    return status == 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {GET("/motto", answer)};
const route *table(void);

const route *table(void)
{
    return api;
}
