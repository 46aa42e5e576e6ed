/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Committed descriptions that a merge, an editor and a hand have spoilt.
 * arguments: --engines postgres --queries spoilt
 */
#include <weft/prelude.h>

SQL("SELECT name FROM authors WHERE id = $1")
http_status merged(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status cut(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status emptied(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status shapeless(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status renamed(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status deprived(database *db, int32_t id, str *name);
