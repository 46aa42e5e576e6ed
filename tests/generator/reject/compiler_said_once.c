/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * An error within TRY, which names what it is given twice.
 */
#include <weft/prelude.h>

SQL("DELETE FROM authors WHERE name = $1")
http_status remove_authors(database *db, str name);

http_status tidy(database *db);
http_status tidy(database *db)
{
    TRY(remove_authors(db, 7));
    return HTTP_OK;
}
