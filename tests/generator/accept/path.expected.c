/* Written by weftgen from path.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn numbers__call;
static weft_call_fn naturals__call;
static weft_call_fn others__call;
static weft_call_fn file__call;
static weft_call_fn item__call;

#include "path.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- unit ---- */

static const char unit__allowed[] =
    "\"metre\" or \"foot\"";

static bool unit__find(weft_str text__, unit *out__)
{
    switch (text__.len) {
    case 4:
        if (memcmp(text__.at, "foot", 4) == 0) {
            *out__ = UNIT_FOOT;
            return true;
        }
        break;
    case 5:
        if (memcmp(text__.at, "metre", 5) == 0) {
            *out__ = UNIT_METRE;
            return true;
        }
        break;
    default: break;
    }
    return false;
}

static bool unit__read_text(weft_str text__, weft_violations *violations__,
                            const char *in__, weft_str pointer__, unit *out__)
{
    bool good__ = unit__find(text__, out__);
    if (!good__)
        weft_violations_add(violations__, in__, pointer__, "enum", "must be %s",
                            unit__allowed);
    return good__;
}

/* ---- handlers ---- */

static weft_http_status numbers__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int8_t a = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "a", WEFT_REQUIRED, &text__) &&
        weft_read_text_i8(text__, violations__, "path", WEFT_STR("/a"), &a));
    int16_t b = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "b", WEFT_REQUIRED, &text__) &&
        weft_read_text_i16(text__, violations__, "path", WEFT_STR("/b"), &b));
    int32_t c = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "c", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/c"), &c));
    int64_t d = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "d", WEFT_REQUIRED, &text__) &&
        weft_read_text_i64(text__, violations__, "path", WEFT_STR("/d"), &d));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(numbers(a, b, c, d, res__));
}

static weft_http_status naturals__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    uint8_t a = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "a", WEFT_REQUIRED, &text__) &&
        weft_read_text_u8(text__, violations__, "path", WEFT_STR("/a"), &a));
    uint16_t b = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "b", WEFT_REQUIRED, &text__) &&
        weft_read_text_u16(text__, violations__, "path", WEFT_STR("/b"), &b));
    uint32_t c = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "c", WEFT_REQUIRED, &text__) &&
        weft_read_text_u32(text__, violations__, "path", WEFT_STR("/c"), &c));
    uint64_t d = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "d", WEFT_REQUIRED, &text__) &&
        weft_read_text_u64(text__, violations__, "path", WEFT_STR("/d"), &d));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(naturals(a, b, c, d, res__));
}

static weft_http_status others__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    bool a = false;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "a", WEFT_REQUIRED, &text__) &&
        weft_read_text_bool(text__, violations__, "path", WEFT_STR("/a"), &a));
    float b = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "b", WEFT_REQUIRED, &text__) &&
        weft_read_text_float(text__, violations__, "path", WEFT_STR("/b"), &b));
    double c = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "c", WEFT_REQUIRED, &text__) &&
        weft_read_text_double(text__, violations__, "path", WEFT_STR("/c"), &c));
    unit d = 0;
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "d", WEFT_REQUIRED, &text__) &&
        unit__read_text(text__, violations__, "path", WEFT_STR("/d"), &d));
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(others(a, b, c, d, res__));
}

static weft_http_status file__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str rest = {0};
    if (weft_bind_text(&bind__, WEFT_IN_PATH, "rest", WEFT_REQUIRED, &rest)) {
        if (!weft_length_within(rest, 1, 200))
            weft_violations_add_length(violations__, "path", WEFT_STR("/rest"),
                WEFT_CHARACTERS, weft_utf8_length(rest), 1, 200);
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(file(rest, res__));
}

static weft_http_status item__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    int32_t id = 0;
    if (weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_i32(text__, violations__, "path", WEFT_STR("/id"), &id)) {
        if (!weft_within_i64(id, 1, INT32_MAX))
            weft_violations_add_range_i64(violations__, "path", WEFT_STR("/id"),
                id, 1, INT32_MAX);
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(item(id, res__));
}
