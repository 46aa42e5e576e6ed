/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/backend.c: which backend a runtime has.
 */
#include "runtime/backend.h"
#include <stdio.h>
#include <stdlib.h>
#include <weft/log.h>

#ifndef WEFT__URING
const char *weft__uring_lacks(void)
{
    return "this build has none (meson configure -Dio_uring=enabled)";
}
#define URING NULL
#else
#define URING &weft__backend_uring
#endif

weft_error weft__backend_choose(const weft__backend **backend)
{
    const char *name = getenv("WEFT_REACTOR");
    *backend = &weft__backend_epoll;
    if (!name || strcmp(name, "epoll") == 0)
        return WEFT_OK;
    if (strcmp(name, "io_uring") != 0) {
        fprintf(stderr, "weft: WEFT_REACTOR must be epoll or io_uring, not \"%s\"\n", name);
        return WEFT_INVALID;
    }
    const char *lacking = weft__uring_lacks();
    if (lacking)
        weft_log(WEFT_LOG_WARN, "runtime", "no io_uring: %s; epoll takes its place", lacking);
    else
        *backend = URING;
    return WEFT_OK;
}
