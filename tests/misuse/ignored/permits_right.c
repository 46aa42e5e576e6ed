/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whoever asked for more is told.
 */
#include <weft/prelude.h>

weft_error grow(semaphore *seats, uint32_t count);

weft_error grow(semaphore *seats, uint32_t count)
{
    return semaphore_release(seats, count);
}
