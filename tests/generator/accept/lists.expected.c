/* Written by weftgen from lists.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "lists.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- place ---- */

static const weft_str place__keys[] = {
    WEFT_STR("city"),
    WEFT_STR("street"),
};
static const weft_members place__members = {
    .keys = place__keys, .count = 2, .required = {0x1}};

static size_t place__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "city", 4) == 0)
            return 0;
        break;
    case 6:
        if (memcmp(key__.at, "street", 6) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t place__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"city\":", 7))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = place__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool place__decode_json(weft_json_reader *reader__, void *into__)
{
    place *out__ = into__;
    *out__ = (place){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &place__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (place__member(reader__, &object__)) {
        case 0:
            weft_json_read_str(reader__, &out__->city);
            if (!weft_json_follows(reader__, &object__, 1, ",\"street\":", 10))
                break;
            __attribute__((fallthrough));
        case 1:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_str(reader__, &out__->street.value__)) {
                out__->street.present = true;
            }
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void place__encode_json(weft_buffer *to__, const void *from__)
{
    const place *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"city\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->city, 11);
    if (at__ == NULL)
        return;
    if (in__->street.present) {
        at__ = weft_json_put(at__, ",\"street\":", 10);
        at__ = weft_json_put_str(to__, at__, in__->street.value__, 1);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_place ---- */

static bool weft_array_place__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_place *out__ = into__;
    *out__ = (weft_array_place){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    place *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(place))) != NULL)
        place__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

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

static weft_db_result member__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    member *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT64_MIN, INT64_MAX, &integer__));
    to__->id = integer__;
    {
        const weft_row *items__;
        unsigned count__;
        WEFT_TRY(weft_row_items(row__, 1, arena__, &items__, &count__));
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
        WEFT_TRY(weft_row_items(row__, 2, arena__, &items__, &count__));
        to__->scores = (weft_array_int16_t){WEFT_NEW_ARRAY(arena__, int16_t, count__), count__};
        if (count__ != 0 && to__->scores.at == NULL)
            return WEFT_DB_NO_MEMORY;
        for (unsigned i__ = 0; i__ < count__; i__++) {
            WEFT_TRY(weft_row_i64(items__, i__, INT16_MIN, INT16_MAX, &integer__));
            to__->scores.at[i__] = (int16_t)integer__;
        }
    }
    {
        const weft_row *items__;
        unsigned count__;
        WEFT_TRY(weft_row_items(row__, 3, arena__, &items__, &count__));
        to__->roles = (weft_array_role){WEFT_NEW_ARRAY(arena__, role, count__), count__};
        if (count__ != 0 && to__->roles.at == NULL)
            return WEFT_DB_NO_MEMORY;
        for (unsigned i__ = 0; i__ < count__; i__++) {
            WEFT_TRY(role__from_column(items__, i__, arena__, &to__->roles.at[i__]));
        }
    }
    WEFT_TRY(weft_row_json(row__, 4, arena__,
                           place__decode_json, &to__->home));
    WEFT_TRY(weft_row_json(row__, 5, arena__,
                           weft_array_place__decode_json, &to__->others));
    WEFT_TRY(weft_row_raw(row__, 6, arena__, &to__->extra));
    to__->office.present = !weft_row_null(row__, 7);
    if (to__->office.present) {
        WEFT_TRY(weft_row_json(row__, 7, arena__,
                               place__decode_json, &to__->office.value__));
    }
    return WEFT_DB_OK;
}

static const weft_statement find_member__statement = {
    .name = "find_member",
    .sql = "SELECT id, tags, scores, roles, home, others, extra, office FROM members WHERE id = $1",
    .file = "lists.c",
    .line = 34,
    .parameters = 1,
    .columns = 8,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, tags, scores, roles, home, others, extra, office FROM members WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status find_member(weft_database *db, int64_t id, member *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
    };
    weft_db_result result__ = weft_db_one(db, &find_member__statement, values__,
        weft_arena_current(), member__from_row, row);
    return weft_status_of_db(result__);
}

