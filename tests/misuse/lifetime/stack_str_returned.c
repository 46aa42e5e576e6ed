/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A function returns a view of its own variable.
 *
 * weftgen: "copy" is gone when trim returns, but what is returned is used then
 */
#include <weft/prelude.h>

str trim(str text);

str trim(str text)
{
    char copy[80];
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < sizeof copy; i++)
        if (text.at[i] != ' ')
            copy[len++] = text.at[i];
    return (str){copy, len};
}
