/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A value was sent, and the sender's end with it; the next one goes nowhere.
 *
 * gcc: accepts
 * clang: while mutex 'weft__end_of\(weft__sender_of\(to\)\)' is held
 */
#include <weft/prelude.h>

void answer(oneshot *to, int64_t first, int64_t second)
{
    (void)!oneshot_send(to, &first);
    (void)!oneshot_send(to, &second);
}
