/* Written by weftgen from messages.c: do not edit.
 * Compiled in its place: it includes the file and completes what is declared there. */
#define WEFT_GENERATED 1
#include <weft/codec.h>
#include <weft/glue.h>

static weft_json_decode_fn turn__decode_json __attribute__((unused));
static weft_json_encode_fn turn__encode_json __attribute__((unused));
static weft_json_decode_fn unused_message__decode_json __attribute__((unused));
static weft_json_encode_fn unused_message__encode_json __attribute__((unused));

#include "messages.c"

#pragma GCC diagnostic ignored "-Wshadow"

/* ---- square ---- */

static const weft_str square__keys[] = {
    WEFT_STR("x"),
    WEFT_STR("y"),
};
static const weft_members square__members = {
    .keys = square__keys, .count = 2, .required = {0x3}};

static size_t square__find(weft_str key__)
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

static size_t square__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"x\":", 4))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = square__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool square__decode_json(weft_json_reader *reader__, void *into__)
{
    square *out__ = into__;
    *out__ = (square){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &square__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (square__member(reader__, &object__)) {
        case 0:
            if (weft_json_read_i32(reader__, &out__->x)) {
                if (!weft_within_i64(out__->x, 0, 7))
                    weft_violations_add_range_i64(violations__, "body", weft_json_pointer(reader__),
                        out__->x, 0, 7);
            }
            if (!weft_json_follows(reader__, &object__, 1, ",\"y\":", 5))
                break;
            __attribute__((fallthrough));
        case 1:
            if (weft_json_read_i32(reader__, &out__->y)) {
                if (!weft_within_i64(out__->y, 0, 7))
                    weft_violations_add_range_i64(violations__, "body", weft_json_pointer(reader__),
                        out__->y, 0, 7);
            }
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void square__encode_json(weft_buffer *to__, const void *from__)
{
    const square *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 51);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"x\":", 5);
    at__ = weft_json_put_i64(at__, in__->x);
    at__ = weft_json_put(at__, ",\"y\":", 5);
    at__ = weft_json_put_i64(at__, in__->y);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- weft_array_square ---- */

static bool weft_array_square__decode_json(weft_json_reader *reader__, void *into__)
{
    weft_array_square *out__ = into__;
    *out__ = (weft_array_square){0};
    weft_json_array items__;
    if (!weft_json_array_begin(reader__, &items__))
        return false;
    square *item__;
    while ((item__ = weft_json_array_next(reader__, &items__, sizeof *item__,
                                          _Alignof(square))) != NULL)
        square__decode_json(reader__, &item__[0]);
    out__->at = (void *)items__.at;
    out__->len = items__.len;
    return weft_json_array_end(reader__, &items__);
}

static void weft_array_square__encode_json(weft_buffer *to__, const void *from__)
{
    const weft_array_square *in__ = from__;
    weft_buffer_append(to__, "[", 1);
    for (size_t i__ = 0; i__ < in__->len; i__++) {
        if (i__ != 0)
            weft_buffer_append(to__, ",", 1);
        square__encode_json(to__, &in__->at[i__]);
    }
    weft_buffer_append(to__, "]", 1);
}

/* ---- turn ---- */

static const weft_str turn__keys[] = {
    WEFT_STR("player"),
    WEFT_STR("path"),
};
static const weft_members turn__members = {
    .keys = turn__keys, .count = 2, .required = {0x3}};

static size_t turn__find(weft_str key__)
{
    switch (key__.len) {
    case 4:
        if (memcmp(key__.at, "path", 4) == 0)
            return 1;
        break;
    case 6:
        if (memcmp(key__.at, "player", 6) == 0)
            return 0;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t turn__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"player\":", 9))
        return weft_json_member(reader__, object__, 0);
    object__->unknown = weft_json_read_key(reader__);
    size_t index__ = turn__find(object__->unknown);
    return weft_json_member(reader__, object__, index__);
}

static bool turn__decode_json(weft_json_reader *reader__, void *into__)
{
    turn *out__ = into__;
    *out__ = (turn){0};
    weft_violations *violations__ = reader__->violations;
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &turn__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (turn__member(reader__, &object__)) {
        case 0:
            if (weft_json_read_str(reader__, &out__->player)) {
                if (!weft_length_within(out__->player, 1, 20))
                    weft_violations_add_length(violations__, "body", weft_json_pointer(reader__),
                        WEFT_CHARACTERS, weft_utf8_length(out__->player), 1, 20);
            }
            if (!weft_json_follows(reader__, &object__, 1, ",\"path\":", 8))
                break;
            __attribute__((fallthrough));
        case 1:
            weft_array_square__decode_json(reader__, &out__->path);
            break;
        case WEFT_MEMBER_UNKNOWN:
            weft_json_refuse_unknown(reader__, &object__);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void turn__encode_json(weft_buffer *to__, const void *from__)
{
    const turn *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 10);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"player\":", 10);
    at__ = weft_json_put_str(to__, at__, in__->player, 8);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, ",\"path\":", 8);
    weft_json_commit(to__, at__);
    weft_array_square__encode_json(to__, &in__->path);
    at__ = weft_buffer_reserve(to__, 1);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}

/* ---- unused_message ---- */

static const weft_str unused_message__keys[] = {
    WEFT_STR("yes"),
};
static const weft_members unused_message__members = {
    .keys = unused_message__keys, .count = 1, .required = {0x1}};

static size_t unused_message__find(weft_str key__)
{
    switch (key__.len) {
    case 3:
        if (memcmp(key__.at, "yes", 3) == 0)
            return 0;
        break;
    default: break;
    }
    return WEFT_MEMBER_UNKNOWN;
}

static size_t unused_message__member(weft_json_reader *reader__, weft_json_object *object__)
{
    if (weft_json_take_key(reader__, "\"yes\":", 6))
        return weft_json_member(reader__, object__, 0);
    size_t index__ = unused_message__find(weft_json_read_key(reader__));
    return weft_json_member(reader__, object__, index__);
}

static bool unused_message__decode_json(weft_json_reader *reader__, void *into__)
{
    unused_message *out__ = into__;
    *out__ = (unused_message){0};
    weft_json_object object__;
    if (!weft_json_object_begin(reader__, &object__, &unused_message__members))
        return false;
    while (weft_json_object_next(reader__, &object__)) {
        switch (unused_message__member(reader__, &object__)) {
        case 0:
            weft_json_read_bool(reader__, &out__->yes);
            break;
        default: weft_json_skip(reader__); break;
        }
    }
    return weft_json_object_end(reader__, &object__);
}

static void unused_message__encode_json(weft_buffer *to__, const void *from__)
{
    const unused_message *in__ = from__;
    char *at__ = weft_buffer_reserve(to__, 13);
    if (at__ == NULL)
        return;
    at__ = weft_json_put(at__, "{\"yes\":", 7);
    at__ = weft_json_put_bool(at__, in__->yes);
    at__ = weft_json_put(at__, "}", 1);
    weft_json_commit(to__, at__);
}
