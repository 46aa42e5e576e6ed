/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * What the tests of statements start from: a database in memory with the migrations of accept/, or
 * the one that WEFT_TEST_DATABASE names, which has its tables.
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
    const char *url = getenv("WEFT_TEST_DATABASE");
    db = database_open(url ? url : "sqlite::memory:");
    bool ready = db != NULL && (url || weft_migrate_up(db, getenv("WEFT_MIGRATIONS"),
                                                       weft_arena_current(), NULL) == WEFT_DB_OK);
    return ready ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    database_close(db);
    return 0;
}

#define assert_text(value, literal) assert_true(weft_str_equal((value), STR(literal)))

#endif
