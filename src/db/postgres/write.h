/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/write.h: the parameters of a statement in the form in which they are sent: binary
 * where the statement's type is known and has one, else the text that the server reads.
 */
#ifndef WEFT_DB_POSTGRES_WRITE_H
#define WEFT_DB_POSTGRES_WRITE_H

#include "db/engine.h"

#define WEFT__PG_PARAMETERS 16  /* that need no memory beyond the struct */
#define WEFT__PG_ROOM       512 /* bytes of their forms that need none */

/* In the form that libpq takes. Valid until the call's parameters, its arena or this go. */
typedef struct weft__pg_parameters {
    int count;
    const char **values;
    int *lengths;
    int *formats;
    weft_arena *arena; /* of what does not fit below */
    size_t used;
    char room[WEFT__PG_ROOM];
    const char *value[WEFT__PG_PARAMETERS];
    int length[WEFT__PG_PARAMETERS];
    int format[WEFT__PG_PARAMETERS];
} weft__pg_parameters;

/* Of a call, whose statement's parameter types are `types` (NULL: none is known). False: the call
 * has failed. */
bool weft__pg_write(weft__pg_parameters *parameters, weft__call *call, const uint32_t *types)
    WEFT_NODISCARD;

#endif
