/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A mutex of the C library stops the worker's thread.
 *
 * gcc: '(weft__wall_)?pthread_mutex_lock' is unavailable: pthread_mutex_lock holds up every request of its worker: use weft_mutex_lock
 * clang: '(weft__wall_)?pthread_mutex_lock' is unavailable: pthread_mutex_lock holds up every request of its worker: use weft_mutex_lock
 */
#include <weft/prelude.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int visits;

http_status count(void);

http_status count(void)
{
    pthread_mutex_lock(&lock);
    visits++;
    pthread_mutex_unlock(&lock);
    return HTTP_OK;
}
