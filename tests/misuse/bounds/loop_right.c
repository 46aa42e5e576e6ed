/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It ends with the last.
 */
#include <weft/prelude.h>

static const int32_t prices[3] = {100, 250, 400};

int64_t sum(void);

int64_t sum(void)
{
    int64_t sum = 0;
    for (int i = 0; i < 3; i++)
        sum += prices[i];
    return sum;
}
