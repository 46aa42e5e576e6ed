/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nothing to complete: the unit is the file.
 */
#include <weft/prelude.h>

int main(void)
{
    return 0;
}
