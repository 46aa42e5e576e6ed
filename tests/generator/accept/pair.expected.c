/* Written by weftgen from pair.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn get_person__call;
static weft_call_fn elsewhere__call;

#include "pair.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- person ---- */

static void person__encode_json(weft_buffer *to__, const void *from__)
{
    const person *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 34);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_i64(at__, in__->id);
    at__ = weft_json_put(at__, ",\"name\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->name, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- statements ---- */

static weft_db_result person__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    person *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
    to__->id = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->name));
    return WEFT_DB_OK;
}

static const weft_statement find_person__statement = {
    .name = "find_person",
    .sql = "SELECT id, name FROM users WHERE id = $1",
    .file = "pair.h",
    .line = 10,
    .parameters = 1,
    .columns = 2,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id, name FROM users WHERE id = $1",
    },
};

__attribute__((weak))
weft_http_status find_person(weft_database *db, int32_t id, person *row)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(id),
    };
    weft_db_result result__ = weft_db_one(db, &find_person__statement, values__,
        weft_arena_current(), person__from_row, row);
    return weft_status_of_db(result__);
}

/* ---- handlers ---- */

static weft_http_status get_person__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    person out = {0};
    weft_http_status status__ = get_person(weft_request_state(req__), id, &out);
    return weft_answer_json(res__, status__, person__encode_json, &out);
}

static weft_http_status elsewhere__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    person out = {0};
    weft_http_status status__ = elsewhere(weft_request_state(req__), id, &out);
    return weft_answer_json(res__, status__, person__encode_json, &out);
}
