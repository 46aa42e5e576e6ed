/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler answers with what the state keeps, as if it were the request's.
 *
 * gcc: incompatible types when assigning to type
 * clang: assigning to 'str'.* from incompatible type
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
    bool copied = memory != NULL;
    out->text = board->motto;
    mutex_unlock(&board->lock);
    return copied ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
