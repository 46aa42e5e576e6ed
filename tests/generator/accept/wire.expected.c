/* Written by weftgen from wire.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn put_event__call;
static weft_call_fn patch_event__call;
static weft_call_fn find_events__call;

#include "wire.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- shape_kind ---- */

static const char shape_kind__allowed[] =
    "\"none\", \"circle\" or \"text\"";

static bool shape_kind__find(weft_str text__, shape_kind *out__)
{
    switch (text__.len) {
    case 4:
        if (memcmp(text__.at, "none", 4) == 0) {
            *out__ = SHAPE_NONE;
            return true;
        }
        if (memcmp(text__.at, "text", 4) == 0) {
            *out__ = SHAPE_LABEL;
            return true;
        }
        break;
    case 6:
        if (memcmp(text__.at, "circle", 6) == 0) {
            *out__ = SHAPE_CIRCLE;
            return true;
        }
        break;
    default: break;
    }
    return false;
}

static bool shape_kind__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_str text__;
    if (!weft_json_read_str(reader__, &text__))
        return false;
    if (shape_kind__find(text__, into__))
        return true;
    weft_json_not_allowed(reader__, shape_kind__allowed);
    return false;
}

static bool shape_kind__read_text(weft_str text__, weft_violations *violations__,
                            const char *in__, weft_str pointer__, shape_kind *out__)
{
    bool good__ = shape_kind__find(text__, out__);
    if (!good__)
        weft_violations_add(violations__, in__, pointer__, "enum", "must be %s",
                            shape_kind__allowed);
    return good__;
}

static char *shape_kind__put_json(char *at__, shape_kind value__)
{
    switch (value__) {
    case SHAPE_NONE: return weft_json_put(at__, "\"none\"", 6);
    case SHAPE_CIRCLE: return weft_json_put(at__, "\"circle\"", 8);
    case SHAPE_LABEL: return weft_json_put(at__, "\"text\"", 6);
    }
    return weft_json_put(at__, "null", 4);
}

/* ---- shape ---- */

static const weft_str shape__none__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("kind"),
};
static const weft_members shape__none__members = {
    .keys = shape__none__keys, .count = 2, .required = {0x3}};

