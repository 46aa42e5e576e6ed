/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The value is reached past the lock's accessor.
 *
 * gcc: accepts
 * clang: no member named 'guarded__'
 */
#include <weft/prelude.h>

typedef struct tally {
    int64_t visits;
} tally;
GUARDED_OF(tally);

int64_t visits_so_far(const GUARDED(tally) *counted)
{
    return counted->guarded__.visits;
}
