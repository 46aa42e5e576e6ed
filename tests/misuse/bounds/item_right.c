/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The last item.
 */
#include <weft/prelude.h>

static const int32_t prices[3] = {100, 250, 400};

int32_t dearest(void);

int32_t dearest(void)
{
    return ITEM(prices, 2);
}
