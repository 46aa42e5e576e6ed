/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A reader stays, and no writer ever comes in.
 *
 * gcc: accepts
 * clang: 'all->lock' is (still held at the end|not held on every path)
 */
#include <weft/prelude.h>

typedef struct prices {
    rwlock lock;
    int64_t cents__[16];
} prices;

const int64_t *prices_to_read(prices *all) SHARES(all->lock);

weft_error price_of(prices *all, size_t which, int64_t *cents)
{
    TRY(rwlock_lock_read(&all->lock, NEVER));
    *cents = prices_to_read(all)[which];
    return *cents >= 0 ? WEFT_OK : WEFT_NOT_FOUND;
}
