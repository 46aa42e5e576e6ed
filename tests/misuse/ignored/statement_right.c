/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Whether the statement succeeded is the answer.
 */
#include <weft/prelude.h>

SQL("DELETE FROM users WHERE id = $1")
http_status remove_user(database *db, int32_t id);

http_status remove_it(database *db, int32_t id);

http_status remove_it(database *db, int32_t id)
{
    TRY(remove_user(db, id));
    return HTTP_NO_CONTENT;
}
