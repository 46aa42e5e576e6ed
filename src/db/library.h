/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/library.h: a client library that is loaded when its first database is opened, so that a
 * program pays for it, in memory and when it starts, only if it uses it.
 */
#ifndef WEFT_DB_LIBRARY_H
#define WEFT_DB_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct weft__library {
    const char *file;     /* what the system calls it, with the version of its interface */
    const char *missing;  /* the message when it, or one of its functions, is not there */
    const char *names;    /* of the functions, each with a zero, and one more zero at the end */
    const char *optional; /* one more function, whose pointer may be NULL; or NULL */
    void *functions;      /* pointers to functions in the order of the names */
    void *handle;         /* NULL: not loaded */
} weft__library;

/* From a list like WEFT__LIBPQ(X): the names as above; the pointers, typed, as fields of a
 * structure. */
#define WEFT__LIBRARY_NAME(name)  #name "\0"
#define WEFT__LIBRARY_FIELD(name) __typeof__(&name) name;

/* Once it has worked it stays loaded; until then each call tries again. From any thread. False with
 * the cause, and what to do, in `why`. */
bool weft__library_load(weft__library *library, char *why, size_t why_size);

#endif