static const weft_statement each_member__statement = {
    .name = "each_member",
    .sql = "SELECT id, tags, scores, roles, home, others, extra, office FROM members ORDER BY id",
    .file = "lists.c",
    .line = 37,
    .parameters = 0,
    .columns = 8,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, tags, scores, roles, home, others, extra, office FROM members ORDER BY id",
    },
};

__attribute__((weak))
weft_db_result each_member(weft_database *db, weft_cursor_member *rows)
{
    weft_db_result result__ = weft_db_open(db, &each_member__statement, NULL, member__from_row,
        &rows->rows);
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

static const weft_statement add_member__statement = {
    .name = "add_member",
    .sql = "INSERT INTO members (tags, scores, roles, home, extra) VALUES (:tags, :scores, :roles, :home, :extra) RETURNING id",
    .file = "lists.c",
    .line = 40,
    .parameters = 5,
    .columns = 1,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "INSERT INTO members (tags, scores, roles, home, extra) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    },
};

__attribute__((weak))
weft_http_status add_member(weft_database *db, weft_arena *memory, weft_array_str tags,
        const weft_array_int16_t *scores, weft_array_role roles, const place *home,
        weft_json_raw extra, int64_t *id)
{
    weft_db_value *list0__ = weft_db_items(memory, tags.len);
    if (list0__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < tags.len; i__++)
        list0__[i__] = WEFT_DB_TEXT_OF(tags.at[i__]);
    weft_db_value *list1__ = weft_db_items(memory, scores->len);
    if (list1__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < scores->len; i__++)
        list1__[i__] = WEFT_DB_INTEGER_OF(scores->at[i__]);
    weft_db_value *list2__ = weft_db_items(memory, roles.len);
    if (list2__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < roles.len; i__++)
        list2__[i__] = WEFT_DB_TEXT_OF(role__to_column(roles.at[i__]));
    weft_db_value json3__;
    if (weft_db_json(memory, place__encode_json, home, &json3__) != WEFT_DB_OK)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    const weft_db_value values__[] = {
        WEFT_DB_ARRAY_OF(WEFT_DB_TEXT, list0__, tags.len),
        WEFT_DB_ARRAY_OF(WEFT_DB_INTEGER, list1__, scores->len),
        WEFT_DB_ARRAY_OF(WEFT_DB_TEXT, list2__, roles.len),
        json3__,
        WEFT_DB_JSON_OF(extra),
    };
    weft_db_result result__ = weft_db_one(db, &add_member__statement, values__, memory,
        int64_t__from_row, id);
    return weft_status_of_db(result__);
}

static weft_db_result weft_str__from_row(const weft_row *row__, weft_arena *arena__,
        void *into__)
{
    weft_str *to__ = into__;
    WEFT_TRY(weft_row_str(row__, 0, arena__, to__));
    return WEFT_DB_OK;
}

static const weft_statement name_users__statement = {
    .name = "name_users",
    .sql = "SELECT name FROM users WHERE id = ANY (:ids) AND role <> ALL (:roles)",
    .file = "lists.c",
    .line = 45,
    .parameters = 2,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE id IN (SELECT value FROM json_each($1)) AND role NOT IN (SELECT value FROM json_each($2))",
    },
};

__attribute__((weak))
weft_http_status name_users(weft_database *db, weft_array_int64_t ids, weft_array_role roles,
        weft_array_str *names)
{
    weft_db_value *list0__ = weft_db_items(weft_arena_current(), ids.len);
    if (list0__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < ids.len; i__++)
        list0__[i__] = WEFT_DB_INTEGER_OF(ids.at[i__]);
    weft_db_value *list1__ = weft_db_items(weft_arena_current(), roles.len);
    if (list1__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < roles.len; i__++)
        list1__[i__] = WEFT_DB_TEXT_OF(role__to_column(roles.at[i__]));
    const weft_db_value values__[] = {
        WEFT_DB_ARRAY_OF(WEFT_DB_INTEGER, list0__, ids.len),
        WEFT_DB_ARRAY_OF(WEFT_DB_TEXT, list1__, roles.len),
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &name_users__statement, values__,
        weft_arena_current(), weft_str__from_row, sizeof(weft_str), &items__, &count__);
    *names = (weft_array_str){.at = items__, .len = count__};
    return weft_status_of_db(result__);
}