static size_t shape__none__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "kind", 4) == 0)
            return 1;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t shape__none__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = shape__none__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool shape__none__decode_json(weft_json_reader *reader__, void *into__)
{
    shape *out__ = into__;
    *out__ = (shape){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &shape__none__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (shape__none__member(reader__, &object__)) {
        case 0:
            weft_json_read_uuid(reader__, &out__->id);
            if (!weft_json_follows(reader__, &object__, 1, ",\"kind\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            shape_kind__decode_json(reader__, &out__->kind);
            break;
        case WEFT_MEMBER_UNKNOWN:
            weft_json_refuse_unknown(reader__, &object__);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void shape__none__encode_json(weft_buffer *to__, const void *from__)
{
    const shape *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 91);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_uuid(at__, in__->id);
    at__ = weft_json_put(at__, ",\"kind\":", 8);
    at__ = shape_kind__put_json(at__, in__->kind);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

static const weft_str shape__circle__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("kind"),
    WEFT_STR("radius"),
};
static const weft_members shape__circle__members = {
    .keys = shape__circle__keys, .count = 3, .required = {0x7}};

static size_t shape__circle__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "kind", 4) == 0)
            return 1;
        break;
    case 6:
        if (memcmp(key__.at, "radius", 6) == 0)
            return 2;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t shape__circle__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = shape__circle__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool shape__circle__decode_json(weft_json_reader *reader__, void *into__)
{
    shape *out__ = into__;
    *out__ = (shape){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &shape__circle__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (shape__circle__member(reader__, &object__)) {
        case 0:
            weft_json_read_uuid(reader__, &out__->id);
            if (!weft_json_follows(reader__, &object__, 1, ",\"kind\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            shape_kind__decode_json(reader__, &out__->kind);
            if (!weft_json_follows(reader__, &object__, 2, ",\"radius\":", 10))
                break;
            __attribute__((fallthrough));
        case 2:
            if (weft_json_read_double(reader__, &out__->circle.radius)) {
                if (!weft_within_double(out__->circle.radius, 0, 100))
                    weft_violations_add_range_double(violations__, "body", weft_json_pointer(reader__),
                        out__->circle.radius, 0, 100);
            }
            break;
        case WEFT_MEMBER_UNKNOWN:
            weft_json_refuse_unknown(reader__, &object__);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void shape__circle__encode_json(weft_buffer *to__, const void *from__)
{
    const shape *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 126);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_uuid(at__, in__->id);
    at__ = weft_json_put(at__, ",\"kind\":", 8);
    at__ = shape_kind__put_json(at__, in__->kind);
    at__ = weft_json_put(at__, ",\"radius\":", 10);
    at__ = weft_json_put_double(at__, in__->circle.radius);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

static const weft_str shape__label__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("kind"),
    WEFT_STR("words"),
    WEFT_STR("size"),
};
static const weft_members shape__label__members = {
    .keys = shape__label__keys, .count = 4, .required = {0x7}};

static size_t shape__label__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "kind", 4) == 0)
            return 1;
        if (memcmp(key__.at, "size", 4) == 0)
            return 3;
        break;
    case 5:
        if (memcmp(key__.at, "words", 5) == 0)
            return 2;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t shape__label__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = shape__label__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool shape__label__decode_json(weft_json_reader *reader__, void *into__)
{
    shape *out__ = into__;
    *out__ = (shape){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &shape__label__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (shape__label__member(reader__, &object__)) {
        case 0:
            weft_json_read_uuid(reader__, &out__->id);
            if (!weft_json_follows(reader__, &object__, 1, ",\"kind\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            shape_kind__decode_json(reader__, &out__->kind);
            if (!weft_json_follows(reader__, &object__, 2, ",\"words\":", 9))
                break;
            __attribute__((fallthrough));
        case 2:
            if (weft_json_read_str(reader__, &out__->label.words)) {
                if (!weft_length_within(out__->label.words, 1, 20))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_CHARACTERS, weft_utf8_length(out__->label.words), 1, 20);
            }
            if (!weft_json_follows(reader__, &object__, 3, ",\"size\":", 8))
                break;
            __attribute__((fallthrough));
        case 3:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_decimal(reader__, &out__->label.size.value__)) {
                out__->label.size.present = true;
            }
            break;
        case WEFT_MEMBER_UNKNOWN:
            weft_json_refuse_unknown(reader__, &object__);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void shape__label__encode_json(weft_buffer *to__, const void *from__)
{
    const shape *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 99);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_uuid(at__, in__->id);
    at__ = weft_json_put(at__, ",\"kind\":", 8);
    at__ = shape_kind__put_json(at__, in__->kind);
    at__ = weft_json_put(at__, ",\"words\":", 9);
    at__ = weft_json_put_str(to__, at__, in__->label.words, 9);
    if (at__ == NULL)
        return;
    if (in__->label.size.present) {
        at__ = weft_json_put(at__, ",\"size\":", 8);
        at__ = weft_json_put_decimal(to__, at__, in__->label.size.value__, 1);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

static const weft_str shape__tag_keys[] = {WEFT_STR("kind")};
static const weft_members shape__tag = {
    .keys = shape__tag_keys, .count = 1, .required = {0x1}};

static bool shape__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_str text__;
    shape_kind item__;
    *(shape *)into__ = (shape){0};
    if (!weft_json_find_tag(reader__, &shape__tag, &text__))
        return false;
    if (!shape_kind__find(text__, &item__)) {
        weft_json_refuse_tag(reader__, &shape__tag, shape_kind__allowed);
        return false;
    }
    switch (item__) {
    case SHAPE_NONE: return shape__none__decode_json(reader__, into__);
    case SHAPE_CIRCLE: return shape__circle__decode_json(reader__, into__);
    case SHAPE_LABEL: return shape__label__decode_json(reader__, into__);
    }
    return false;
}

static void shape__encode_json(weft_buffer *to__, const void *from__)
{
    const shape *in__ = from__;
    switch (in__->kind) {
    case SHAPE_NONE: shape__none__encode_json(to__, from__); return;
    case SHAPE_CIRCLE: shape__circle__encode_json(to__, from__); return;
    case SHAPE_LABEL: shape__label__encode_json(to__, from__); return;
    }
    weft_buffer_append(to__, "null", 4);
}

/* ---- weft_array_shape ---- */

static bool weft_array_shape__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_shape *out__ = into__;
    *out__ = (weft_array_shape){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    shape *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(shape))) != NULL)
        shape__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_shape__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_shape *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        shape__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_int32_t ---- */

static bool weft_array_int32_t__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_int32_t *out__ = into__;
    *out__ = (weft_array_int32_t){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    int32_t *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(int32_t))) != NULL)
        weft_json_read_i32(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_int32_t__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_int32_t *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        char *at__ = weft_buffer_reserve(to__, 20);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, weft_json_put_i64(at__, in__->at[i__]));
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_line ---- */

static bool weft_array_line__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_line *out__ = into__;
    *out__ = (weft_array_line){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    weft_array_int32_t *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(weft_array_int32_t))) != NULL)
        weft_array_int32_t__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_line__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_line *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        weft_array_int32_t__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_map_line ---- */

static bool weft_map_line__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_map_line *out__ = into__;
    *out__ = (weft_map_line){0};
    weft_json_array items__;
    if (!weft_json_map_begin(reader__, &items__))
        return false;
    __typeof__(out__->at) entry__;
    while ((entry__ = weft_json_map_next(reader__, &items__, sizeof *entry__,
                _Alignof(__typeof__(*entry__)))) != NULL)
        weft_array_int32_t__decode_json(reader__, &entry__->value);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_map_end(reader__, &items__, sizeof *entry__);
}

