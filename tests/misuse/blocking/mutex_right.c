/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A mutex of Weft stops the fiber.
 */
#include <weft/prelude.h>

static mutex lock = WEFT_MUTEX_INIT;
static int visits;

http_status count(void);

http_status count(void)
{
    TRY(mutex_lock(&lock, NEVER));
    visits++;
    mutex_unlock(&lock);
    return HTTP_OK;
}
