/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A table that the schema does not have, or not in this statement.
 */
#include <weft/prelude.h>

SQL("SELECT name FROM auhtors")
http_status find(database *db, ARRAY(str) *rows);

SQL("SELECT b.title FROM authors a WHERE a.id = $1")
http_status find_title(database *db, int32_t id, str *title);