/* One for each choice of what stands in braces. */
static const weft_statement search__statements[] = {
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 1,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active    ORDER BY name LIMIT $1",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 2,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active AND name >= $1   ORDER BY name LIMIT $2",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 3,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active  AND age BETWEEN $1 AND $2  ORDER BY name LIMIT $3",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 4,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active AND name >= $1 AND age BETWEEN $2 AND $3  ORDER BY name LIMIT $4",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 3,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active   AND role IN (SELECT value FROM json_each($1)) AND score > $2 ORDER BY name LIMIT $3",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 4,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active AND name >= $1  AND role IN (SELECT value FROM json_each($2)) AND score > $3 ORDER BY name LIMIT $4",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 5,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active  AND age BETWEEN $1 AND $2 AND role IN (SELECT value FROM json_each($3)) AND score > $4 ORDER BY name LIMIT $5",
    },
    },
    {
    .name = "search",
    .sql = "SELECT name FROM users WHERE active {AND name >= :from} {AND age BETWEEN :young AND :old} {AND role = ANY (:roles) AND score > :score} ORDER BY name LIMIT :limit",
    .file = "lists.c",
    .line = 48,
    .parameters = 6,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT name FROM users WHERE active AND name >= $1 AND age BETWEEN $2 AND $3 AND role IN (SELECT value FROM json_each($4)) AND score > $5 ORDER BY name LIMIT $6",
    },
    },
};

static const unsigned char search__order[][6] = {
    {5},
    {0, 5},
    {1, 2, 5},
    {0, 1, 2, 5},
    {3, 4, 5},
    {0, 3, 4, 5},
    {1, 2, 3, 4, 5},
    {0, 1, 2, 3, 4, 5},
};

__attribute__((weak))
weft_http_status search(weft_database *db, weft_optional_str from, weft_optional_int32_t young,
        weft_optional_int32_t old, weft_array_role roles, weft_optional_double score,
        int32_t limit, weft_array_str *names)
{
    weft_db_value *list3__ = weft_db_items(weft_arena_current(), roles.len);
    if (list3__ == NULL)
        return weft_status_of_db(WEFT_DB_NO_MEMORY);
    for (size_t i__ = 0; i__ < roles.len; i__++)
        list3__[i__] = WEFT_DB_TEXT_OF(role__to_column(roles.at[i__]));
    size_t choice__ = 0;
    if (from.present)
        choice__ |= 1;
    if (young.present && old.present)
        choice__ |= 2;
    if (score.present)
        choice__ |= 4;
    const weft_db_value given__[] = {
        from.present ? WEFT_DB_TEXT_OF(from.value__) : WEFT_DB_NULL_VALUE,
        young.present ? WEFT_DB_INTEGER_OF(young.value__) : WEFT_DB_NULL_VALUE,
        old.present ? WEFT_DB_INTEGER_OF(old.value__) : WEFT_DB_NULL_VALUE,
        WEFT_DB_ARRAY_OF(WEFT_DB_TEXT, list3__, roles.len),
        score.present ? WEFT_DB_REAL_OF(score.value__) : WEFT_DB_NULL_VALUE,
        WEFT_DB_INTEGER_OF(limit),
    };
    weft_db_value values__[6];
    for (size_t i__ = 0; i__ < search__statements[choice__].parameters; i__++)
        values__[i__] = given__[search__order[choice__][i__]];
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &search__statements[choice__], values__,
        weft_arena_current(), weft_str__from_row, sizeof(weft_str), &items__, &count__);
    *names = (weft_array_str){.at = items__, .len = count__};
    return weft_status_of_db(result__);
}

static const weft_statement remove_old__statement = {
    .name = "remove_old",
    .sql = "DELETE FROM users WHERE age > $1",
    .file = "lists.c",
    .line = 53,
    .parameters = 1,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "DELETE FROM users WHERE age > $1",
    },
};

__attribute__((weak))
weft_http_status remove_old(weft_database *db, int32_t age, long long *count)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(age),
    };
    int64_t affected__ = 0;
    weft_db_result result__ = weft_db_run(db, &remove_old__statement, values__, &affected__);
    *count = affected__;
    return weft_status_of_db(result__);
}
