/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Nobody looks whether the statement succeeded.
 *
 * gcc: ignoring return value of .*remove_user
 * clang: ignoring return value of function declared with 'warn_unused_result'
 */
#include <weft/prelude.h>

SQL("DELETE FROM users WHERE id = $1")
http_status remove_user(database *db, int32_t id);

http_status remove_it(database *db, int32_t id);

http_status remove_it(database *db, int32_t id)
{
    remove_user(db, id);
    return HTTP_NO_CONTENT;
}
