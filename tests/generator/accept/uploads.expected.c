/* Written by weftgen from uploads.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn add_album__call;
static weft_call_fn add_scans__call;
static weft_call_fn list__call;
static weft_call_fn close_shelf__call;

#include "uploads.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- medium ---- */

static const char medium__allowed[] =
    "\"vinyl\" or \"tape\"";

static bool medium__find(weft_str text__, medium *out__)
{
    switch (text__.len) {
    case 4:
        if (memcmp(text__.at, "tape", 4) == 0) {
            *out__ = MEDIUM_TAPE;
            return true;
        }
        break;
    case 5:
        if (memcmp(text__.at, "vinyl", 5) == 0) {
            *out__ = MEDIUM_VINYL;
            return true;
        }
        break;
    default: break;
    }
    return false;
}

static bool medium__read_text(weft_str text__, weft_violations *violations__,
                            const char *in__, weft_str pointer__, medium *out__)
{
    bool good__ = medium__find(text__, out__);
    if (!good__)
        weft_violations_add(violations__, in__, pointer__, "enum", "must be %s",
                            medium__allowed);
    return good__;
}

/* ---- album ---- */

static const weft_str album__keys[] = {
    WEFT_STR("title"),
    WEFT_STR("year"),
    WEFT_STR("on"),
    WEFT_STR("listed"),
    WEFT_STR("tags"),
    WEFT_STR("cover-image"),
    WEFT_STR("booklet"),
    WEFT_STR("tracks"),
};
static const weft_str album__names[] = {
    WEFT_STR("title"),
    WEFT_STR("year"),
    WEFT_STR("on"),
    WEFT_STR("listed"),
    WEFT_STR("tags"),
    WEFT_STR("cover"),
    WEFT_STR("booklet"),
    WEFT_STR("tracks"),
};
static const weft_members album__members = {
    .keys = album__keys, .names = album__names, .count = 8, .required = {0xb5}, .repeats = {0x90}};

static size_t album__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "on", 2) == 0)
            return 2;
        break;
    case 4:
        if (memcmp(key__.at, "year", 4) == 0)
            return 1;
        if (memcmp(key__.at, "tags", 4) == 0)
            return 4;
        break;
    case 5:
        if (memcmp(key__.at, "title", 5) == 0)
            return 0;
        break;
    case 6:
        if (memcmp(key__.at, "listed", 6) == 0)
            return 3;
        if (memcmp(key__.at, "tracks", 6) == 0)
            return 7;
        break;
    case 7:
        if (memcmp(key__.at, "booklet", 7) == 0)
            return 6;
        break;
    case 11:
        if (memcmp(key__.at, "cover-image", 11) == 0)
            return 5;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static void album__decode_multipart(weft_parts *parts__, void *into__)
{
    album *out__ = into__;
    *out__ = (album){
        .listed = true};
    weft_violations *violations__ = parts__->pairs.violations;
    while (weft_parts_next(parts__, &album__members)) {
        switch (weft_pairs_member(&parts__->pairs, album__find(parts__->pairs.name))) {
        case 0:
            if (weft_parts_text(parts__) &&
                weft_read_text_str(parts__->pairs.value, violations__, "body", WEFT_STR("/title"), &out__->title)) {
                if (!weft_length_within(out__->title, 1, 80))
                    weft_violations_add_length(violations__, "body", WEFT_STR("/title"),
                        WEFT_CHARACTERS, weft_utf8_length(out__->title), 1, 80);
            }
            break;
        case 1:
            if (weft_parts_text(parts__) &&
                weft_read_text_i32(parts__->pairs.value, violations__, "body", WEFT_STR("/year"), &out__->year.value__)) {
                out__->year.present = true;
                if (!weft_within_i64(out__->year.value__, 1890, 2100))
                    weft_violations_add_range_i64(violations__, "body", WEFT_STR("/year"),
                        out__->year.value__, 1890, 2100);
            }
            break;
        case 2:
            (void)(weft_parts_text(parts__) &&
                medium__read_text(parts__->pairs.value, violations__, "body", WEFT_STR("/on"), &out__->on));
            break;
        case 3:
            (void)(weft_parts_text(parts__) &&
                weft_read_text_bool(parts__->pairs.value, violations__, "body", WEFT_STR("/listed"), &out__->listed));
            break;
        case 4: {
            weft_str *items__ = weft_pairs_grow(&parts__->pairs, out__->tags.at, out__->tags.len,
                sizeof *items__, _Alignof(weft_str));
            if (items__ == NULL)
                break;
            out__->tags.at = items__;
            (void)(weft_parts_text(parts__) &&
                weft_read_text_str(parts__->pairs.value, violations__, "body", WEFT_STR("/tags"), &items__[out__->tags.len++]));
            break;
        }
        case 5:
            if (weft_parts_upload(parts__, &out__->cover)) {
                if (!weft_within_u64(out__->cover.size, 1, 1 << 20))
                    weft_violations_add_length(violations__, "body", WEFT_STR("/cover-image"),
                        WEFT_OCTETS, out__->cover.size, 1, 1 << 20);
            }
            break;
        case 6:
            if (weft_parts_upload(parts__, &out__->booklet.value__)) {
                out__->booklet.present = true;
            }
            break;
        case 7: {
            weft_upload *items__ = weft_pairs_grow(&parts__->pairs, out__->tracks.at, out__->tracks.len,
                sizeof *items__, _Alignof(weft_upload));
            if (items__ == NULL)
                break;
            out__->tracks.at = items__;
            (void)(weft_parts_upload(parts__, &items__[out__->tracks.len++]));
            break;
        }
        default: break;
        }
    }
    if (!weft_within_u64(out__->tags.len, 0, 3))
        weft_violations_add_length(violations__, "body", WEFT_STR("/tags"),
            WEFT_ITEMS, out__->tags.len, 0, 3);
    if (!weft_within_u64(out__->tracks.len, 1, 20))
        weft_violations_add_length(violations__, "body", WEFT_STR("/tracks"),
            WEFT_ITEMS, out__->tracks.len, 1, 20);
}

