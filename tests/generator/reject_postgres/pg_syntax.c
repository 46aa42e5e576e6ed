/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Syntax errors, and what PostgreSQL says of other faults.
 */
#include <weft/prelude.h>

SQL("SELECT name FORM authors a")
http_status find(database *db, ARRAY(str) *rows);

SQL("SELECT name FROM authors WHERE")
http_status find_where(database *db, ARRAY(str) *rows);

SQL("SELECT name FROM authors WHERE name = 1")
http_status find_one(database *db, ARRAY(str) *rows);

SQL("SELECT name, count(*) FROM authors")
http_status count_names(database *db, ARRAY(str) *rows);

SQL("INSERT INTO authors (name) VALUES ($1, $2)")
http_status add(database *db, str name, str nick);

SQL("SELECT $1 || $2")
http_status join(database *db, str a, str b, str *both);
