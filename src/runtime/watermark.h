/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/watermark.h: measures how deep stacks are used, when WEFT_STACK_WATERMARK says so.
 */
#ifndef WEFT_RUNTIME_WATERMARK_H
#define WEFT_RUNTIME_WATERMARK_H

#include "runtime/fiber.h"

extern bool weft__watermark_on; /* set before the first fiber exists */

weft_error weft__watermark_open(void) WEFT_NODISCARD; /* WEFT_INVALID: neither 0 nor 1 */

/* Of a fiber that has run for the last time and not been freed. */
void weft__watermark_take(weft_fiber *fiber);

#endif
