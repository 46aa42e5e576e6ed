/* Written by weftgen from answers.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn one__call;
static weft_call_fn many__call;
static weft_call_fn echo__call;
static weft_call_fn raw__call;

#include "answers.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- thing ---- */

static const weft_str thing__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("name"),
};
static const weft_members thing__members = {
    .keys = thing__keys, .count = 2, .required = {0x3}};

static size_t thing__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "name", 4) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t thing__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = thing__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool thing__decode_json(weft_json_reader *reader__, void *into__)
{
    thing *out__ = into__;
    *out__ = (thing){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &thing__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (thing__member(reader__, &object__)) {
        case 0:
            weft_json_read_i32(reader__, &out__->id);
            if (!weft_json_follows(reader__, &object__, 1, ",\"name\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_str(reader__, &out__->name);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void thing__encode_json(weft_buffer *to__, const void *from__)
{
    const thing *in__ = from__;
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

/* ---- weft_array_thing ---- */

static void weft_array_thing__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_thing *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        thing__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- handlers ---- */

static weft_http_status one__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    thing out = {0};
    weft_http_status status__ = one(weft_request_state(req__), id, &out);
    return weft_answer_json(res__, status__, thing__encode_json, &out);
}

static weft_http_status many__call(weft_request *req__, weft_response *res__)
{
    weft_array_thing out = {0};
    weft_http_status status__ = many(weft_request_arena(req__), &out);
    return weft_answer_json(res__, status__, weft_array_thing__encode_json, &out);
}

static weft_http_status echo__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    thing in = {0};
    weft_bind_json(&bind__, thing__decode_json, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    thing out = {0};
    weft_http_status status__ = echo(&in, &out, weft_request_state(req__), req__, res__,
        weft_request_arena(req__));
    return weft_answer_json(res__, status__, thing__encode_json, &out);
}

static weft_http_status raw__call(weft_request *req__, weft_response *res__)
{
    return weft_answer_status(raw(req__, res__));
}
