/* Written by weftgen from records.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_call_fn put_account__call;

#include "records.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- access_level ---- */

static const char access_level__allowed[] =
    "\"read\", \"write\" or \"everything\"";

static bool access_level__find(weft_str text__, access_level *out__)
{
    switch (text__.len) {
    case 4:
        if (memcmp(text__.at, "read", 4) == 0) {
            *out__ = ACCESS_READ;
            return true;
        }
        break;
    case 5:
        if (memcmp(text__.at, "write", 5) == 0) {
            *out__ = ACCESS_WRITE;
            return true;
        }
        break;
    case 10:
        if (memcmp(text__.at, "everything", 10) == 0) {
            *out__ = ACCESS_ALL;
            return true;
        }
        break;
    default: break;
    }
    return false;
}

static bool access_level__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_str text__;
    if (!weft_json_read_str(reader__, &text__))
        return false;
    if (access_level__find(text__, into__))
        return true;
    weft_json_not_allowed(reader__, access_level__allowed);
    return false;
}

static char *access_level__put_json(char *at__, access_level value__)
{
    switch (value__) {
    case ACCESS_READ: return weft_json_put(at__, "\"read\"", 6);
    case ACCESS_WRITE: return weft_json_put(at__, "\"write\"", 7);
    case ACCESS_ALL: return weft_json_put(at__, "\"everything\"", 12);
    }
    return weft_json_put(at__, "null", 4);
}

/* ---- address ---- */

static const weft_str address__keys[] = {
    WEFT_STR("street"),
    WEFT_STR("town"),
    WEFT_STR("state"),
};
static const weft_str address__names[] = {
    WEFT_STR("street"),
    WEFT_STR("city"),
    WEFT_STR("state"),
};
static const weft_members address__members = {
    .keys = address__keys, .names = address__names, .count = 3, .required = {0x3}};

