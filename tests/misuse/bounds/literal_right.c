/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Its last byte is the second.
 */
#include <weft/prelude.h>

char last(void);

char last(void)
{
    const str yes = STR("ja");
    return AT(yes, yes.len - 1);
}
