/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * main says that it runs on a plain thread, and may block.
 */
#include <weft/prelude.h>

int main(void)
{
    plain_thread();
    FILE *config = blocking(fopen)("shop.conf", "r");
    return config == NULL || fclose(config) != 0;
}
