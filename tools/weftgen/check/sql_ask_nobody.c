/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * In the place of sql_ask.c where weftgen was built without libpq.
 */
#include "check/sql_postgres.h"

bool sql_postgres_ask(gen_unit *unit, sql_check *checks, size_t count)
{
    (void)unit, (void)count;
    gen_report(GEN_ERROR, &checks[0].statement->place,
               "this weftgen was built without PostgreSQL and cannot ask one");
    gen_report(
        GEN_NOTE, NULL,
        "configure Weft with -Dpostgres=enabled, or unset DATABASE_URL to use .weft/queries");
    return false;
}
