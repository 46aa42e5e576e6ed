/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prototypes: an arena of the caller's, static ones, unnamed parameters, many of them.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct note {
    int32_t id;
    str text;
} note;
ARRAY_OF(note);

SQL("SELECT id, text FROM notes WHERE user_id = $1")
http_status find_notes(database *db, arena *memory, int32_t user_id, ARRAY(note) *rows);

SQL("SELECT count(*) FROM notes WHERE user_id = $1")
static db_result count_notes(database *, int32_t, int64_t *);

SQL("UPDATE users SET name = $2, email = $3, age = $4, role = $5, score = $6, active = $7 WHERE id "
    "= $1")
http_status change_everything_about_a_user(database *db, int64_t the_id_of_the_user,
                                           str the_new_name, str the_new_email,
                                           OPTIONAL(int32_t) the_new_age, str the_new_role,
                                           double the_new_score, bool is_active);

int main(void)
{
    int64_t count = 0;
    return count_notes(NULL, 1, &count) == WEFT_DB_OK ? 0 : 1;
}
