/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Parameters that are missing or not used.
 */
#include <weft/prelude.h>

SQL("SELECT name FROM authors WHERE id = $2")
http_status find(database *db, int32_t id, str *name);

SQL("SELECT name FROM authors WHERE id = $1")
http_status find_more(database *db, int32_t id, str like, str *name);
