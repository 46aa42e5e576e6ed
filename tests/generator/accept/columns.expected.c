/* Written by weftgen from columns.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "columns.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result role__from_column(const weft_row *row__, unsigned column__,
        weft_arena *arena__, role *to__)
{
    weft_str text__;
    WEFT_TRY(weft_row_str(row__, column__, arena__, &text__));
    if (weft_str_equal(text__, WEFT_STR("guest"))) {
        *to__ = ROLE_GUEST;
        return WEFT_DB_OK;
    }
    if (weft_str_equal(text__, WEFT_STR("admin"))) {
        *to__ = ROLE_ADMIN;
        return WEFT_DB_OK;
    }
    return WEFT_DB_VALUE;
}

static weft_str role__to_column(role value__)
{
    switch (value__) {
    case ROLE_GUEST: return WEFT_STR("guest");
    case ROLE_ADMIN: return WEFT_STR("admin");
    }
    return WEFT_STR("");
}

static weft_db_result user__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    user *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT64_MIN, INT64_MAX, &integer__));
    to__->id = integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    to__->age.present = !weft_row_null(row__, 2);
    if (to__->age.present) {
        WEFT_TRY(weft_row_i64(row__, 2, INT16_MIN, INT16_MAX, &integer__));
        to__->age.value__ = (int16_t)integer__;
    }
    WEFT_TRY(role__from_column(row__, 3, arena__, &to__->role));
    WEFT_TRY(weft_row_double(row__, 4, &to__->score));
    WEFT_TRY(weft_row_bool(row__, 5, &to__->active));
    return WEFT_DB_OK;
}

static const weft_statement find_user__statement = {
    .name = "find_user",
    .sql = "SELECT id, name, age, role, score, active FROM users WHERE id = $1 AND role = $2",
    .file = "columns.c",
    .line = 33,
    .parameters = 2,
    .columns = 6,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name, age, role, score, active FROM users WHERE id = $1 AND role = $2",
    },
};

__attribute__((weak))
weft_http_status find_user(weft_database *db, user_id id, role role, user *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
        WEFT_DB_TEXT_OF(role__to_column(role)),
    };
    weft_db_result result__ = weft_db_one(db, &find_user__statement, values__,
        weft_arena_current(), user__from_row, row);
    return weft_status_of_db(result__);
}

static weft_db_result role__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    role *to__ = into__;
    WEFT_TRY(role__from_column(row__, 0, arena__, to__));
    return WEFT_DB_OK;
}

static const weft_statement find_role__statement = {
    .name = "find_role",
    .sql = "SELECT role FROM users WHERE id = $1",
    .file = "columns.c",
    .line = 36,
    .parameters = 1,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT role FROM users WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status find_role(weft_database *db, int32_t id, role *role)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
    };
    weft_db_result result__ = weft_db_one(db, &find_role__statement, values__,
        weft_arena_current(), role__from_row, role);
    return weft_status_of_db(result__);
}

static const weft_statement add_user__statement = {
    .name = "add_user",
    .sql = "INSERT INTO users (name, email, age, role, score, active) VALUES ($1, $2, $3, $4, $5, $6)",
    .file = "columns.c",
    .line = 39,
    .parameters = 6,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO users (name, email, age, role, score, active) VALUES ($1, $2, $3, $4, $5, $6)",
    },
};

__attribute__((weak))
weft_http_status add_user(weft_database *db, weft_str name, weft_str email,
        weft_optional_int32_t age, role role, float score, bool active)
{
    const weft_db_value values__[] = {
        WEFT_DB_TEXT_OF(name),
        WEFT_DB_TEXT_OF(email),
        age.present ? WEFT_DB_INTEGER_OF(age.value__) : WEFT_DB_NULL_VALUE,
        WEFT_DB_TEXT_OF(role__to_column(role)),
        WEFT_DB_REAL_OF(score),
        WEFT_DB_BOOL_OF(active),
    };
    weft_db_result result__ = weft_db_run(db, &add_user__statement, values__, NULL);
    return weft_status_of_db(result__);
}

static weft_db_result sums__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    sums *to__ = into__;
    int64_t integer__;
    uint64_t natural__;
    double real__;
    (void)arena__;
    WEFT_TRY(weft_row_i64(row__, 0, INT8_MIN, INT8_MAX, &integer__));
    to__->a = (int8_t)integer__;
    WEFT_TRY(weft_row_u64(row__, 1, UINT8_MAX, &natural__));
    to__->b = (uint8_t)natural__;
    WEFT_TRY(weft_row_u64(row__, 2, UINT16_MAX, &natural__));
    to__->c = (uint16_t)natural__;
    WEFT_TRY(weft_row_u64(row__, 3, UINT32_MAX, &natural__));
    to__->d = (uint32_t)natural__;
    WEFT_TRY(weft_row_double(row__, 4, &real__));
    to__->e = (float)real__;
    return WEFT_DB_OK;
}

static const weft_statement find_sums__statement = {
    .name = "find_sums",
    .sql = "SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5.5 AS e",
    .file = "columns.c",
    .line = 43,
    .parameters = 0,
    .columns = 5,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5.5 AS e",
    },
};

__attribute__((weak))
weft_db_result find_sums(weft_database *db, sums *row)
{
    weft_db_result result__ = weft_db_one(db, &find_sums__statement, NULL, weft_arena_current(),
        sums__from_row, row);
    return result__;
}
