/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A fiber is spawned to run what blocks: it blocks its worker all the same.
 *
 * gcc: accepts
 * clang: requires holding .*'weft_may_block'
 */
#include <weft/prelude.h>

static weft_error print_pages(void *pages) BLOCKS;
static weft_error print_pages(void *pages)
{
    return blocking(write)(1, pages, sizeof(int)) > 0 ? WEFT_OK : WEFT_IO;
}

weft_error print(scope *jobs, int *pages) USES(jobs);

weft_error print(scope *jobs, int *pages)
{
    return scope_spawn(jobs, "printer", print_pages, pages);
}
