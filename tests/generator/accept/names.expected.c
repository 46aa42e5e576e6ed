/* Written by weftgen from names.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn handle__call;
static weft_call_fn handle_body__call;
static weft_call_fn tag__call;
static weft_call_fn theme__call;

#include "names.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- row ---- */

static const weft_str row__keys[] = {
    WEFT_STR("to"),
    WEFT_STR("into"),
    WEFT_STR("text"),
};
static const weft_members row__members = {
    .keys = row__keys, .count = 3, .required = {0x7}};

static size_t row__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "to", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "into", 4) == 0)
            return 1;
        if (memcmp(key__.at, "text", 4) == 0)
            return 2;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t row__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"to\":", 5))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = row__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool row__decode_json(weft_json_reader *reader__, void *into__)
{
    row *out__ = into__;
    *out__ = (row){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &row__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (row__member(reader__, &object__)) {
        case 0:
            weft_json_read_i32(reader__, &out__->to);
            if (!weft_json_follows(reader__, &object__, 1, ",\"into\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_str(reader__, &out__->into);
            if (!weft_json_follows(reader__, &object__, 2, ",\"text\":", 8))
                break;
            __attribute__((fallthrough));
        case 2:
            weft_json_read_str(reader__, &out__->text);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static weft_urlencoded_result row__decode_query(weft_str text__, weft_arena *arena__,
    const char *in__, weft_violations *violations__, void *into__)
{
    row *out__ = into__;
    *out__ = (row){0};
    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,
        .violations = violations__, .members = &row__members};
    while (weft_pairs_next(&pairs__)) {
        switch (weft_pairs_member(&pairs__, row__find(pairs__.name))) {
        case 0:
            weft_read_text_i32(pairs__.value, violations__, in__, WEFT_STR("/to"), &out__->to);
            break;
        case 1:
            weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/into"), &out__->into);
            break;
        case 2:
            weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/text"), &out__->text);
            break;
        default: break;
        }
    }
    return weft_pairs_end(&pairs__);
}

static void row__encode_json(weft_buffer *to__, const void *from__)
{
    const row *in__ = from__;
    weft_buffer_expect(to__, 47 +
        in__->into.len +
        in__->text.len);
    char *at__ = weft_buffer_reserve(to__, 34);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"to\":", 6);
    at__ = weft_json_put_i64(at__, in__->to);
    at__ = weft_json_put(at__, ",\"into\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->into, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"text\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->text, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_row ---- */

static bool weft_array_row__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_row *out__ = into__;
    *out__ = (weft_array_row){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    row *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(row))) != NULL)
        row__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_row__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_row *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        row__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- key ---- */

static const weft_str key__keys[] = {
    WEFT_STR("reader"),
    WEFT_STR("items"),
    WEFT_STR("object"),
    WEFT_STR("index"),
};
static const weft_members key__members = {
    .keys = key__keys, .count = 4, .required = {0xb}};

static size_t key__find(weft_str key__)
{
    switch (key__.len) {
    case 5:
        if (memcmp(key__.at, "items", 5) == 0)
            return 1;
        if (memcmp(key__.at, "index", 5) == 0)
            return 3;
        break;
    case 6:
        if (memcmp(key__.at, "reader", 6) == 0)
            return 0;
        if (memcmp(key__.at, "object", 6) == 0)
            return 2;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t key__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"reader\":", 9))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = key__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool key__decode_json(weft_json_reader *reader__, void *into__)
{
    key *out__ = into__;
    *out__ = (key){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &key__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (key__member(reader__, &object__)) {
        case 0:
            row__decode_json(reader__, &out__->reader);
            if (!weft_json_follows(reader__, &object__, 1, ",\"items\":", 9))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_array_row__decode_json(reader__, &out__->items);
            if (!weft_json_follows(reader__, &object__, 2, ",\"object\":", 10))
                break;
            __attribute__((fallthrough));
        case 2:
            if (!weft_json_take_null(reader__) &&
                row__decode_json(reader__, &out__->object.value__)) {
                out__->object.present = true;
            }
            if (!weft_json_follows(reader__, &object__, 3, ",\"index\":", 9))
                break;
            __attribute__((fallthrough));
        case 3:
            weft_json_read_i32(reader__, &out__->index);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void key__encode_json(weft_buffer *to__, const void *from__)
{
    const key *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"reader\":", 10);
    weft_json_commit(to__, at__);
    row__encode_json(to__, &in__->reader);
    at__ = weft_buffer_reserve(to__, 9);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"items\":", 9);
    weft_json_commit(to__, at__);
    weft_array_row__encode_json(to__, &in__->items);
    at__ = weft_buffer_reserve(to__, 40);
    if (at__ == NULL)
        return;
    if (in__->object.present) {
        at__ = weft_json_put(at__, ",\"object\":", 10);
        weft_json_commit(to__, at__);
        row__encode_json(to__, &in__->object.value__);
        at__ = weft_buffer_reserve(to__, 30);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, ",\"index\":", 9);
    at__ = weft_json_put_i64(at__, in__->index);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- statements ---- */

static weft_db_result row__from_row(const weft_row *row__, weft_arena *arena__, void *into__)
{
    row *to__ = into__;
    int64_t integer__;
    WEFT_TRY(weft_row_i64(row__, 0, INT32_MIN, INT32_MAX, &integer__));
    to__->to = (int32_t)integer__;
    WEFT_TRY(weft_row_str(row__, 1, arena__, &to__->into));
    WEFT_TRY(weft_row_str(row__, 2, arena__, &to__->text));
    return WEFT_DB_OK;
}

static const weft_statement find_row__statement = {
    .name = "find_row",
    .sql = "SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id = $1 AND name = $2",
    .file = "names.c",
    .line = 24,
    .parameters = 2,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id = $1 AND name = $2",
    },
};

__attribute__((weak))
weft_http_status find_row(weft_database *result, int32_t values, weft_str statement, row *into)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(values),
        WEFT_DB_TEXT_OF(statement),
    };
    weft_db_result result__ = weft_db_one(result, &find_row__statement, values__,
        weft_arena_current(), row__from_row, into);
    return weft_status_of_db(result__);
}

static const weft_statement find_rows__statement = {
    .name = "find_rows",
    .sql = "SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id > $1",
    .file = "names.c",
    .line = 27,
    .parameters = 1,
    .columns = 3,
    .read_only = true,
    .sqlite = &(const weft_statement_sqlite){
        .sql = "SELECT id AS \"to\", name AS \"into\", email AS text FROM users WHERE id > $1",
    },
};

__attribute__((weak))
weft_db_result find_rows(weft_database *parameters, weft_arena *into, int32_t items,
        weft_array_row *count)
{
    const weft_db_value values__[] = {
        WEFT_DB_INTEGER_OF(items),
    };
    void *items__ = NULL;
    size_t count__ = 0;
    weft_db_result result__ = weft_db_all(parameters, &find_rows__statement, values__, into,
        row__from_row, sizeof(row), &items__, &count__);
    *count = (weft_array_row){.at = items__, .len = count__};
    return result__;
}

/* ---- handlers ---- */

static weft_http_status handle__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t request_ = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "request_", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/request_"), &request_));
    int32_t text = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "text", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/text"), &text));
    weft_optional_str violations = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "violations", WEFT_OPTIONALLY, &violations.value__)) {
        violations.present = true;
        if (!weft_length_within(violations.value__, 1, 3))
            weft_violations_add_length(violations__, "query", WEFT_STR("/violations"),
                WEFT_CHARACTERS, weft_utf8_length(violations.value__), 1, 3);
    }
    row query = {0};
    weft_bind_query(&bind__, row__decode_query, &query);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    key status = {0};
    weft_http_status status__ = handle(request_, text, &query, &status, violations);
    return weft_answer_json(res__, status__, key__encode_json, &status);
}

static weft_http_status handle_body__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t bind = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "bind", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/bind"), &bind));
    key response_ = {0};
    weft_bind_json(&bind__, key__decode_json, &response_);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    row out = {0};
    weft_http_status status__ = handle_body(bind, &response_, &out);
    return weft_answer_json(res__, status__, row__encode_json, &out);
}

static weft_http_status tag__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_str tag_value__ = {0};
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "tag", WEFT_REQUIRED, &tag_value__));
    row row_value__ = {0};
    weft_bind_json(&bind__, row__decode_json, &row_value__);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    key out = {0};
    weft_http_status status__ = tag(tag_value__, &row_value__, &out);
    return weft_answer_json(res__, status__, key__encode_json, &out);
}

static weft_http_status theme__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_str theme_value__ = {0};
    (void)(weft_bind_text(&bind__, WEFT_IN_COOKIE, "theme", WEFT_REQUIRED, &theme_value__));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(theme(theme_value__));
}
