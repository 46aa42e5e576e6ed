/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * There is room for it.
 */
#include <weft/prelude.h>

size_t spell(uuid id, char *first);

size_t spell(uuid id, char *first)
{
    char text[WEFT_UUID_SIZE];
    size_t len = weft_uuid_to_text(id, text);
    *first = text[0];
    return len;
}
