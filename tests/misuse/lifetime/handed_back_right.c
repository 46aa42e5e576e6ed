/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It copies into its own memory while it holds the lock.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct note {
    str text;
} note;

struct board {
    mutex lock;
    kept_str motto;
};

http_status get_motto(struct board *board, note *out, arena *memory);

http_status get_motto(struct board *board, note *out, arena *memory)
{
    TRY(mutex_lock(&board->lock, NEVER));
    bool copied = weft_arena_copy(memory, kept_view(board->motto), &out->text);
    mutex_unlock(&board->lock);
    return copied ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
