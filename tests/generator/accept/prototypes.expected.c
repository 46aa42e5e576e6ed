/* Written by weftgen from prototypes.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

#include "prototypes.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- statements ---- */

static weft_db_result note__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    note *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
    to__->id = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->text));
    return WEFT_DB_OK;
}

static const weft_statement find_notes__statement = {
    .name = "find_notes",
    .sql = "SELECT id, text FROM notes WHERE user_id = $1",
    .file = "prototypes.c",
    .line = 14,
    .parameters = 1,
    .columns = 2,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, text FROM notes WHERE user_id = $1",
    },
};

__attribute__((weak))
weft_http_status find_notes(weft_database *db, weft_arena *memory, int32_t user_id,
        weft_array_note *rows)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(user_id),
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(db, &find_notes__statement, values__, memory,
        note__from_row, sizeof(note), &items__, &count__);
    *rows = (weft_array_note){.at = items__, .len = count__};
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

static const weft_statement count_notes__statement = {
    .name = "count_notes",
    .sql = "SELECT count(*) FROM notes WHERE user_id = $1",
    .file = "prototypes.c",
    .line = 17,
    .parameters = 1,
    .columns = 1,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT count(*) FROM notes WHERE user_id = $1",
    },
};

static
weft_db_result count_notes(weft_database *value1__, int32_t value2__, int64_t *value3__)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(value2__),
    };
    weft_db_result result__ = weft_db_one(value1__, &count_notes__statement, values__,
        weft_arena_current(), int64_t__from_row, value3__);
    return result__;
}

static const weft_statement change_everything_about_a_user__statement = {
    .name = "change_everything_about_a_user",
    .sql = "UPDATE users SET name = $2, email = $3, age = $4, role = $5, score = $6, active = $7 WHERE id = $1",
    .file = "prototypes.c",
    .line = 20,
    .parameters = 7,
    .columns = 0,
    .read_only = false,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "UPDATE users SET name = $2, email = $3, age = $4, role = $5, score = $6, active = $7 WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status change_everything_about_a_user(weft_database *db, int64_t the_id_of_the_user,
        weft_str the_new_name, weft_str the_new_email, weft_optional_int32_t the_new_age,
        weft_str the_new_role, double the_new_score, bool is_active)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(the_id_of_the_user),
        WEFT_DB_TEXT_OF(the_new_name),
        WEFT_DB_TEXT_OF(the_new_email),
        the_new_age.present ? WEFT_DB_INTEGER_OF(the_new_age.value__) : WEFT_DB_NULL_VALUE,
        WEFT_DB_TEXT_OF(the_new_role),
        WEFT_DB_REAL_OF(the_new_score),
        WEFT_DB_BOOL_OF(is_active),
    };
    weft_db_result result__ = weft_db_run(db, &change_everything_about_a_user__statement,
        values__, NULL);
    return weft_status_of_db(result__);
}
