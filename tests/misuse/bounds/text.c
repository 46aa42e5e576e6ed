/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A UUID's text is written into less room than it takes.
 *
 * gcc: (writing|accessing) 36 bytes (into|in) a region of size 32
 * clang: array argument is too small|array is too small
 */
#include <weft/prelude.h>

size_t spell(uuid id, char *first);

size_t spell(uuid id, char *first)
{
    char text[32];
    size_t len = weft_uuid_to_text(id, text);
    *first = text[0];
    return len;
}
