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

/* ---- role ---- */

static char *role__put_json(char *at__, role value__)
{
    switch (value__) {
    case ROLE_GUEST: return weft_json_put(at__, "\"guest\"", 7);
    case ROLE_ADMIN: return weft_json_put(at__, "\"admin\"", 7);
    }
    return weft_json_put(at__, "null", 4);
}

/* ---- change ---- */

static void change__encode_json(weft_buffer *to__, const void *from__)
{
    const change *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 148);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_i64(at__, in__->id);
    if (in__->age.present) {
        at__ = weft_json_put(at__, ",\"age\":", 7);
        at__ = weft_json_put_i64(at__, in__->age.value__);
    }
    at__ = weft_json_put(at__, ",\"score\":", 9);
    at__ = weft_json_put_double(at__, in__->score);
    at__ = weft_json_put(at__, ",\"active\":", 10);
    at__ = weft_json_put_bool(at__, in__->active);
    at__ = weft_json_put(at__, ",\"as\":", 6);
    at__ = role__put_json(at__, in__->role);
    at__ = weft_json_put(at__, ",\"name\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->name, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_change ---- */

static void weft_array_change__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_change *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        change__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- event ---- */

static void event__encode_json(weft_buffer *to__, const void *from__)
{
    const event *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 110);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_uuid(at__, in__->id);
    at__ = weft_json_put(at__, ",\"at\":", 6);
    at__ = weft_json_put_timestamp(at__, in__->at);
    if (in__->day.present) {
        at__ = weft_json_put(at__, ",\"day\":", 7);
        at__ = weft_json_put_date(at__, in__->day.value__);
    }
    at__ = weft_json_put(at__, ",\"price\":", 9);
    at__ = weft_json_put_decimal(to__, at__, in__->price, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_event ---- */

static void weft_array_event__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_event *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        event__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_str ---- */

static void weft_array_str__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_str *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        weft_buffer_append_quoted(to__, in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_int16_t ---- */

static void weft_array_int16_t__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_int16_t *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        char *at__ = weft_buffer_reserve(to__, 20);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, weft_json_put_i64(at__, in__->at[i__]));
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- member ---- */

static void member__encode_json(weft_buffer *to__, const void *from__)
{
    const member *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"tags\":", 8);
    weft_json_commit(to__, at__);
    weft_array_str__encode_json(to__, &in__->tags);
    at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"scores\":", 10);
    weft_json_commit(to__, at__);
    weft_array_int16_t__encode_json(to__, &in__->scores);
    at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"home\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->home, 7);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"who\":", 7);
    weft_json_commit(to__, at__);
    new_user__encode_json(to__, &in__->who);
    at__ = weft_buffer_reserve(to__, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_member ---- */

static void weft_array_member__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_member *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        member__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- statements ---- */

static const weft_statement add_users__statement = {
    .name = "add_users",
    .sql = "INSERT INTO users (name, email, age) VALUES (:users.name, lower(:users.mail), :users.age)",
    .file = "bulk.c",
    .line = 45,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO users (name, email, age) SELECT \":users.name\", lower(\":users.mail\"), \":users.age\" FROM (SELECT json_extract(value, '$.\"name\"') AS \":users.name\", json_extract(value, '$.\"email\"') AS \":users.mail\", json_extract(value, '$.\"age\"') AS \":users.age\" FROM json_each($1)) AS \":users\" WHERE true",
    },
};

__attribute__((weak))
weft_http_status add_users(weft_database *db, weft_array_new_user users, int64_t *count)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_new_user__encode_json, &users, users.len,
        &json0__) != WEFT_DB_OK)
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
    .line = 48,
    .parameters = 2,
    .columns = 1,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO users (role, name, email) SELECT $1, \":list.name\", \":list.mail\" FROM (SELECT json_extract(value, '$.\"name\"') AS \":list.name\", json_extract(value, '$.\"email\"') AS \":list.mail\" FROM json_each($2)) AS \":list\" WHERE true ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id",
    },
};

__attribute__((weak))
weft_db_result put_users(weft_database *db, weft_str role, const weft_array_new_user *list,
        weft_array_int64_t *ids)
{
    weft_db_value json1__;
    if (weft_db_list(weft_arena_current(), weft_array_new_user__encode_json, list, list->len,
        &json1__) != WEFT_DB_OK)
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

static const weft_statement change_users__statement = {
    .name = "change_users",
    .sql = "UPDATE users SET age = :changes.age, score = score + :changes.score, active = :changes.active, role = :changes.role, name = COALESCE(NULLIF(:changes.name, ''), name) FROM :changes WHERE id = :changes.id",
    .file = "bulk.c",
    .line = 67,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "UPDATE users SET age = \":changes.age\", score = score + \":changes.score\", active = \":changes.active\", role = \":changes.role\", name = COALESCE(NULLIF(\":changes.name\", ''), name) FROM (SELECT json_extract(value, '$.\"age\"') AS \":changes.age\", json_extract(value, '$.\"score\"') AS \":changes.score\", json_extract(value, '$.\"active\"') AS \":changes.active\", json_extract(value, '$.\"as\"') AS \":changes.role\", json_extract(value, '$.\"name\"') AS \":changes.name\", json_extract(value, '$.\"id\"') AS \":changes.id\" FROM json_each($1)) AS \":changes\" WHERE id = \":changes.id\"",
    },
};

