/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/errno.h: errno for code that runs in fibers. The C library declares the function that finds
 * errno as constant, so a compiler may call it once in a function that waits in between; but after
 * a wait the fiber may be on another thread (runtime/carrier.h). This one is found anew each time.
 */
#ifndef WEFT_BASE_ERRNO_H
#define WEFT_BASE_ERRNO_H

#include <errno.h>

int *weft__errno_here(void);

#undef errno
#define errno (*weft__errno_here())

#endif
