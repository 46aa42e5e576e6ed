/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A route leads to a handler that says it blocks.
 *
 * gcc: accepts
 * clang: requires holding .*'weft_may_block'
 * weftgen: accepts
 */
#include <weft/prelude.h>

static http_status answer(void) BLOCKS;
static http_status answer(void)
{
    return blocking(system)("fortune") == 0 ? HTTP_OK : HTTP_NOT_FOUND;
}

static const route api[] = {GET("/motto", answer)};
const route *table(void);

const route *table(void)
{
    return api;
}