static void weft_map_line__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_map_line *in__ = from__;
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        weft_json_append_key(to__, i__ == 0 ? '{' : ',', in__->at[i__].key);
        weft_array_int32_t__encode_json(to__, &in__->at[i__].value);
    }
    weft_buffer_append(to__, in__->len == 0 ? "{}" : "}", in__->len == 0 ? 2 : 1);
}

/* ---- weft_map_int32_t ---- */

static bool weft_map_int32_t__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_map_int32_t *out__ = into__;
    *out__ = (weft_map_int32_t){0};
    weft_json_array items__;
    if (!weft_json_map_begin(reader__, &items__))
        return false;
    __typeof__(out__->at) entry__;
    while ((entry__ = weft_json_map_next(reader__, &items__, sizeof *entry__,
                _Alignof(__typeof__(*entry__)))) != NULL)
        weft_json_read_i32(reader__, &entry__->value);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_map_end(reader__, &items__, sizeof *entry__);
}

static void weft_map_int32_t__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_map_int32_t *in__ = from__;
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        weft_json_append_key(to__, i__ == 0 ? '{' : ',', in__->at[i__].key);
        char *at__ = weft_buffer_reserve(to__, 20);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, weft_json_put_i64(at__, in__->at[i__].value));
    }
    weft_buffer_append(to__, in__->len == 0 ? "{}" : "}", in__->len == 0 ? 2 : 1);
}

/* ---- weft_optional_str ---- */

static bool weft_optional_str__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_optional_str *out__ = into__;
    *out__ = (weft_optional_str){0};
    if (weft_json_take_null(reader__))
        return true;
    out__->present = weft_json_read_str(reader__, &out__->value__);
    return out__->present;
}

static void weft_optional_str__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_optional_str *in__ = from__;
    if (!in__->present) {
        weft_buffer_append(to__, "null", 4);
    } else {
        weft_buffer_append_quoted(to__, in__->value__);
    }
}

/* ---- weft_array_maybe_str ---- */

static bool weft_array_maybe_str__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_maybe_str *out__ = into__;
    *out__ = (weft_array_maybe_str){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    weft_optional_str *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(weft_optional_str))) != NULL)
        weft_optional_str__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_maybe_str__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_maybe_str *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        weft_optional_str__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- event ---- */

static const weft_str event__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("from"),
    WEFT_STR("until"),
    WEFT_STR("price"),
    WEFT_STR("thumbnail"),
    WEFT_STR("token"),
    WEFT_STR("shapes"),
    WEFT_STR("grid"),
    WEFT_STR("named"),
    WEFT_STR("counts"),
    WEFT_STR("holes"),
    WEFT_STR("extra"),
};
static const weft_members event__members = {
    .keys = event__keys, .count = 12, .required = {0xfdb}};

