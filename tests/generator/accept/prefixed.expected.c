/* Written by weftgen from prefixed.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "prefixed.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result user__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    user *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
    to__->id = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    return WEFT_DB_OK;
}

static const weft_statement all_users__statement = {
    .name = "all_users",
    .sql = "SELECT id, name FROM users",
    .file = "prefixed.c",
    .line = 14,
    .parameters = 0,
    .columns = 2,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name FROM users",
    },
};

__attribute__((weak))
weft_db_result all_users(weft_database *db, weft_array_user *rows)
{
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &all_users__statement, NULL, weft_arena_current(),
        user__from_row, sizeof(user), &items__, &count__);
    *rows = (weft_array_user){.at = items__, .len = count__};
    return result__;
}
