/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * main calls what blocks without saying that no fiber runs it.
 *
 * gcc: accepts
 * clang: requires holding .*'weft_may_block'
 */
#include <weft/prelude.h>

int main(void)
{

    FILE *config = blocking(fopen)("shop.conf", "r");
    return config == NULL || fclose(config) != 0;
}
