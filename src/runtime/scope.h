/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/scope.h: what the runtime itself needs of scopes: the one for background tasks, and what
 * to do about fibers that forget theirs.
 */
#ifndef WEFT_RUNTIME_SCOPE_H
#define WEFT_RUNTIME_SCOPE_H

#include <weft/scope.h>

#define WEFT__SCOPE_BACKGROUND 0x100u /* a flag: children inherit no deadline, errors are logged */

/* Waits until every child has ended; WEFT_TIMED_OUT and WEFT_CANCELLED as weft__park, and children
 * are left. */
weft_error weft__scope_join(weft_scope *scope, int64_t deadline) WEFT_NODISCARD;

/* Logs the names of the children that have not ended. */
void weft__scope_report(weft_scope *scope);

/* Whether the fiber is a scope's child: whoever leaves the scope hears what became of it. */
bool weft__scope_owns(const weft_fiber *fiber);

/* A fiber has ended inside a scope, whose children use its stack: says so and aborts. */
_Noreturn void weft__scope_forgotten(const weft_fiber *fiber);

/* The scope of background tasks; in the first fiber. `close` cancels and joins. */
void weft__background_open(void);
void weft__background_close(int64_t patience);

void weft__background_ended(const char *name, weft_error error);

/* Logs the names of the background tasks that have not ended. From any thread. */
void weft__background_report(void);

#endif