static size_t event__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        break;
    case 4:
        if (memcmp(key__.at, "from", 4) == 0)
            return 1;
        if (memcmp(key__.at, "grid", 4) == 0)
            return 7;
        break;
    case 5:
        if (memcmp(key__.at, "until", 5) == 0)
            return 2;
        if (memcmp(key__.at, "price", 5) == 0)
            return 3;
        if (memcmp(key__.at, "token", 5) == 0)
            return 5;
        if (memcmp(key__.at, "named", 5) == 0)
            return 8;
        if (memcmp(key__.at, "holes", 5) == 0)
            return 10;
        if (memcmp(key__.at, "extra", 5) == 0)
            return 11;
        break;
    case 6:
        if (memcmp(key__.at, "shapes", 6) == 0)
            return 6;
        if (memcmp(key__.at, "counts", 6) == 0)
            return 9;
        break;
    case 9:
        if (memcmp(key__.at, "thumbnail", 9) == 0)
            return 4;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t event__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = event__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool event__decode_json(weft_json_reader *reader__, void *into__)
{
    event *out__ = into__;
    *out__ = (event){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_array rest__ = {.len = 0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &event__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (event__member(reader__, &object__)) {
        case 0:
            weft_json_read_uuid(reader__, &out__->id);
            if (!weft_json_follows(reader__, &object__, 1, ",\"from\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_timestamp(reader__, &out__->when.from);
            if (!weft_json_follows(reader__, &object__, 2, ",\"until\":", 9))
                break;
            __attribute__((fallthrough));
        case 2:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_date(reader__, &out__->when.until.value__)) {
                out__->when.until.present = true;
            }
            if (!weft_json_follows(reader__, &object__, 3, ",\"price\":", 9))
                break;
            __attribute__((fallthrough));
        case 3:
            if (weft_json_read_decimal(reader__, &out__->price)) {
                if (!weft_within_decimal(out__->price, WEFT_STR("0.01"), WEFT_STR("1000000")))
                    weft_violations_add_range_decimal(violations__, "body", weft_json_pointer(reader__),
                        out__->price, WEFT_STR("0.01"), WEFT_STR("1000000"));
            }
            if (!weft_json_follows(reader__, &object__, 4, ",\"thumbnail\":", 13))
                break;
            __attribute__((fallthrough));
        case 4:
            if (weft_json_read_bytes(reader__, &out__->thumbnail)) {
                if (!weft_within_u64(out__->thumbnail.len, 0, 1000))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_OCTETS, out__->thumbnail.len, 0, 1000);
            }
            if (!weft_json_follows(reader__, &object__, 5, ",\"token\":", 9))
                break;
            __attribute__((fallthrough));
        case 5:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_bytes_url(reader__, &out__->token.value__)) {
                out__->token.present = true;
            }
            if (!weft_json_follows(reader__, &object__, 6, ",\"shapes\":", 10))
                break;
            __attribute__((fallthrough));
        case 6:
            weft_array_shape__decode_json(reader__, &out__->shapes);
            if (!weft_json_follows(reader__, &object__, 7, ",\"grid\":", 8))
                break;
            __attribute__((fallthrough));
        case 7:
            if (weft_array_line__decode_json(reader__, &out__->grid)) {
                if (!weft_within_u64(out__->grid.len, 1, 3))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_ITEMS, out__->grid.len, 1, 3);
            }
            if (!weft_json_follows(reader__, &object__, 8, ",\"named\":", 9))
                break;
            __attribute__((fallthrough));
        case 8:
            weft_map_line__decode_json(reader__, &out__->named);
            if (!weft_json_follows(reader__, &object__, 9, ",\"counts\":", 10))
                break;
            __attribute__((fallthrough));
        case 9:
            if (weft_map_int32_t__decode_json(reader__, &out__->counts)) {
                if (!weft_within_u64(out__->counts.len, 0, 2))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_ITEMS, out__->counts.len, 0, 2);
            }
            if (!weft_json_follows(reader__, &object__, 10, ",\"holes\":", 9))
                break;
            __attribute__((fallthrough));
        case 10:
            weft_array_maybe_str__decode_json(reader__, &out__->holes);
            if (!weft_json_follows(reader__, &object__, 11, ",\"extra\":", 9))
                break;
            __attribute__((fallthrough));
        case 11:
            weft_json_read_raw(reader__, &out__->extra);
            break;
        case WEFT_MEMBER_UNKNOWN: {
            __typeof__(out__->rest.at) entry__ = weft_json_rest_next(
                reader__, &object__, &rest__, sizeof *entry__,
                _Alignof(__typeof__(*entry__)));
            if (entry__ != NULL)
                weft_json_read_raw(reader__, &entry__->value);
            break;
        }
        default: weft_json_skip(reader__); break;
        }
    }
    weft_json_rest_end(reader__, &object__, &rest__, sizeof *out__->rest.at);
    out__->rest.at = (void *)rest__.at;
    out__->rest.len = rest__.len;
    return weft_json_object_end(reader__, &object__);
}

