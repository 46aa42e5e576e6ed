/* Written by weftgen from statements.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "statements.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result user__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    user *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
    to__->id = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    WEFT_TRY(weft_row_str(row__, 2, arena__, &to__->email));
    return WEFT_DB_OK;
}

static const weft_statement find_user__statement = {
    .name = "find_user",
    .sql = "SELECT id, name, email FROM users WHERE id = $1",
    .file = "statements.c",
    .line = 18,
    .parameters = 1,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name, email FROM users WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status find_user(weft_database *db, int32_t id, user *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
    };
    weft_db_result result__ = weft_db_one(db, &find_user__statement, values__,
        weft_arena_current(), user__from_row, row);
    return weft_status_of_db(result__);
}

static const weft_statement look_up__statement = {
    .name = "look_up",
    .sql = "SELECT id, name, email FROM users WHERE email = $1",
    .file = "statements.c",
    .line = 21,
    .parameters = 1,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name, email FROM users WHERE email = $1",
    },
};

__attribute__((weak))
weft_db_result look_up(weft_database *db, weft_str email, weft_optional_user *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_TEXT_OF(email),
    };
    row->present = false;
    weft_db_result result__ = weft_db_one(db, &look_up__statement, values__,
        weft_arena_current(), user__from_row, &row->value__);
    row->present = result__ == WEFT_DB_OK;
    if (result__ == WEFT_DB_NONE)
        result__ = WEFT_DB_OK;
    return result__;
}

static weft_db_result all_users__row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    user *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 2, INT32_MIN, INT32_MAX, &integer__));
    to__->id = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    WEFT_TRY(weft_row_str(row__, 0, arena__, &to__->email));
    return WEFT_DB_OK;
}

static const weft_statement all_users__statement = {
    .name = "all_users",
    .sql = "SELECT email, name, id FROM users ORDER BY name",
    .file = "statements.c",
    .line = 24,
    .parameters = 0,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT email, name, id FROM users ORDER BY name",
    },
};

__attribute__((weak))
weft_http_status all_users(weft_database *db, weft_array_user *rows)
{
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &all_users__statement, NULL, weft_arena_current(),
        all_users__row, sizeof(user), &items__, &count__);
    *rows = (weft_array_user){.at = items__, .len = count__};
    return weft_status_of_db(result__);
}

static weft_db_result weft_str__from_row(const weft_row *row__, weft_arena *arena__,
        void *into__)
{
    weft_str *to__ = into__;
    WEFT_TRY(weft_row_str(row__, 0, arena__, to__));
    return WEFT_DB_OK;
}

static const weft_statement all_names__statement = {
    .name = "all_names",
    .sql = "SELECT name FROM users ORDER BY name",
    .file = "statements.c",
    .line = 27,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users ORDER BY name",
    },
};

__attribute__((weak))
weft_db_result all_names(weft_database *db, weft_array_str *names)
{
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &all_names__statement, NULL, weft_arena_current(),
        weft_str__from_row, sizeof(weft_str), &items__, &count__);
    *names = (weft_array_str){.at = items__, .len = count__};
    return result__;
}

static const weft_statement each_user__statement = {
    .name = "each_user",
    .sql = "SELECT id, name, email FROM users WHERE id > $1",
    .file = "statements.c",
    .line = 30,
    .parameters = 1,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name, email FROM users WHERE id > $1",
    },
};

__attribute__((weak))
weft_http_status each_user(weft_database *db, int32_t after, weft_cursor_user *rows)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(after),
    };
    weft_db_result result__ = weft_db_open(db, &each_user__statement, values__, user__from_row,
        &rows->rows);
    return weft_status_of_db(result__);
}

static const weft_statement each_name__statement = {
    .name = "each_name",
    .sql = "SELECT name FROM users",
    .file = "statements.c",
    .line = 33,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users",
    },
};

__attribute__((weak))
weft_db_result each_name(weft_database *db, weft_arena *unused, weft_cursor_str *names)
{
    (void)unused;
    weft_db_result result__ = weft_db_open(db, &each_name__statement, NULL, weft_str__from_row,
        &names->rows);
    return result__;
}

static weft_db_result int64_t__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    int64_t *to__ = into__;
    int64_t integer__;
    (void)arena__;
    WEFT_TRY(weft_row_i64(row__, 0, INT64_MIN, INT64_MAX, &integer__));
    *to__ = integer__;
    return WEFT_DB_OK;
}

static const weft_statement count_users__statement = {
    .name = "count_users",
    .sql = "SELECT count(*) FROM users",
    .file = "statements.c",
    .line = 36,
    .parameters = 0,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT count(*) FROM users",
    },
};

__attribute__((weak))
weft_http_status count_users(weft_database *db, int64_t *count)
{
    weft_db_result result__ = weft_db_one(db, &count_users__statement, NULL,
        weft_arena_current(), int64_t__from_row, count);
    return weft_status_of_db(result__);
}

static weft_db_result weft_optional_int32_t__from_row(const weft_row *row__, weft_arena *arena__,
        void *into__)
{
    weft_optional_int32_t *to__ = into__;
    int64_t integer__;
    (void)arena__;
    (*to__).present = !weft_row_null(row__, 0);
    if ((*to__).present) {
        WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
        (*to__).value__ = (int32_t)integer__;
    }
    return WEFT_DB_OK;
}

static const weft_statement find_age__statement = {
    .name = "find_age",
    .sql = "SELECT age FROM users WHERE id = $1",
    .file = "statements.c",
    .line = 39,
    .parameters = 1,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT age FROM users WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status find_age(weft_database *db, int32_t id, weft_optional_int32_t *age)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
    };
    age->present = false;
    weft_db_result result__ = weft_db_one(db, &find_age__statement, values__,
        weft_arena_current(), weft_optional_int32_t__from_row, age);
    if (result__ == WEFT_DB_NONE)
        result__ = WEFT_DB_OK;
    return weft_status_of_db(result__);
}

static const weft_statement rename_user__statement = {
    .name = "rename_user",
    .sql = "UPDATE users SET name = $2 WHERE id = $1",
    .file = "statements.c",
    .line = 42,
    .parameters = 2,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "UPDATE users SET name = $2 WHERE id = $1",
    },
};

__attribute__((weak))
weft_db_result rename_user(weft_database *db, int32_t id, weft_str name, int64_t *count)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
        WEFT_DB_TEXT_OF(name),
    };
    weft_db_result result__ = weft_db_run(db, &rename_user__statement, values__, count);
    return result__;
}

static const weft_statement remove_all__statement = {
    .name = "remove_all",
    .sql = "DELETE FROM users",
    .file = "statements.c",
    .line = 45,
    .parameters = 0,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "DELETE FROM users",
    },
};

__attribute__((weak))
weft_http_status remove_all(weft_database *db)
{
    weft_db_result result__ = weft_db_run(db, &remove_all__statement, NULL, NULL);
    return weft_status_of_db(result__);
}