/* ---- shelf ---- */

static void shelf__encode_json(weft_buffer *to__, const void *from__)
{
    const shelf *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 59);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"bytes\":", 9);
    at__ = weft_json_put_i64(at__, in__->bytes);
    at__ = weft_json_put(at__, ",\"count\":", 9);
    at__ = weft_json_put_i64(at__, in__->count);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- scans ---- */

static const weft_str scans__keys[] = {
    WEFT_STR("page"),
    WEFT_STR("index"),
};
static const weft_members scans__members = {
    .keys = scans__keys, .count = 2, .required = {0x1}, .repeats = {0x1}};

static size_t scans__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "page", 4) == 0)
            return 0;
        break;
    case 5:
        if (memcmp(key__.at, "index", 5) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static void scans__decode_multipart(weft_parts *parts__, void *into__)
{
    scans *out__ = into__;
    *out__ = (scans){0};
    weft_violations *violations__ = parts__->pairs.violations;
    while (weft_parts_next(parts__, &scans__members)) {
        switch (weft_pairs_member(&parts__->pairs, scans__find(parts__->pairs.name))) {
        case 0: {
            weft_upload *items__ = weft_pairs_grow(&parts__->pairs, out__->page.at, out__->page.len,
                sizeof *items__, _Alignof(weft_upload));
            if (items__ == NULL)
                break;
            out__->page.at = items__;
            (void)(weft_parts_upload(parts__, &items__[out__->page.len++]));
            break;
        }
        case 1:
            if (weft_parts_upload(parts__, &out__->index.value__)) {
                out__->index.present = true;
                if (!weft_within_u64(out__->index.value__.size, 1, 4096))
                    weft_violations_add_length(violations__, "body", WEFT_STR("/index"),
                        WEFT_OCTETS, out__->index.value__.size, 1, 4096);
            }
            break;
        case WEFT_MEMBER_UNKNOWN: weft_pairs_refuse_unknown(&parts__->pairs); break;
        default: break;
        }
    }
}

/* ---- handlers ---- */

static weft_http_status add_album__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    album in = {0};
    weft_bind_names(&bind__, &album__members);
    weft_bind_multipart(&bind__, album__decode_multipart, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    shelf out = {0};
    weft_http_status status__ = add_album(&in, &out);
    return weft_answer_json(res__, status__, shelf__encode_json, &out);
}

static weft_http_status add_scans__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    const session *who = weft_bind_attached(&bind__, "session");
    scans in = {0};
    weft_bind_multipart(&bind__, scans__decode_multipart, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    shelf out = {0};
    weft_http_status status__ = add_scans(who, &in, &out);
    return weft_answer_json(res__, status__, shelf__encode_json, &out);
}

static weft_http_status list__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_array_int64_t id = {0};
    {
        weft_array_weft_str texts__;
        id.at = weft_bind_texts(&bind__, WEFT_IN_QUERY, "id", &texts__,
            sizeof *id.at, _Alignof(int64_t));
        for (size_t i__ = 0; i__ < texts__.len; i__++)
            (void)weft_read_text_i64(texts__.at[i__], violations__, "query", WEFT_STR("/id"), &id.at[id.len++]);
        if (!weft_within_u64(id.len, 0, 100))
            weft_violations_add_length(violations__, "query", WEFT_STR("/id"),
                WEFT_ITEMS, id.len, 0, 100);
    }
    weft_array_medium on = {0};
    {
        weft_array_weft_str texts__;
        on.at = weft_bind_texts(&bind__, WEFT_IN_QUERY, "on", &texts__,
            sizeof *on.at, _Alignof(medium));
        for (size_t i__ = 0; i__ < texts__.len; i__++)
            (void)medium__read_text(texts__.at[i__], violations__, "query", WEFT_STR("/on"), &on.at[on.len++]);
    }
    weft_array_str via = {0};
    {
        weft_array_weft_str texts__;
        via.at = weft_bind_texts(&bind__, WEFT_IN_HEADER, "x-forwarded-for", &texts__,
            sizeof *via.at, _Alignof(weft_str));
        for (size_t i__ = 0; i__ < texts__.len; i__++)
            (void)weft_read_text_str(texts__.at[i__], violations__, "header", WEFT_STR("/x-forwarded-for"), &via.at[via.len++]);
    }
    const session *who = weft_bind_attached(&bind__, "session");
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    shelf out = {0};
    weft_http_status status__ = list(id, on, via, who, &out);
    return weft_answer_json(res__, status__, shelf__encode_json, &out);
}

static weft_http_status close_shelf__call(weft_request *req__, weft_response *res__)
{
    (void)res__;
    weft_binding bind__ = weft_binding_start(req__);
    const session *who = weft_bind_attached(&bind__, "session");
    weft_optional_album in = {0};
    weft_bind_names(&bind__, &album__members);
    in.present = weft_bind_has_body(&bind__);
    if (in.present)
        weft_bind_multipart(&bind__, album__decode_multipart, &in.value__);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    return weft_answer_status(close_shelf(&in, who));
}
