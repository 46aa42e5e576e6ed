/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/guarded.h: memory of requests that is never used again while somebody may still hold a
 * pointer into it: what uses it after its end is caught at that access. On under AddressSanitizer,
 * in debug builds, and with WEFT_GUARD_MEMORY=1; off, it costs the request nothing.
 *
 * What is given back is not touched for the next WEFT__GUARDED_KEPT pieces: without
 * AddressSanitizer its pages cannot be accessed until then, so that the access is a fault (see
 * runtime/crash.h); with it the memory is freed, and its quarantine does the same. A list says
 * whose each piece was.
 */
#ifndef WEFT_BASE_GUARDED_H
#define WEFT_BASE_GUARDED_H

#include <weft/arena.h>

#define WEFT__GUARDED_KEPT 1024 /* pieces that are remembered */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT__UNDER_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WEFT__UNDER_ASAN
#endif

bool weft__guarding(void);

/* At least `size` bytes, *given of them, which are not as many as an ordinary chunk has; NULL when
 * the system has none. When guarding only. */
void *weft__guarded_take(size_t size, size_t *given);

/* Gives back what was taken, in one piece. */
void weft__guarded_return(void *memory, size_t size);

/* Whose memory it was, when `address` lies in what was given back of late. For signal handlers,
 * too. */
bool weft__guarded_find(const void *address, const char **owner);

/* Says what runs here, a static string; set by the runtime, which knows. */
extern const char *(*weft__guarded_owner)(void);

#endif
