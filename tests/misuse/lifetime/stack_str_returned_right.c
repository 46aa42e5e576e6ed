/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It returns a view of what it was given.
 *
 * weftgen: accepts
 */
#include <weft/prelude.h>

str trim(str text);

str trim(str text)
{
    while (text.len != 0 && text.at[0] == ' ')
        text = weft_str_skip(text, 1);
    return text;
}
