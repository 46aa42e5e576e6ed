/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Permits may not have been added: there can never be more than the semaphore was made for.
 *
 * gcc: ignoring return value of .*weft_semaphore_release
 * clang: ignoring return value
 */
#include <weft/prelude.h>

void grow(semaphore *seats, uint32_t count);

void grow(semaphore *seats, uint32_t count)
{
    semaphore_release(seats, count);
}
