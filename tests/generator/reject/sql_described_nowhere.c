/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * PostgreSQL is wanted, and neither a server nor descriptions are there.
 * arguments: --engines postgres
 */
#include <weft/prelude.h>

SQL("SELECT 1")
http_status find(database *db, int32_t *one);
