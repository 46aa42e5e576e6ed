/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/libpq.c: see libpq.h.
 */
#include "db/postgres/libpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libpq.so.5"

weft__libpq_functions weft__libpq;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256]; /* empty: it is there */

static void fail(void)
{
    const char *cause = dlerror();
    if (failure[0] == '\0')
        snprintf(failure, sizeof failure,
                 "PostgreSQL's client library is missing or too old: install libpq 14 or later "
                 "(Debian: libpq5): %s",
                 cause ? cause : LIBRARY);
}

static void load(void)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL), *symbol;
    if (library == NULL) {
        fail();
        return;
    }
#define WEFT__FIND(name)            \
    symbol = dlsym(library, #name); \
    if (symbol == NULL)             \
        fail();                     \
    memcpy(&name, &symbol, sizeof symbol);
    WEFT__LIBPQ(WEFT__FIND)
#undef WEFT__FIND
    symbol = dlsym(library, "SSL_pending");
    memcpy(&weft__libpq.ssl_pending, &symbol, sizeof symbol);
}

bool weft__libpq_load(char *why, size_t why_size)
{
    (void)pthread_once(&once, load);
    if (failure[0] == '\0')
        return true;
    snprintf(why, why_size, "%s", failure);
    return false;
}