__attribute__((weak))
weft_http_status change_users(weft_database *db, const weft_array_change *changes,
        int64_t *count)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_change__encode_json, changes, changes->len,
        &json0__) != WEFT_DB_OK)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    const weft_db_value values__[] = {
        json0__,
    };
    weft_db_result result__ = weft_db_run(db, &change_users__statement, values__, count);
    return weft_status_of_db(result__);
}

static weft_db_result known__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    known *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_str(row__, 0, arena__, &to__->name));
    to__->age.present = !weft_row_null(row__, 1);
    if (to__->age.present) {
        WEFT_TRY(weft_row_i64(row__, 1, INT32_MIN, INT32_MAX, &integer__));
        to__->age.value__ = (int32_t)integer__;
    }
    return WEFT_DB_OK;
}

static const weft_statement find_ages__statement = {
    .name = "find_ages",
    .sql = "SELECT :changes.name AS name, u.age FROM :changes LEFT JOIN users u ON u.id = :changes.id ORDER BY :changes.id, :changes.name",
    .file = "bulk.c",
    .line = 73,
    .parameters = 1,
    .columns = 2,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT \":changes.name\" AS name, u.age FROM (SELECT json_extract(value, '$.\"name\"') AS \":changes.name\", json_extract(value, '$.\"id\"') AS \":changes.id\" FROM json_each($1)) AS \":changes\" LEFT JOIN users u ON u.id = \":changes.id\" ORDER BY \":changes.id\", \":changes.name\"",
    },
};

__attribute__((weak))
weft_db_result find_ages(weft_database *db, weft_array_change changes, weft_array_known *found)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_change__encode_json, &changes, changes.len,
        &json0__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        json0__,
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &find_ages__statement, values__,
        weft_arena_current(), known__from_row, sizeof(known), &items__, &count__);
    *found = (weft_array_known){.at = items__, .len = count__};
    return result__;
}

static const weft_statement add_events__statement = {
    .name = "add_events",
    .sql = "INSERT INTO events (id, at, day, price) SELECT :list.id, :list.at, :list.day, :list.price FROM :list WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = :list.id)",
    .file = "bulk.c",
    .line = 77,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO events (id, at, day, price) SELECT \":list.id\", \":list.at\", \":list.day\", \":list.price\" FROM (SELECT json_extract(value, '$.\"id\"') AS \":list.id\", substr(json_extract(value, '$.\"at\"'), 1, 19) || '.' || substr(rtrim(substr(json_extract(value, '$.\"at\"'), 21), 'Z') || '000000000', 1, 9) || 'Z' AS \":list.at\", json_extract(value, '$.\"day\"') AS \":list.day\", json_extract(value, '$.\"price\"') AS \":list.price\" FROM json_each($1)) AS \":list\" WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = \":list.id\")",
    },
};

__attribute__((weak))
weft_db_result add_events(weft_database *db, weft_array_event list, int64_t *count)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_event__encode_json, &list, list.len,
        &json0__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        json0__,
    };
    weft_db_result result__ = weft_db_run(db, &add_events__statement, values__, count);
    return result__;
}

static weft_db_result event__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    event *to__ = into__;
    WEFT_TRY(weft_row_uuid(row__, 0, &to__->id));
    WEFT_TRY(weft_row_timestamp(row__, 1, &to__->at));
    to__->day.present = !weft_row_null(row__, 2);
    if (to__->day.present) {
        WEFT_TRY(weft_row_date(row__, 2, &to__->day.value__));
    }
    WEFT_TRY(weft_row_decimal(row__, 3, arena__, &to__->price));
    return WEFT_DB_OK;
}

static const weft_statement reprice__statement = {
    .name = "reprice",
    .sql = "UPDATE events SET day = :list.day, price = :list.price FROM :list WHERE id = :list.id AND at = :list.at RETURNING id, at, day, price",
    .file = "bulk.c",
    .line = 81,
    .parameters = 1,
    .columns = 4,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "UPDATE events SET day = \":list.day\", price = \":list.price\" FROM (SELECT json_extract(value, '$.\"day\"') AS \":list.day\", json_extract(value, '$.\"price\"') AS \":list.price\", json_extract(value, '$.\"id\"') AS \":list.id\", substr(json_extract(value, '$.\"at\"'), 1, 19) || '.' || substr(rtrim(substr(json_extract(value, '$.\"at\"'), 21), 'Z') || '000000000', 1, 9) || 'Z' AS \":list.at\" FROM json_each($1)) AS \":list\" WHERE id = \":list.id\" AND at = \":list.at\" RETURNING id, at, day, price",
    },
};

