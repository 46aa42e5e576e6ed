/* Written by weftgen from bodies.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn move__call;
static weft_call_fn draw__call;
static weft_call_fn enter__call;
static weft_call_fn list__call;
static weft_call_fn find__call;
static weft_call_fn keep__call;
static weft_call_fn sign__call;
static weft_call_fn erase__call;

#include "bodies.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- point ---- */

static const weft_str point__keys[] = {
    WEFT_STR("x"),
    WEFT_STR("y"),
};
static const weft_members point__members = {
    .keys = point__keys, .count = 2, .required = {0x3}};

static size_t point__find(weft_str key__)
{
    switch (key__.len) {
    case 1:
        if (memcmp(key__.at, "x", 1) == 0)
            return 0;
        if (memcmp(key__.at, "y", 1) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t point__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"x\":", 4))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = point__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool point__decode_json(weft_json_reader *reader__, void *into__)
{
    point *out__ = into__;
    *out__ = (point){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &point__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (point__member(reader__, &object__)) {
        case 0:
            weft_json_read_double(reader__, &out__->x);
            if (!weft_json_follows(reader__, &object__, 1, ",\"y\":", 5))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_double(reader__, &out__->y);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

/* ---- weft_array_point ---- */

static bool weft_array_point__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_point *out__ = into__;
    *out__ = (weft_array_point){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    point *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(point))) != NULL)
        point__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

/* ---- login ---- */

static const weft_str login__keys[] = {
    WEFT_STR("user"),
    WEFT_STR("password"),
};
static const weft_members login__members = {
    .keys = login__keys, .count = 2, .required = {0x3}};

static size_t login__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "user", 4) == 0)
            return 0;
        break;
    case 8:
        if (memcmp(key__.at, "password", 8) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static weft_urlencoded_result login__decode_query(weft_str text__, weft_arena *arena__,
    const char *in__, weft_violations *violations__, void *into__)
{
    login *out__ = into__;
    *out__ = (login){0};
    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,
        .violations = violations__, .members = &login__members};
    while (weft_pairs_next(&pairs__)) {
        switch (weft_pairs_member(&pairs__, login__find(pairs__.name))) {
        case 0:
            if (weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/user"), &out__->user)) {
                if (!weft_length_within(out__->user, 1, 40))
                    weft_violations_add_length(violations__, in__, WEFT_STR("/user"),
                        WEFT_CHARACTERS, weft_utf8_length(out__->user), 1, 40);
            }
            break;
        case 1:
            if (weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/password"), &out__->password)) {
                if (!weft_length_within(out__->password, 8, 200))
                    weft_violations_add_length(violations__, in__, WEFT_STR("/password"),
                        WEFT_CHARACTERS, weft_utf8_length(out__->password), 8, 200);
            }
            break;
        default: break;
        }
    }
    return weft_pairs_end(&pairs__);
}

/* ---- page ---- */

static const weft_str page__keys[] = {
    WEFT_STR("limit"),
    WEFT_STR("after"),
};
static const weft_members page__members = {
    .keys = page__keys, .count = 2, .required = {0x0}};

static size_t page__find(weft_str key__)
{
    switch (key__.len) {
    case 5:
        if (memcmp(key__.at, "limit", 5) == 0)
            return 0;
        if (memcmp(key__.at, "after", 5) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static weft_urlencoded_result page__decode_query(weft_str text__, weft_arena *arena__,
    const char *in__, weft_violations *violations__, void *into__)
{
    page *out__ = into__;
    *out__ = (page){
        .limit = 20};
    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,
        .violations = violations__, .members = &page__members};
    while (weft_pairs_next(&pairs__)) {
        switch (weft_pairs_member(&pairs__, page__find(pairs__.name))) {
        case 0:
            if (weft_read_text_i32(pairs__.value, violations__, in__, WEFT_STR("/limit"), &out__->limit)) {
                if (!weft_within_i64(out__->limit, 1, 100))
                    weft_violations_add_range_i64(violations__, in__, WEFT_STR("/limit"),
                        out__->limit, 1, 100);
            }
            break;
        case 1:
            if (weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/after"), &out__->after.value__)) {
                out__->after.present = true;
            }
            break;
        default: break;
        }
    }
    return weft_pairs_end(&pairs__);
}

/* ---- filter ---- */

static const weft_str filter__keys[] = {
    WEFT_STR("name"),
    WEFT_STR("least"),
};
static const weft_members filter__members = {
    .keys = filter__keys, .count = 2, .required = {0x1}};

static size_t filter__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "name", 4) == 0)
            return 0;
        break;
    case 5:
        if (memcmp(key__.at, "least", 5) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t filter__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"name\":", 7))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = filter__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool filter__decode_json(weft_json_reader *reader__, void *into__)
{
    filter *out__ = into__;
    *out__ = (filter){
        .least = 0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &filter__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (filter__member(reader__, &object__)) {
        case 0:
            weft_json_read_str(reader__, &out__->name);
            if (!weft_json_follows(reader__, &object__, 1, ",\"least\":", 9))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_i32(reader__, &out__->least);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static weft_urlencoded_result filter__decode_query(weft_str text__, weft_arena *arena__,
    const char *in__, weft_violations *violations__, void *into__)
{
    filter *out__ = into__;
    *out__ = (filter){
        .least = 0};
    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,
        .violations = violations__, .members = &filter__members};
    while (weft_pairs_next(&pairs__)) {
        switch (weft_pairs_member(&pairs__, filter__find(pairs__.name))) {
        case 0:
            weft_read_text_str(pairs__.value, violations__, in__, WEFT_STR("/name"), &out__->name);
            break;
        case 1:
            weft_read_text_i32(pairs__.value, violations__, in__, WEFT_STR("/least"), &out__->least);
            break;
        default: break;
        }
    }
    return weft_pairs_end(&pairs__);
}

/* ---- handlers ---- */

static weft_http_status move__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id));
    point to = {0};
    weft_bind_json(&bind__, point__decode_json, &to);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(move(id, &to));
}

static weft_http_status draw__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_array_point line = {0};
    weft_bind_json(&bind__, weft_array_point__decode_json, &line);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(draw(&line));
}

static weft_http_status enter__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    login form = {0};
    weft_bind_form(&bind__, login__decode_query, &form);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(enter(&form));
}

static weft_http_status list__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    page at = {0};
    weft_bind_query(&bind__, page__decode_query, &at);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(list(&at));
}

static weft_http_status find__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    filter by = {0};
    weft_bind_query(&bind__, filter__decode_query, &by);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(find(&by));
}

static weft_http_status keep__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    page at = {0};
    weft_bind_query(&bind__, page__decode_query, &at);
    filter by = {0};
    weft_bind_json(&bind__, filter__decode_json, &by);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(keep(&by, &at));
}

static weft_http_status sign__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    login form = {0};
    weft_bind_form(&bind__, login__decode_query, &form);
    const weft_problem *refused;
    if (!weft_binding_explain(&bind__, &refused))
        return bind__.status;

    return weft_answer_status(sign(&form, refused));
}

static weft_http_status erase__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_optional_point from = {0};
    from.present = weft_bind_has_json(&bind__);
    if (from.present)
        weft_bind_json(&bind__, point__decode_json, &from.value__);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(erase(&from));
}