static void event__encode_json(weft_buffer *to__, const void *from__)
{
    const event *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 114);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_uuid(at__, in__->id);
    at__ = weft_json_put(at__, ",\"from\":", 8);
    at__ = weft_json_put_timestamp(at__, in__->when.from);
    if (in__->when.until.present) {
        at__ = weft_json_put(at__, ",\"until\":", 9);
        at__ = weft_json_put_date(at__, in__->when.until.value__);
    }
    at__ = weft_json_put(at__, ",\"price\":", 9);
    at__ = weft_json_put_decimal(to__, at__, in__->price, 13);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"thumbnail\":", 13);
    at__ = weft_json_put_bytes(to__, at__, in__->thumbnail, 19);
    if (at__ == NULL)
        return;
    if (in__->token.present) {
        at__ = weft_json_put(at__, ",\"token\":", 9);
        at__ = weft_json_put_bytes_url(to__, at__, in__->token.value__, 10);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, ",\"shapes\":", 10);
    weft_json_commit(to__, at__);
    weft_array_shape__encode_json(to__, &in__->shapes);
    at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"grid\":", 8);
    weft_json_commit(to__, at__);
    weft_array_line__encode_json(to__, &in__->grid);
    at__ = weft_buffer_reserve(to__, 9);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"named\":", 9);
    weft_json_commit(to__, at__);
    weft_map_line__encode_json(to__, &in__->named);
    at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"counts\":", 10);
    weft_json_commit(to__, at__);
    weft_map_int32_t__encode_json(to__, &in__->counts);
    at__ = weft_buffer_reserve(to__, 9);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"holes\":", 9);
    weft_json_commit(to__, at__);
    weft_array_maybe_str__encode_json(to__, &in__->holes);
    at__ = weft_buffer_reserve(to__, 9);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"extra\":", 9);
    at__ = weft_json_put_raw(to__, at__, in__->extra, 0);
    if (at__ == NULL)
        return;
    weft_json_commit(to__, at__);
    for (size_t i__ = 0; i__ < in__->rest.len; i__++) {
        weft_json_append_key(to__, ',', in__->rest.at[i__].key);
        char *at__ = weft_buffer_reserve(to__, 1);
        if (at__ == NULL)
            return;
        (void)weft_json_put_raw(to__, at__, in__->rest.at[i__].value, 0);
    }
    at__ = weft_buffer_reserve(to__, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_optional_timestamp ---- */

static void weft_optional_timestamp__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_optional_timestamp *in__ = from__;
    if (!in__->present) {
        weft_buffer_append(to__, "null", 4);
    } else {
        char *at__ = weft_buffer_reserve(to__, 32);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, weft_json_put_timestamp(at__, in__->value__));
    }
}

/* ---- weft_optional_int32_t ---- */

static void weft_optional_int32_t__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_optional_int32_t *in__ = from__;
    if (!in__->present) {
        weft_buffer_append(to__, "null", 4);
    } else {
        char *at__ = weft_buffer_reserve(to__, 20);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, weft_json_put_i64(at__, in__->value__));
    }
}

