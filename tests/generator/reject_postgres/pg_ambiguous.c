/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column that two tables have.
 */
#include <weft/prelude.h>

SQL("SELECT id FROM authors a JOIN books b ON b.author_id = a.id")
http_status find(database *db, ARRAY(str) *rows);
