/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is locked for writing.
 */
#include <weft/prelude.h>

typedef struct prices {
    rwlock lock;
    int64_t cents__[16];
} prices;

int64_t *prices_to_write(prices *all) USES(all->lock);
const int64_t *prices_to_read(prices *all) SHARES(all->lock);

weft_error set_price(prices *all, size_t which, int64_t cents)
{
    TRY(rwlock_lock_write(&all->lock, NEVER));
    if (prices_to_read(all)[which] != cents)
        prices_to_write(all)[which] = cents;
    rwlock_unlock(&all->lock);
    return WEFT_OK;
}