__attribute__((weak))
weft_db_result reprice(weft_database *db, weft_array_event list, weft_array_event *changed)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_event__encode_json, &list, list.len,
        &json0__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        json0__,
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &reprice__statement, values__,
        weft_arena_current(), event__from_row, sizeof(event), &items__, &count__);
    *changed = (weft_array_event){.at = items__, .len = count__};
    return result__;
}

static const weft_statement remove_events__statement = {
    .name = "remove_events",
    .sql = "DELETE FROM events WHERE price > :least AND EXISTS (SELECT 1 FROM :list WHERE id = :list.id AND at = :list.at)",
    .file = "bulk.c",
    .line = 85,
    .parameters = 2,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "DELETE FROM events WHERE price > $1 AND EXISTS (SELECT 1 FROM (SELECT json_extract(value, '$.\"id\"') AS \":list.id\", substr(json_extract(value, '$.\"at\"'), 1, 19) || '.' || substr(rtrim(substr(json_extract(value, '$.\"at\"'), 21), 'Z') || '000000000', 1, 9) || 'Z' AS \":list.at\" FROM json_each($2)) AS \":list\" WHERE id = \":list.id\" AND at = \":list.at\")",
    },
};

__attribute__((weak))
weft_db_result remove_events(weft_database *db, weft_decimal least, weft_array_event list,
        int64_t *count)
{
    weft_db_value json1__;
    if (weft_db_list(weft_arena_current(), weft_array_event__encode_json, &list, list.len,
        &json1__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        WEFT_DB_DECIMAL_OF(least),
        json1__,
    };
    weft_db_result result__ = weft_db_run(db, &remove_events__statement, values__, count);
    return result__;
}

static const weft_statement add_members__statement = {
    .name = "add_members",
    .sql = "INSERT INTO members (tags, scores, roles, home, extra) VALUES (:list.tags, :list.scores, :list.tags, :list.home, :list.who)",
    .file = "bulk.c",
    .line = 89,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO members (tags, scores, roles, home, extra) SELECT \":list.tags\", \":list.scores\", \":list.tags\", \":list.home\", \":list.who\" FROM (SELECT json_extract(value, '$.\"tags\"') AS \":list.tags\", json_extract(value, '$.\"scores\"') AS \":list.scores\", json_extract(value, '$.\"home\"') AS \":list.home\", json_extract(value, '$.\"who\"') AS \":list.who\" FROM json_each($1)) AS \":list\" WHERE true",
    },
};

__attribute__((weak))
weft_db_result add_members(weft_database *db, weft_array_member list)
{
    weft_db_value json0__;
    if (weft_db_list(weft_arena_current(), weft_array_member__encode_json, &list, list.len,
        &json0__) != WEFT_DB_OK)
        return WEFT_DB_NO_MEMORY;
    const weft_db_value values__[] = {
        json0__,
    };
    weft_db_result result__ = weft_db_run(db, &add_members__statement, values__, NULL);
    return result__;
}

static weft_db_result tagged__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    tagged *to__ = into__;
    int64_t integer__;
    {
        const weft_row *items__;
        unsigned count__;
        WEFT_TRY(weft_row_items(row__, 0, arena__, &items__, &count__));
        to__->tags = (weft_array_str){WEFT_NEW_ARRAY(arena__, weft_str, count__), count__};
        if (count__ != 0 && to__->tags.at == NULL)
            return WEFT_DB_NO_MEMORY;
        for (unsigned i__ = 0; i__ < count__; i__++) {
            WEFT_TRY(weft_row_str(items__, i__, arena__, &to__->tags.at[i__]));
        }
    }
    {
        const weft_row *items__;
        unsigned count__;
        WEFT_TRY(weft_row_items(row__, 1, arena__, &items__, &count__));
        to__->scores = (weft_array_int16_t){WEFT_NEW_ARRAY(arena__, int16_t, count__), count__};
        if (count__ != 0 && to__->scores.at == NULL)
            return WEFT_DB_NO_MEMORY;
        for (unsigned i__ = 0; i__ < count__; i__++) {
            WEFT_TRY(weft_row_i64(items__, i__, INT16_MIN, INT16_MAX, &integer__));
            to__->scores.at[i__] = (int16_t)integer__;
        }
    }
    return WEFT_DB_OK;
}

static const weft_statement find_member__statement = {
    .name = "find_member",
    .sql = "SELECT tags, scores FROM members WHERE home ->> 'street' = :street AND extra ->> 'email' = :mail",
    .file = "bulk.c",
    .line = 93,
    .parameters = 2,
    .columns = 2,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT tags, scores FROM members WHERE home ->> 'street' = $1 AND extra ->> 'email' = $2",
    },
};

__attribute__((weak))
weft_db_result find_member(weft_database *db, weft_str street, weft_str mail, tagged *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_TEXT_OF(street),
        WEFT_DB_TEXT_OF(mail),
    };
    weft_db_result result__ = weft_db_one(db, &find_member__statement, values__,
        weft_arena_current(), tagged__from_row, row);
    return result__;
}
