/* Written by weftgen from query.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn search__call;
static weft_call_fn fetch__call;

#include "query.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- order ---- */

static const char order__allowed[] =
    "\"asc\" or \"desc\"";

static bool order__find(weft_str text__, order *out__)
{
    switch (text__.len) {
    case 3:
        if (memcmp(text__.at, "asc", 3) == 0) {
            *out__ = ORDER_ASCENDING;
            return true;
        }
        break;
    case 4:
        if (memcmp(text__.at, "desc", 4) == 0) {
            *out__ = ORDER_DESCENDING;
            return true;
        }
        break;
    default: break;
    }
    return false;
}

static bool order__read_text(weft_str text__, weft_violations *violations__,
                            const char *in__, weft_str pointer__, order *out__)
{
    bool good__ = order__find(text__, out__);
    if (!good__)
        weft_violations_add(violations__, in__, pointer__, "enum", "must be %s",
                            order__allowed);
    return good__;
}

/* ---- handlers ---- */

static weft_http_status search__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_str text = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "text", WEFT_REQUIRED, &text)) {
        if (!weft_length_within(text, 2, 100))
            weft_violations_add_length(violations__, "query", WEFT_STR("/text"),
                WEFT_CHARACTERS, weft_utf8_length(text), 2, 100);
    }
    int32_t limit = 20;
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "limit", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_i32(text__, violations__, "query", WEFT_STR("/limit"), &limit)) {
        if (!weft_within_i64(limit, 1, 100))
            weft_violations_add_range_i64(violations__, "query", WEFT_STR("/limit"),
                limit, 1, 100);
    }
    weft_optional_int64_t after = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "after", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_i64(text__, violations__, "query", WEFT_STR("/after"), &after.value__)) {
        after.present = true;
        if (!weft_within_i64(after.value__, 0, INT64_MAX))
            weft_violations_add_range_i64(violations__, "query", WEFT_STR("/after"),
                after.value__, 0, INT64_MAX);
    }
    weft_optional_str tag = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "tag", WEFT_OPTIONALLY, &tag.value__)) {
        tag.present = true;
        if (!weft_length_within(tag.value__, 1, 20))
            weft_violations_add_length(violations__, "query", WEFT_STR("/tag"),
                WEFT_CHARACTERS, weft_utf8_length(tag.value__), 1, 20);
    }
    order by = ORDER_ASCENDING;
    (void)(weft_bind_text(&bind__, WEFT_IN_QUERY, "by", WEFT_OPTIONALLY, &text__) &&
        order__read_text(text__, violations__, "query", WEFT_STR("/by"), &by));
    weft_optional_order then = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "then", WEFT_OPTIONALLY, &text__) &&
        order__read_text(text__, violations__, "query", WEFT_STR("/then"), &then.value__)) {
        then.present = true;
    }
    bool exact = false;
    (void)(weft_bind_text(&bind__, WEFT_IN_QUERY, "exact", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_bool(text__, violations__, "query", WEFT_STR("/exact"), &exact));
    double radius = 1.5;
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "radius", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_double(text__, violations__, "query", WEFT_STR("/radius"), &radius)) {
        if (!weft_within_double(radius, 0.5, 1e3))
            weft_violations_add_range_double(violations__, "query", WEFT_STR("/radius"),
                radius, 0.5, 1e3);
    }
    weft_str lang = WEFT_STR("en");
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "hl", WEFT_OPTIONALLY, &lang)) {
        {
            static weft_pattern_once pattern__ = {.expression = "[a-z]{2}"};
            if (!weft_pattern_once_matches(&pattern__, lang))
                weft_violations_add_pattern(violations__, "query", WEFT_STR("/hl"),
                    pattern__.expression);
        }
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(search(text, limit, after, tag, by, then, exact, radius, lang));
}

static weft_http_status fetch__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_str token = {0};
    if (weft_bind_text(&bind__, WEFT_IN_HEADER, "x-token", WEFT_REQUIRED, &token)) {
        if (!weft_length_within(token, 16, 64))
            weft_violations_add_length(violations__, "header", WEFT_STR("/x-token"),
                WEFT_CHARACTERS, weft_utf8_length(token), 16, 64);
    }
    weft_optional_int32_t depth = {0};
    if (weft_bind_text(&bind__, WEFT_IN_HEADER, "x-depth", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_i32(text__, violations__, "header", WEFT_STR("/x-depth"), &depth.value__)) {
        depth.present = true;
    }
    weft_str mail = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "mail", WEFT_REQUIRED, &mail)) {
        if (!weft_is_email(mail))
            weft_violations_add_email(violations__, "query", WEFT_STR("/mail"));
    }
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(fetch(token, depth, mail));
}
