/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the tests of statements start from: a database in memory with the migrations of accept/.
 */
#ifndef WEFT_TEST_DATABASE_H
#define WEFT_TEST_DATABASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static database *db;

static int open_database(void **state)
{
    (void)state;
    db = database_open("sqlite::memory:");
    return db != NULL && weft_migrate_up(db, getenv("WEFT_MIGRATIONS"), weft_arena_current(),
                                         NULL) == WEFT_DB_OK
               ? 0
               : -1;
}

static int close_database(void **state)
{
    (void)state;
    database_close(db);
    return 0;
}

#define assert_text(value, literal) assert_true(weft_str_equal((value), STR(literal)))

#endif
