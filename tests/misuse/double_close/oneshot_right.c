/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Sending is the end.
 */
#include <weft/prelude.h>

void answer(oneshot *to, int64_t number)
{
    (void)!oneshot_send(to, &number);
}
