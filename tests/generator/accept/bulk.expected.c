/* Written by weftgen from bulk.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "bulk.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- new_user ---- */

static void new_user__encode_json(weft_buffer *to__, const void *from__)
{
    const new_user *in__ = from__;
    weft_buffer_expect(to__, 49 +
        in__->name.len +
        in__->mail.len);
    char *at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"name\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->name, 9);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"email\":", 9);
    at__ = weft_json_put_str(to__, at__, in__->mail, 28);
    if (at__ == NULL)
        return;
    if (in__->age.present) {
        at__ = weft_json_put(at__, ",\"age\":", 7);
        at__ = weft_json_put_i64(at__, in__->age.value__);
    }
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_new_user ---- */

static void weft_array_new_user__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_new_user *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        new_user__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- statements ---- */

static const weft_statement add_users__statement = {
    .name = "add_users",
    .sql = "INSERT INTO users (name, email, age) VALUES (:users.name, lower(:users.mail), :users.age)",
    .file = "bulk.c",
    .line = 15,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO users (name, email, age) SELECT json_extract(value, '$.\"name\"'), lower(json_extract(value, '$.\"email\"')), json_extract(value, '$.\"age\"') FROM json_each($1) WHERE true",
    },
};

__attribute__((weak))
weft_http_status add_users(weft_database *db, weft_array_new_user users, int64_t *count)
{
    weft_db_value json0__;
    if (weft_db_json(weft_arena_current(), weft_array_new_user__encode_json, &users, &json0__) != WEFT_DB_OK)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    const weft_db_value values__[] = {
        json0__,
    };
    weft_db_result result__ = weft_db_run(db, &add_users__statement, values__, count);
    return weft_status_of_db(result__);
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

static const weft_statement put_users__statement = {
    .name = "put_users",
    .sql = "INSERT INTO users (role, name, email) VALUES (:role, :list.name, :list.mail) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    .file = "bulk.c",
    .line = 18,
    .parameters = 2,
    .columns = 1,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO users (role, name, email) SELECT $1, json_extract(value, '$.\"name\"'), json_extract(value, '$.\"email\"') FROM json_each($2) WHERE true ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    },
};

__attribute__((weak))
weft_db_result put_users(weft_database *db, weft_str role, const weft_array_new_user *list,
        weft_array_int64_t *ids)
{
    weft_db_value json1__;
    if (weft_db_json(weft_arena_current(), weft_array_new_user__encode_json, list, &json1__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        WEFT_DB_TEXT_OF(role),
        json1__,
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &put_users__statement, values__,
        weft_arena_current(), int64_t__from_row, sizeof(int64_t), &items__, &count__);
    *ids = (weft_array_int64_t){.at = items__, .len = count__};
    return result__;
}
