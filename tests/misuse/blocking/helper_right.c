/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The blocking pool runs the function that says it blocks.
 */
#include <weft/prelude.h>

typedef struct prices {
    double at[8];
    bool read;
} prices;

static void read_prices(void *into) BLOCKS;
static void read_prices(void *into)
{
    prices *list = into;
    FILE *file = blocking(fopen)("prices.bin", "rb");
    list->read = file && blocking(fread)(list->at, sizeof list->at, 1, file) == 1;
    if (file)
        fclose(file);
}

http_status answer(prices *list);

http_status answer(prices *list)
{
    TRY(blocking_run(read_prices, list));
    return list->read ? HTTP_OK : HTTP_NOT_FOUND;
}
