/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/format.h: printf into an arena for functions that are printf-like themselves.
 */
#ifndef WEFT_BASE_FORMAT_H
#define WEFT_BASE_FORMAT_H

#include <stdarg.h>
#include <weft/arena.h>

/* As weft_arena_printf. */
weft_str weft__arena_vprintf(weft_arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
