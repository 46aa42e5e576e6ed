/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The text of a statement: literals in a row, escapes, comments, a macro of the user's.
 */
#include <weft/prelude.h>

SQL("SELECT count(*) " /* of all */
    "FROM users "      // the table
    "WHERE name = 'a\tb' AND email <> '\"\x41\102\u00e9'")
http_status count_some(database *db, int64_t *count);

#define ALL_OF(table) SQL("SELECT count(*) FROM " #table)

ALL_OF(users)
http_status count_users(database *db, int64_t *count);

SQL("SELECT count(*) FROM \
users")
http_status count_again(database *db, int64_t *count);

int main(void)
{
    return 0;
}
