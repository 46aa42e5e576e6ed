/* Written by weftgen from sources.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn show_theme__call;
static weft_call_fn keep_text__call;
static weft_call_fn keep_bytes__call;

#include "sources.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- handlers ---- */

static weft_http_status show_theme__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_str theme = {0};
    (void)(weft_bind_text(&bind__, WEFT_IN_COOKIE, "theme", WEFT_REQUIRED, &theme));
    weft_optional_str session = {0};
    if (weft_bind_text(&bind__, WEFT_IN_COOKIE, "__Host-sid", WEFT_OPTIONALLY, &session.value__)) {
        session.present = true;
    }
    int32_t visits = 0;
    if (weft_bind_text(&bind__, WEFT_IN_COOKIE, "visits", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_i32(text__, violations__, "cookie", WEFT_STR("/visits"), &visits)) {
        if (!weft_within_i64(visits, 0, 1000))
            weft_violations_add_range_i64(violations__, "cookie", WEFT_STR("/visits"),
                visits, 0, 1000);
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(show_theme(theme, session, visits, res__));
}

static weft_http_status keep_text__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int64_t id = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i64(text__, violations__, "path", WEFT_STR("/id"), &id));
    weft_str text = {0};
    weft_bind_body_text(&bind__, &text);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(keep_text(id, text));
}

static weft_http_status keep_bytes__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_bytes image = {0};
    weft_bind_body_bytes(&bind__, &image);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(keep_bytes(image));
}
