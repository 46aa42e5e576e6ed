/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is looked up by a thread of the blocking pool.
 */
#include <weft/prelude.h>

typedef struct lookup {
    const char *name;
    struct addrinfo *found;
    int result;
} lookup;

static void look_up(void *arg) BLOCKS;
static void look_up(void *arg)
{
    lookup *what = arg;
    what->result = blocking(getaddrinfo)(what->name, "https", NULL, &what->found);
}

http_status resolve(lookup *what);

http_status resolve(lookup *what)
{
    TRY(blocking_run(look_up, what));
    return what->result == 0 ? HTTP_OK : HTTP_NOT_FOUND;
}