/* ---- event_patch ---- */

static const weft_str event_patch__keys[] = {
    WEFT_STR("title"),
    WEFT_STR("at"),
    WEFT_STR("count"),
};
static const weft_members event_patch__members = {
    .keys = event_patch__keys, .count = 3, .required = {0x0}};

static size_t event_patch__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "at", 2) == 0)
            return 1;
        break;
    case 5:
        if (memcmp(key__.at, "title", 5) == 0)
            return 0;
        if (memcmp(key__.at, "count", 5) == 0)
            return 2;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t event_patch__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"title\":", 8))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = event_patch__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool event_patch__decode_json(weft_json_reader *reader__, void *into__)
{
    event_patch *out__ = into__;
    *out__ = (event_patch){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &event_patch__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (event_patch__member(reader__, &object__)) {
        case 0:
            out__->title.given = true;
            if (!weft_json_take_null(reader__) &&
                weft_json_read_str(reader__, &out__->title.to.value__)) {
                out__->title.to.present = true;
                if (!weft_length_within(out__->title.to.value__, 1, 10))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_CHARACTERS, weft_utf8_length(out__->title.to.value__), 1, 10);
            }
            if (!weft_json_follows(reader__, &object__, 1, ",\"at\":", 6))
                break;
            __attribute__((fallthrough));
        case 1:
            out__->at.given = true;
            if (!weft_json_take_null(reader__) &&
                weft_json_read_timestamp(reader__, &out__->at.to.value__)) {
                out__->at.to.present = true;
            }
            if (!weft_json_follows(reader__, &object__, 2, ",\"count\":", 9))
                break;
            __attribute__((fallthrough));
        case 2:
            out__->count.given = true;
            if (!weft_json_take_null(reader__) &&
                weft_json_read_i32(reader__, &out__->count.to.value__)) {
                out__->count.to.present = true;
                if (!weft_within_i64(out__->count.to.value__, 0, 5))
                    weft_violations_add_range_i64(violations__, "body", weft_json_pointer(reader__),
                        out__->count.to.value__, 0, 5);
            }
            break;
        case WEFT_MEMBER_UNKNOWN:
            weft_json_refuse_unknown(reader__, &object__);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void event_patch__encode_json(weft_buffer *to__, const void *from__)
{
    const event_patch *in__ = from__;
    char open__ = '{';
    char *at__ = weft_buffer_reserve(to__, 26);
    if (at__ == NULL)
        return;
    if (in__->title.given) {
        *at__++ = open__;
        open__ = ',';
        at__ = weft_json_put(at__, "\"title\":", 8);
        weft_json_commit(to__, at__);
        weft_optional_str__encode_json(to__, &in__->title.to);
        at__ = weft_buffer_reserve(to__, 17);
        if (at__ == NULL)
            return;
    }
    if (in__->at.given) {
        *at__++ = open__;
        open__ = ',';
        at__ = weft_json_put(at__, "\"at\":", 5);
        weft_json_commit(to__, at__);
        weft_optional_timestamp__encode_json(to__, &in__->at.to);
        at__ = weft_buffer_reserve(to__, 11);
        if (at__ == NULL)
            return;
    }
    if (in__->count.given) {
        *at__++ = open__;
        open__ = ',';
        at__ = weft_json_put(at__, "\"count\":", 8);
        weft_json_commit(to__, at__);
        weft_optional_int32_t__encode_json(to__, &in__->count.to);
        at__ = weft_buffer_reserve(to__, 2);
        if (at__ == NULL)
            return;
    }
    if (open__ == '{')
        *at__++ = open__;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- search ---- */

static const weft_str search__keys[] = {
    WEFT_STR("from"),
    WEFT_STR("until"),
    WEFT_STR("owner"),
    WEFT_STR("least"),
    WEFT_STR("kinds"),
};
static const weft_members search__members = {
    .keys = search__keys, .count = 5, .required = {0x11}, .repeats = {0x10}};

static size_t search__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "from", 4) == 0)
            return 0;
        break;
    case 5:
        if (memcmp(key__.at, "until", 5) == 0)
            return 1;
        if (memcmp(key__.at, "owner", 5) == 0)
            return 2;
        if (memcmp(key__.at, "least", 5) == 0)
            return 3;
        if (memcmp(key__.at, "kinds", 5) == 0)
            return 4;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static weft_urlencoded_result search__decode_query(weft_str text__, weft_arena *arena__,
    const char *in__, weft_violations *violations__, void *into__)
{
    search *out__ = into__;
    *out__ = (search){0};
    weft_pairs pairs__ = {.rest = text__, .arena = arena__, .in = in__,
        .violations = violations__, .members = &search__members};
    while (weft_pairs_next(&pairs__)) {
        switch (weft_pairs_member(&pairs__, search__find(pairs__.name))) {
        case 0:
            weft_read_text_timestamp(pairs__.value, violations__, in__, WEFT_STR("/from"), &out__->when.from);
            break;
        case 1:
            if (weft_read_text_date(pairs__.value, violations__, in__, WEFT_STR("/until"), &out__->when.until.value__)) {
                out__->when.until.present = true;
            }
            break;
        case 2:
            if (weft_read_text_uuid(pairs__.value, violations__, in__, WEFT_STR("/owner"), &out__->owner.value__)) {
                out__->owner.present = true;
            }
            break;
        case 3:
            if (weft_read_text_decimal(pairs__.value, violations__, in__, WEFT_STR("/least"), &out__->least.value__)) {
                out__->least.present = true;
                if (!weft_within_decimal(out__->least.value__, WEFT_STR("0"), WEFT_STR("10")))
                    weft_violations_add_range_decimal(violations__, in__, WEFT_STR("/least"),
                        out__->least.value__, WEFT_STR("0"), WEFT_STR("10"));
            }
            break;
        case 4: {
            shape_kind *items__ = weft_pairs_grow(&pairs__, out__->kinds.at, out__->kinds.len,
                sizeof *items__, _Alignof(shape_kind));
            if (items__ == NULL)
                break;
            out__->kinds.at = items__;
            (void)(shape_kind__read_text(pairs__.value, violations__, in__, WEFT_STR("/kinds"), &items__[out__->kinds.len++]));
            break;
        }
        case WEFT_MEMBER_UNKNOWN: weft_pairs_refuse_unknown(&pairs__); break;
        default: break;
        }
    }
    if (!weft_within_u64(out__->kinds.len, 0, 5))
        weft_violations_add_length(violations__, in__, WEFT_STR("/kinds"),
            WEFT_ITEMS, out__->kinds.len, 0, 5);
    return weft_pairs_end(&pairs__);
}

/* ---- handlers ---- */

static weft_http_status put_event__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_uuid id = {0};
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_uuid(text__, violations__, "path", WEFT_STR("/id"), &id));
    event in = {0};
    weft_bind_json(&bind__, event__decode_json, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    event out = {0};
    weft_http_status status__ = put_event(id, &in, &out);
    return weft_answer_json(res__, status__, event__encode_json, &out);
}

static weft_http_status patch_event__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_uuid id = {0};
    (void)(weft_bind_text(&bind__, WEFT_IN_PATH, "id", WEFT_REQUIRED, &text__) &&
        weft_read_text_uuid(text__, violations__, "path", WEFT_STR("/id"), &id));
    event_patch in = {0};
    weft_bind_json(&bind__, event_patch__decode_json, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    event_patch out = {0};
    weft_http_status status__ = patch_event(id, &in, &out);
    return weft_answer_json(res__, status__, event_patch__encode_json, &out);
}

static weft_http_status find_events__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    weft_violations *violations__ = &bind__.violations;
    weft_str text__;
    weft_optional_date day = {0};
    if (weft_bind_text(&bind__, WEFT_IN_QUERY, "day", WEFT_OPTIONALLY, &text__) &&
        weft_read_text_date(text__, violations__, "query", WEFT_STR("/day"), &day.value__)) {
        day.present = true;
    }
    search by = {0};
    weft_bind_query(&bind__, search__decode_query, &by);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    weft_map_int32_t out = {0};
    weft_http_status status__ = find_events(&by, day, &out);
    return weft_answer_json(res__, status__, weft_map_int32_t__encode_json, &out);
}
