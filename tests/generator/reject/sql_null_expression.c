/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Expressions that may be NULL.
 */
#include <weft/prelude.h>

SQL("SELECT max(id) FROM books")
http_status last_book(database *db, int64_t *id);

SQL("SELECT name || count(*) FROM authors")
http_status any_author(database *db, str *name);

SQL("SELECT CASE WHEN price > 10 THEN 'dear' END FROM books WHERE id = $1")
http_status rate(database *db, int64_t id, str *rating);

SQL("SELECT price / $1 FROM books WHERE id = $2")
http_status share(database *db, double by, int64_t id, double *part);

SQL("SELECT COALESCE(site, born) FROM authors WHERE id = $1")
http_status about(database *db, int64_t id, str *text);
