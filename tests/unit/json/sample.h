/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A type and its codec as weftgen would write it, for the tests of the reader.
 */
#ifndef TESTS_JSON_SAMPLE_H
#define TESTS_JSON_SAMPLE_H

#include <weft/codec.h>

typedef struct item {
    weft_str label;
    double weight;
} item;
WEFT_ARRAY_OF(item);

typedef struct sample {
    int32_t id;
    weft_str name;
    bool active;
    weft_optional_double score;
    WEFT_ARRAY(item) items;
    uint64_t big;
    float ratio;
} sample;

static const weft_str item__keys[] = {WEFT_STR("label"), WEFT_STR("weight")};
static const weft_members item__members = {item__keys, 2, {0x3}};

/* Whether the decoders predict: without, they find each key, which must come to the same. */
static bool predicts = true;

/* What weftgen writes between two members. */
#define NEXT(index, text)                                                                   \
    if (!predicts || !weft_json_follows(reader, &object, index, "" text, sizeof(text) - 1)) \
        break;                                                                              \
    __attribute__((fallthrough))

static size_t find(weft_json_reader *reader, weft_json_object *object)
{
    weft_str key = weft_json_read_key(reader);
    for (size_t i = 0; i < object->members->count; i++) {
        if (weft_str_equal(key, object->members->keys[i]))
            return weft_json_member(reader, object, i);
    }
    return WEFT_MEMBER_UNKNOWN;
}

static bool item__decode_json(weft_json_reader *reader, void *into)
{
    item *out = into;
    *out = (item){0};
    weft_json_object object;
    if (!weft_json_object_begin(reader, &object, &item__members))
        return false;
    while (weft_json_object_next(reader, &object)) {
        switch (find(reader, &object)) {
        case 0: weft_json_read_str(reader, &out->label); NEXT(1, ",\"weight\":");
        case 1: weft_json_read_double(reader, &out->weight); break;
        default: weft_json_skip(reader); break;
        }
    }
    return weft_json_object_end(reader, &object);
}

static bool items__decode_json(weft_json_reader *reader, void *into)
{
    weft_array_item *out = into;
    *out = (weft_array_item){0};
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return false;
    item *at;
    while ((at = weft_json_array_next(reader, &array, sizeof *at, _Alignof(item))) != NULL)
        item__decode_json(reader, at);
    *out = (weft_array_item){(item *)(void *)array.at, array.len};
    return weft_json_array_end(reader, &array);
}

static const weft_str sample__keys[] = {WEFT_STR("id"),    WEFT_STR("name"),  WEFT_STR("active"),
                                        WEFT_STR("score"), WEFT_STR("a/b~c"), WEFT_STR("big"),
                                        WEFT_STR("ratio")};
static const weft_members sample__members = {sample__keys, 7, {0x7}};

static bool sample__decode_json(weft_json_reader *reader, void *into)
{
    sample *out = into;
    *out = (sample){0};
    weft_json_object object;
    if (!weft_json_object_begin(reader, &object, &sample__members))
        return false;
    while (weft_json_object_next(reader, &object)) {
        switch (find(reader, &object)) {
        case 0: weft_json_read_i32(reader, &out->id); NEXT(1, ",\"name\":");
        case 1: weft_json_read_str(reader, &out->name); NEXT(2, ",\"active\":");
        case 2: weft_json_read_bool(reader, &out->active); NEXT(3, ",\"score\":");
        case 3:
            if (!weft_json_take_null(reader))
                out->score.present = weft_json_read_double(reader, &out->score.value__);
            NEXT(4, ",\"a/b~c\":");
        case 4: items__decode_json(reader, &out->items); NEXT(5, ",\"big\":");
        case 5: weft_json_read_u64(reader, &out->big); NEXT(6, ",\"ratio\":");
        case 6: weft_json_read_float(reader, &out->ratio); break;
        default: weft_json_skip(reader); break;
        }
    }
    return weft_json_object_end(reader, &object);
}

#endif
