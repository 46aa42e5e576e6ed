/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSON that the program reads and writes by itself: codecs that are declared before it, both of them,
 * with what they need of others; no handler.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct square {
    int32_t x RANGE(0, 7);
    int32_t y RANGE(0, 7);
} square;
ARRAY_OF(square);

DERIVE(message, strict)
typedef struct turn {
    str player LENGTH(1, 20);
    ARRAY(square) path;
} turn;

DERIVE(message)
typedef struct unused_message {
    bool yes;
} unused_message;

str repeat(arena *memory, str text);

str repeat(arena *memory, str text)
{
    turn said;
    str why;
    if (MESSAGE_READ(turn, text, memory, &said, &why) != WEFT_OK)
        return why;
    return MESSAGE_TEXT(turn, memory, &said);
}
