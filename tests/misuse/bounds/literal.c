/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A text of two bytes has no third.
 *
 * gcc: the index is out of bounds
 * clang: accepts
 */
#include <weft/prelude.h>

char last(void);

char last(void)
{
    const str yes = STR("ja");
    return AT(yes, 2);
}
