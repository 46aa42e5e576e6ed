/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * One value is sent.
 */
#include <weft/prelude.h>

void answer(oneshot *to, int64_t first, int64_t second)
{
    int64_t sum = first + second;
    (void)!oneshot_send(to, &sum);
}