static size_t address__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "town", 4) == 0)
            return 1;
        break;
    case 5:
        if (memcmp(key__.at, "state", 5) == 0)
            return 2;
        break;
    case 6:
        if (memcmp(key__.at, "street", 6) == 0)
            return 0;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t address__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"street\":", 9))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = address__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool address__decode_json(weft_json_reader *reader__, void *into__)
{
    address *out__ = into__;
    *out__ = (address){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &address__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (address__member(reader__, &object__)) {
        case 0:
            if (weft_json_read_str(reader__, &out__->street)) {
                if (!weft_length_within(out__->street, 1, 100))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_CHARACTERS, weft_utf8_length(out__->street), 1, 100);
            }
            if (!weft_json_follows(reader__, &object__, 1, ",\"town\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_json_read_str(reader__, &out__->city);
            if (!weft_json_follows(reader__, &object__, 2, ",\"state\":", 9))
                break;
            __attribute__((fallthrough));
        case 2:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_str(reader__, &out__->state.value__)) {
                out__->state.present = true;
            }
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void address__encode_json(weft_buffer *to__, const void *from__)
{
    const address *in__ = from__;
    weft_buffer_expect(to__, 32 +
        in__->street.len +
        in__->city.len);
    char *at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"street\":", 10);
    at__ = weft_json_put_str(to__, at__, in__->street, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"town\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->city, 10);
    if (at__ == NULL)
        return;
    if (in__->state.present) {
        at__ = weft_json_put(at__, ",\"state\":", 9);
        at__ = weft_json_put_str(to__, at__, in__->state.value__, 1);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_address ---- */

static bool weft_array_address__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_address *out__ = into__;
    *out__ = (weft_array_address){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    address *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(address))) != NULL)
        address__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_address__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_address *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        address__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_str ---- */

static bool weft_array_str__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_str *out__ = into__;
    *out__ = (weft_array_str){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    weft_str *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(weft_str))) != NULL)
        weft_json_read_str(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_str__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_str *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        weft_buffer_append_quoted(to__, in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- weft_array_access_level ---- */

static bool weft_array_access_level__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_access_level *out__ = into__;
    *out__ = (weft_array_access_level){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    access_level *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(access_level))) != NULL)
        access_level__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_access_level__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_access_level *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        char *at__ = weft_buffer_reserve(to__, 62);
        if (at__ == NULL)
            return;
        weft_json_commit(to__, access_level__put_json(at__, in__->at[i__]));
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- account ---- */

static const weft_str account__keys[] = {
    WEFT_STR("id"),
    WEFT_STR("e-mail"),
    WEFT_STR("code"),
    WEFT_STR("active"),
    WEFT_STR("i8"),
    WEFT_STR("i16"),
    WEFT_STR("i64"),
    WEFT_STR("u8"),
    WEFT_STR("u16"),
    WEFT_STR("u32"),
    WEFT_STR("u64"),
    WEFT_STR("ratio"),
    WEFT_STR("balance"),
    WEFT_STR("access"),
    WEFT_STR("home"),
    WEFT_STR("office"),
    WEFT_STR("others"),
    WEFT_STR("tags"),
    WEFT_STR("levels"),
    WEFT_STR("limit"),
};
static const weft_str account__names[] = {
    WEFT_STR("id"),
    WEFT_STR("email"),
    WEFT_STR("code"),
    WEFT_STR("active"),
    WEFT_STR("i8"),
    WEFT_STR("i16"),
    WEFT_STR("i64"),
    WEFT_STR("u8"),
    WEFT_STR("u16"),
    WEFT_STR("u32"),
    WEFT_STR("u64"),
    WEFT_STR("ratio"),
    WEFT_STR("balance"),
    WEFT_STR("access"),
    WEFT_STR("home"),
    WEFT_STR("office"),
    WEFT_STR("others"),
    WEFT_STR("tags"),
    WEFT_STR("levels"),
    WEFT_STR("limit"),
};
static const weft_members account__members = {
    .keys = account__keys, .names = account__names, .count = 20, .required = {0x75ff7}};

static size_t account__find(weft_str key__)
{
    switch (key__.len) {
    case 2:
        if (memcmp(key__.at, "id", 2) == 0)
            return 0;
        if (memcmp(key__.at, "i8", 2) == 0)
            return 4;
        if (memcmp(key__.at, "u8", 2) == 0)
            return 7;
        break;
    case 3:
        if (memcmp(key__.at, "i16", 3) == 0)
            return 5;
        if (memcmp(key__.at, "i64", 3) == 0)
            return 6;
        if (memcmp(key__.at, "u16", 3) == 0)
            return 8;
        if (memcmp(key__.at, "u32", 3) == 0)
            return 9;
        if (memcmp(key__.at, "u64", 3) == 0)
            return 10;
        break;
    case 4:
        if (memcmp(key__.at, "code", 4) == 0)
            return 2;
        if (memcmp(key__.at, "home", 4) == 0)
            return 14;
        if (memcmp(key__.at, "tags", 4) == 0)
            return 17;
        break;
    case 5:
        if (memcmp(key__.at, "ratio", 5) == 0)
            return 11;
        if (memcmp(key__.at, "limit", 5) == 0)
            return 19;
        break;
    case 6:
        if (memcmp(key__.at, "e-mail", 6) == 0)
            return 1;
        if (memcmp(key__.at, "active", 6) == 0)
            return 3;
        if (memcmp(key__.at, "access", 6) == 0)
            return 13;
        if (memcmp(key__.at, "office", 6) == 0)
            return 15;
        if (memcmp(key__.at, "others", 6) == 0)
            return 16;
        if (memcmp(key__.at, "levels", 6) == 0)
            return 18;
        break;
    case 7:
        if (memcmp(key__.at, "balance", 7) == 0)
            return 12;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t account__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"id\":", 5))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = account__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool account__decode_json(weft_json_reader *reader__, void *into__)
{
    account *out__ = into__;
    *out__ = (account){
        .active = true,
        .access = ACCESS_READ};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &account__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (account__member(reader__, &object__)) {
        case 0:
            if (weft_json_read_i32(reader__, &out__->id)) {
                if (!weft_within_i64(out__->id, 1, INT32_MAX))
                    weft_violations_add_range_i64(violations__, "body", weft_json_pointer(reader__),
                        out__->id, 1, INT32_MAX);
            }
            if (!weft_json_follows(reader__, &object__, 1, ",\"e-mail\":", 10))
                break;
            __attribute__((fallthrough));
        case 1:
            if (weft_json_read_str(reader__, &out__->email)) {
                if (!weft_is_email(out__->email))
                    weft_violations_add_email(violations__, "body", weft_json_pointer(reader__));
            }
            if (!weft_json_follows(reader__, &object__, 2, ",\"code\":", 8))
                break;
            __attribute__((fallthrough));
        case 2:
            if (weft_json_read_str(reader__, &out__->code)) {
                {
                    static weft_pattern_once pattern__ = {.expression = "[A-Z]{2}[0-9]{4}"};
                    if (!weft_pattern_once_matches(&pattern__, out__->code))
                        weft_violations_add_pattern(violations__, "body", weft_json_pointer(reader__),
                            pattern__.expression);
                }
            }
            if (!weft_json_follows(reader__, &object__, 3, ",\"active\":", 10))
                break;
            __attribute__((fallthrough));
        case 3:
            weft_json_read_bool(reader__, &out__->active);
            if (!weft_json_follows(reader__, &object__, 4, ",\"i8\":", 6))
                break;
            __attribute__((fallthrough));
        case 4:
            weft_json_read_i8(reader__, &out__->i8);
            if (!weft_json_follows(reader__, &object__, 5, ",\"i16\":", 7))
                break;
            __attribute__((fallthrough));
        case 5:
            weft_json_read_i16(reader__, &out__->i16);
            if (!weft_json_follows(reader__, &object__, 6, ",\"i64\":", 7))
                break;
            __attribute__((fallthrough));
        case 6:
            weft_json_read_i64(reader__, &out__->i64);
            if (!weft_json_follows(reader__, &object__, 7, ",\"u8\":", 6))
                break;
            __attribute__((fallthrough));
        case 7:
            weft_json_read_u8(reader__, &out__->u8);
            if (!weft_json_follows(reader__, &object__, 8, ",\"u16\":", 7))
                break;
            __attribute__((fallthrough));
        case 8:
            weft_json_read_u16(reader__, &out__->u16);
            if (!weft_json_follows(reader__, &object__, 9, ",\"u32\":", 7))
                break;
            __attribute__((fallthrough));
        case 9:
            weft_json_read_u32(reader__, &out__->u32);
            if (!weft_json_follows(reader__, &object__, 10, ",\"u64\":", 7))
                break;
            __attribute__((fallthrough));
        case 10:
            weft_json_read_u64(reader__, &out__->u64);
            if (!weft_json_follows(reader__, &object__, 11, ",\"ratio\":", 9))
                break;
            __attribute__((fallthrough));
        case 11:
            weft_json_read_float(reader__, &out__->ratio);
            if (!weft_json_follows(reader__, &object__, 12, ",\"balance\":", 11))
                break;
            __attribute__((fallthrough));
        case 12:
            if (weft_json_read_double(reader__, &out__->balance)) {
                if (!weft_within_double(out__->balance, -1e6, 1e6))
                    weft_violations_add_range_double(violations__, "body", weft_json_pointer(reader__),
                        out__->balance, -1e6, 1e6);
            }
            if (!weft_json_follows(reader__, &object__, 13, ",\"access\":", 10))
                break;
            __attribute__((fallthrough));
        case 13:
            access_level__decode_json(reader__, &out__->access);
            if (!weft_json_follows(reader__, &object__, 14, ",\"home\":", 8))
                break;
            __attribute__((fallthrough));
        case 14:
            address__decode_json(reader__, &out__->home);
            if (!weft_json_follows(reader__, &object__, 15, ",\"office\":", 10))
                break;
            __attribute__((fallthrough));
        case 15:
            if (!weft_json_take_null(reader__) &&
                address__decode_json(reader__, &out__->office.value__)) {
                out__->office.present = true;
            }
            if (!weft_json_follows(reader__, &object__, 16, ",\"others\":", 10))
                break;
            __attribute__((fallthrough));
        case 16:
            if (weft_array_address__decode_json(reader__, &out__->others)) {
                if (!weft_within_u64(out__->others.len, 0, 10))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_ITEMS, out__->others.len, 0, 10);
            }
            if (!weft_json_follows(reader__, &object__, 17, ",\"tags\":", 8))
                break;
            __attribute__((fallthrough));
        case 17:
            if (weft_array_str__decode_json(reader__, &out__->tags)) {
                if (!weft_within_u64(out__->tags.len, 0, 5))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_ITEMS, out__->tags.len, 0, 5);
            }
            if (!weft_json_follows(reader__, &object__, 18, ",\"levels\":", 10))
                break;
            __attribute__((fallthrough));
        case 18:
            weft_array_access_level__decode_json(reader__, &out__->levels);
            if (!weft_json_follows(reader__, &object__, 19, ",\"limit\":", 9))
                break;
            __attribute__((fallthrough));
        case 19:
            if (!weft_json_take_null(reader__) &&
                weft_json_read_double(reader__, &out__->limit.value__)) {
                out__->limit.present = true;
            }
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void account__encode_json(weft_buffer *to__, const void *from__)
{
    const account *in__ = from__;
    weft_buffer_expect(to__, 473 +
        in__->email.len +
        in__->code.len);
    char *at__ = weft_buffer_reserve(to__, 36);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"id\":", 6);
    at__ = weft_json_put_i64(at__, in__->id);
    at__ = weft_json_put(at__, ",\"e-mail\":", 10);
    at__ = weft_json_put_str(to__, at__, in__->email, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"code\":", 8);
    at__ = weft_json_put_str(to__, at__, in__->code, 352);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"active\":", 10);
    at__ = weft_json_put_bool(at__, in__->active);
    at__ = weft_json_put(at__, ",\"i8\":", 6);
    at__ = weft_json_put_i64(at__, in__->i8);
    at__ = weft_json_put(at__, ",\"i16\":", 7);
    at__ = weft_json_put_i64(at__, in__->i16);
    at__ = weft_json_put(at__, ",\"i64\":", 7);
    at__ = weft_json_put_i64(at__, in__->i64);
    at__ = weft_json_put(at__, ",\"u8\":", 6);
    at__ = weft_json_put_u64(at__, in__->u8);
    at__ = weft_json_put(at__, ",\"u16\":", 7);
    at__ = weft_json_put_u64(at__, in__->u16);
    at__ = weft_json_put(at__, ",\"u32\":", 7);
    at__ = weft_json_put_u64(at__, in__->u32);
    at__ = weft_json_put(at__, ",\"u64\":", 7);
    at__ = weft_json_put_u64(at__, in__->u64);
    at__ = weft_json_put(at__, ",\"ratio\":", 9);
    at__ = weft_json_put_float(at__, in__->ratio);
    at__ = weft_json_put(at__, ",\"balance\":", 11);
    at__ = weft_json_put_double(at__, in__->balance);
    at__ = weft_json_put(at__, ",\"access\":", 10);
    at__ = access_level__put_json(at__, in__->access);
    at__ = weft_json_put(at__, ",\"home\":", 8);
    weft_json_commit(to__, at__);
    address__encode_json(to__, &in__->home);
    at__ = weft_buffer_reserve(to__, 20);
    if (at__ == NULL)
        return;
    if (in__->office.present) {
        at__ = weft_json_put(at__, ",\"office\":", 10);
        weft_json_commit(to__, at__);
        address__encode_json(to__, &in__->office.value__);
        at__ = weft_buffer_reserve(to__, 10);
        if (at__ == NULL)
            return;
    }
    at__ = weft_json_put(at__, ",\"others\":", 10);
    weft_json_commit(to__, at__);
    weft_array_address__encode_json(to__, &in__->others);
    at__ = weft_buffer_reserve(to__, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"tags\":", 8);
    weft_json_commit(to__, at__);
    weft_array_str__encode_json(to__, &in__->tags);
    at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"levels\":", 10);
    weft_json_commit(to__, at__);
    weft_array_access_level__encode_json(to__, &in__->levels);
    at__ = weft_buffer_reserve(to__, 35);
    if (at__ == NULL)
        return;
    if (in__->limit.present) {
        at__ = weft_json_put(at__, ",\"limit\":", 9);
        at__ = weft_json_put_double(at__, in__->limit.value__);
    }
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- handlers ---- */

static weft_http_status put_account__call(weft_request *req__, weft_response *res__)
{
    weft_binding bind__ = weft_binding_start(req__);
    account in = {0};
    weft_bind_names(&bind__, &account__members);
    weft_bind_json(&bind__, account__decode_json, &in);
    if (!weft_binding_finish(&bind__))
        return bind__.status;

    account out = {0};
    weft_http_status status__ = put_account(&in, &out);
    return weft_answer_json(res__, status__, account__encode_json, &out);
}
