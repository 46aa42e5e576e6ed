/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns of every type, optional ones, enums as text, named integers.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum role { ROLE_GUEST, ROLE_ADMIN } role;
OPTIONAL_OF(role);

typedef int64_t user_id;
OPTIONAL_OF(user_id);

DERIVE(row)
typedef struct user {
    user_id id;
    str name;
    OPTIONAL(int16_t) age;
    role role;
    double score;
    bool active;
} user;

DERIVE(row)
typedef struct sums {
    int8_t a;
    uint8_t b;
    uint16_t c;
    uint32_t d;
    float e;
} sums;

SQL("SELECT id, name, age, role, score, active FROM users WHERE id = $1 AND role = $2")
http_status find_user(database *db, user_id id, role role, user *row);

SQL("SELECT role FROM users WHERE id = $1")
http_status find_role(database *db, int32_t id, role *role);

SQL("INSERT INTO users (name, email, age, role, score, active) VALUES ($1, $2, $3, $4, $5, $6)")
http_status add_user(database *db, str name, str email, OPTIONAL(int32_t) age, role role,
                     float score, bool active);

SQL("SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5.5 AS e")
db_result find_sums(database *db, sums *row);

int main(void)
{
    return 0;
}
