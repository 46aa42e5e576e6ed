/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Without the prelude: the names of the library itself.
 */
#include <weft/weft.h>

DERIVE(json, row)
typedef struct user {
    int32_t id;
    weft_str name;
} user;
WEFT_ARRAY_OF(user);

SQL("SELECT id, name FROM users")
weft_db_result all_users(weft_database *db, WEFT_ARRAY(user) *rows);

int main(void)
{
    return 0;
}
