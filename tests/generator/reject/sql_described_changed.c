/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A statement that was changed since it was described.
 * arguments: --engines postgres --queries described
 */
#include <weft/prelude.h>

SQL("SELECT name FROM authors WHERE id = $1")
http_status find_author(database *db, int32_t id, str *name);
