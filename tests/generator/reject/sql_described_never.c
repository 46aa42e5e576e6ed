/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A statement that PostgreSQL has not described yet.
 * arguments: --engines postgres --queries described
 */
#include <weft/prelude.h>

SQL("SELECT name FROM authors WHERE id = $1")
http_status find_nobody(database *db, int32_t id, str *name);
