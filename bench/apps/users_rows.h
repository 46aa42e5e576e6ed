/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The tables of bench/apps/users_rows.c.
 */
#ifndef BENCH_USERS_ROWS_H
#define BENCH_USERS_ROWS_H

#include <weft/router.h>

extern const weft_routes users_rows;  /* the users API; its state is a struct of a database */
extern const weft_routes memory_rows; /* GET /memory/users/{id} */

#endif
