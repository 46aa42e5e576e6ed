/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A sender lets go of its end after sending, which has done so.
 *
 * gcc: accepts
 * clang: while mutex 'weft__end_of\(weft__sender_of\(to\)\)' is held
 */
#include <weft/prelude.h>

void answer(oneshot *to, int64_t number)
{
    (void)!oneshot_send(to, &number);
    oneshot_drop(to);
}
