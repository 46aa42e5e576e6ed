/* Written by weftgen from nested.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn find_member__call;
static weft_call_fn get_member__call;
static weft_call_fn lost__call;
static weft_call_fn health__call;

#include "nested.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- member ---- */

static void member__encode_json(weft_buffer *to__, const void *from__)
{
    const member *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 54);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"org\":", 7);
    at__ = weft_json_put_i64(at__, in__->org);
    at__ = weft_json_put(at__, ",\"id\":", 6);
    at__ = weft_json_put_i64(at__, in__->id);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- handlers ---- */

static weft_http_status find_member__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t org = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "org", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/org"), &org));
    weft_optional_int32_t id = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "id", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_i32(text__, violations__, "query", WEFT_STR("/id"), &id.value__)) {
        id.present = true;
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    member out = {0};
    weft_http_status status__ = find_member(org, id, &out);
    return weft_answer_json(res__, status__, member__encode_json, &out);
}

static weft_http_status get_member__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t org = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "org", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/org"), &org));
    int32_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    member out = {0};
    weft_http_status status__ = get_member(org, id, &out);
    return weft_answer_json(res__, status__, member__encode_json, &out);
}

static weft_http_status lost__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t org = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "org", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/org"), &org));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(lost(req__, org));
}

static weft_http_status health__call(weft_request *req__, weft_response *res__)
{
    (void)req__;
    (void)res__;
    return weft_answer_status(health());
}
