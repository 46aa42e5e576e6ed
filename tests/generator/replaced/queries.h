/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A module with a statement, and code that depends on it.
 */
#ifndef TESTS_REPLACED_QUERIES_H
#define TESTS_REPLACED_QUERIES_H

#include <weft/prelude.h>

SQL("SELECT name FROM users WHERE id = $1")
db_result find_name(database *db, int32_t id, str *name);

SQL("SELECT email FROM users WHERE id = $1")
db_result find_email(database *db, int32_t id, str *email);

/* The length of the name, or -1. */
int64_t length_of_name(database *db, int32_t id);

#endif
