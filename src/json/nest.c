/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/nest.c: objects and arrays read into C, as deep as the C types nest.
 */
#include "json/reader.h"

/* ---- objects --------------------------------------------------------------------------------- */

bool weft_json_object_begin(weft_json_reader *reader, weft_json_object *object,
                            const weft_members *members)
{
    if (weft__json_peek(reader) != '{') {
        weft__json_mismatch(reader, "an object");
        return false;
    }
    if (!weft__json_open(reader))
        return false;
    object->frame = (weft_json_frame){.up = reader->frame, .key = members->keys};
    object->members = members;
    object->first = true;
    memset(object->seen, 0, sizeof object->seen);
    reader->frame = &object->frame;
    return true;
}

bool weft__json_object_next(weft_json_reader *reader, weft_json_object *object)
{
    bool first = object->first;
    object->first = false;
    return weft__json_take_separator(reader, '}', first) && weft__json_expect_key(reader);
}

weft_str weft_json_read_key(weft_json_reader *reader)
{
    weft_str key;
    if (weft__json_take_string(reader, &key) && weft__json_take_colon(reader))
        return key;
    return (weft_str){NULL, 0};
}

bool weft__json_take_spaced(weft_json_reader *reader, const char *text, size_t len)
{
    const char *before = reader->at;
    if (weft__json_peek(reader) == ',') {
        reader->at++;
        (void)weft__json_peek(reader);
        if (weft_json_take_key(reader, text + 1, len - 1))
            return true;
    }
    reader->at = before;
    return false;
}

size_t weft__json_repeated(weft_json_reader *reader)
{
    weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "duplicate",
                        "must be given only once");
    return WEFT_MEMBER_REPEATED;
}

static WEFT_COLD void add_missing(weft_json_reader *reader, weft_json_object *object)
{
    for (size_t i = 0; i < object->members->count; i++) {
        uint64_t missing = object->members->required[i / 64] & ~object->seen[i / 64];
        if ((missing >> (i % 64) & 1) == 0)
            continue;
        object->frame.key = &object->members->keys[i];
        weft_violations_add(reader->violations, "body", weft_json_pointer(reader), "required",
                            "is required");
    }
}

bool weft_json_object_end(weft_json_reader *reader, weft_json_object *object)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < WEFT_MEMBERS_MAX / 64; i++)
        missing |= object->members->required[i] & ~object->seen[i];
    if (WEFT_UNLIKELY(missing != 0) && weft_json_ok(reader))
        add_missing(reader, object);
    reader->frame = object->frame.up;
    reader->depth--;
    return weft_json_ok(reader);
}

/* ---- arrays ---------------------------------------------------------------------------------- */

bool weft_json_array_begin(weft_json_reader *reader, weft_json_array *array)
{
    if (weft__json_peek(reader) != '[') {
        weft__json_mismatch(reader, "an array");
        return false;
    }
    if (!weft__json_open(reader))
        return false;
    *array = (weft_json_array){.frame = {.up = reader->frame}};
    reader->frame = &array->frame;
    return true;
}

static bool grow(weft_json_reader *reader, weft_json_array *array, size_t size, size_t align)
{
    size_t capacity = array->capacity == 0 ? 4 : array->capacity * 2;
    char *at = weft__arena_array(reader->arena, size, align, capacity);
    if (at == NULL) {
        weft__json_no_memory(reader);
        return false;
    }
    if (array->len != 0)
        memcpy(at, array->at, array->len * size);
    array->at = at;
    array->capacity = capacity;
    return true;
}

void *weft__json_array_add(weft_json_reader *reader, weft_json_array *array, size_t size,
                           size_t align)
{
    if (!weft_json_ok(reader) ||
        (array->len == array->capacity && !grow(reader, array, size, align)))
        return NULL;
    return array->at + array->len++ * size;
}

void *weft_json_array_next(weft_json_reader *reader, weft_json_array *array, size_t size,
                           size_t align)
{
    if (!weft__json_take_separator(reader, ']', array->len == 0))
        return NULL;
    array->frame.index = array->len;
    return weft__json_array_add(reader, array, size, align);
}

bool weft_json_array_end(weft_json_reader *reader, weft_json_array *array)
{
    reader->frame = array->frame.up;
    reader->depth--;
    return weft_json_ok(reader);
}
