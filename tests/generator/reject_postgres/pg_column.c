/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A column that the table does not have.
 */
#include <weft/prelude.h>

SQL("SELECT emial FROM authors")
http_status find(database *db, ARRAY(str) *rows);

SQL("SELECT a.nmae FROM authors AS a WHERE a.id = $1")
http_status find_name(database *db, int32_t id, str *name);

SQL("INSERT INTO authors (nmae) VALUES ($1)")
http_status add(database *db, str name);

SQL("SELECT \"Name\" FROM authors")
http_status find_quoted(database *db, ARRAY(str) *rows);
