/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watchdog.h: a thread that looks for workers whose fiber does not come back, says in the
 * log which it is and where, and has them adopted.
 */
#ifndef WEFT_RUNTIME_WATCHDOG_H
#define WEFT_RUNTIME_WATCHDOG_H

#include <weft/runtime.h>

#define WEFT__WATCH_LOOKS 4 /* per `stuck_after`: so much later than that a worker may be found */

/* WEFT_OK also when nobody is to watch. */
weft_error weft__watchdog_open(const weft_runtime_options *options) WEFT_NODISCARD;
void weft__watchdog_close(void);

#endif
