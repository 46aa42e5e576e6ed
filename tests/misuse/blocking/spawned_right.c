/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The fiber hands it to the blocking pool.
 */
#include <weft/prelude.h>

static void print_now(void *pages) BLOCKS;
static void print_now(void *pages)
{
    (void)!blocking(write)(1, pages, sizeof(int));
}

static weft_error print_pages(void *pages)
{
    return blocking_run(print_now, pages);
}

weft_error print(scope *jobs, int *pages) USES(jobs);

weft_error print(scope *jobs, int *pages)
{
    return scope_spawn(jobs, "printer", print_pages, pages);
}
