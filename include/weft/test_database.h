/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/test_database.h: for test programs: a database for each test, with the project's migrations
 * applied. They are applied once, to a template that stays for later runs; what a test gets is a
 * copy. With DATABASE_URL of a PostgreSQL server the databases are made on that server (whose user
 * must be allowed to), otherwise they are SQLite files.
 */
#ifndef WEFT_TEST_DATABASE_H
#define WEFT_TEST_DATABASE_H

#include <weft/db.h>

#define WEFT_TEST_URL_MAX 1024 /* bytes of DATABASE_URL at most */

typedef struct weft_test_database {
    weft_database *db;
    char url[WEFT_TEST_URL_MAX + 128];
    char name[64]; /* of the file in the folder for temporary files, or on the server */
} weft_test_database;

/* When it cannot be made says why and exits: a test without its database tells nothing. Blocks. */
void weft_test_database_open(weft_test_database *test, const char *migrations) WEFT_NONNULL(1, 2);

/* Closes and removes it. */
void weft_test_database_close(weft_test_database *test) WEFT_ENDS(test) WEFT_NONNULL(1);

#endif
