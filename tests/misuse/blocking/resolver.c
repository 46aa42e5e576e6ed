/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A name is looked up in a handler.
 *
 * gcc: '(weft__wall_)?getaddrinfo' is unavailable: getaddrinfo holds up every request of its worker: use weft_blocking_run
 * clang: '(weft__wall_)?getaddrinfo' is unavailable: getaddrinfo holds up every request of its worker: use weft_blocking_run
 */
#include <weft/prelude.h>

typedef struct lookup {
    const char *name;
    struct addrinfo *found;
    int result;
} lookup;

http_status resolve(lookup *what);

http_status resolve(lookup *what)
{
    what->result = getaddrinfo(what->name, "https", NULL, &what->found);
    return what->result == 0 ? HTTP_OK : HTTP_NOT_FOUND;
}
