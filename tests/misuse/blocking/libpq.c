/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A handler asks PostgreSQL by itself and waits for the answer.
 *
 * gcc: '(weft__wall_)?PQexec' is unavailable: PQexec holds up every request of its worker: use an SQL\(..\) prototype
 * clang: '(weft__wall_)?PQexec' is unavailable: PQexec holds up every request of its worker: use an SQL\(..\) prototype
 */
#include <weft/prelude.h>

struct pg_conn;

http_status clear(struct pg_conn *db);

http_status clear(struct pg_conn *db)
{
    return PQexec(db, "DELETE FROM carts") != NULL ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
}
