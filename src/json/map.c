/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/map.c: objects whose members the type does not name. That a name comes twice is found by
 * sorting them at the end: there is no hash for a client to flood.
 */
#include "json/reader.h"

#include <stdlib.h>

static int compare_keys(const void *left, const void *right)
{
    const weft_str *a = *(const weft_str *const *)left, *b = *(const weft_str *const *)right;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    int order = a->len != 0 ? memcmp(a->at, b->at, a->len) : 0;
    return order != 0 ? order : (a > b) - (a < b);
}

/* Adds a violation for every entry whose key came before; `frame` is the object's. */
static void refuse_repeated(weft_json_reader *reader, weft_json_frame *frame,
                            const weft_json_array *map, size_t size)
{
    if (map->len < 2 || !weft_json_ok(reader))
        return;
    const weft_str **keys = WEFT_NEW_ARRAY(reader->arena, const weft_str *, map->len);
    if (keys == NULL) {
        weft__json_no_memory(reader);
        return;
    }
    for (size_t i = 0; i < map->len; i++)
        keys[i] = (const weft_str *)(const void *)(map->at + i * size);
    qsort(keys, map->len, sizeof *keys, compare_keys);
    for (size_t i = 1; i < map->len; i++)
        if (weft_str_equal(*keys[i - 1], *keys[i])) {
            frame->key = keys[i];
            (void)weft__json_repeated(reader);
        }
}

bool weft_json_map_begin(weft_json_reader *reader, weft_json_array *map)
{
    if (weft__json_peek(reader) != '{') {
        weft__json_mismatch(reader, "an object");
        return false;
    }
    if (!weft__json_open(reader))
        return false;
    *map = (weft_json_array){.frame = {.up = reader->frame}};
    reader->frame = &map->frame;
    return true;
}

void *weft_json_map_next(weft_json_reader *reader, weft_json_array *map, size_t size, size_t align)
{
    if (!weft__json_take_separator(reader, '}', map->len == 0) || !weft__json_expect_key(reader))
        return NULL;
    weft_str key = weft_json_read_key(reader);
    weft_str *entry = weft__json_array_add(reader, map, size, align);
    if (entry == NULL)
        return NULL;
    memset(entry, 0, size);
    *entry = key;
    map->frame.key = entry;
    return entry;
}

bool weft_json_map_end(weft_json_reader *reader, weft_json_array *map, size_t size)
{
    refuse_repeated(reader, &map->frame, map, size);
    reader->frame = map->frame.up;
    reader->depth--;
    return weft_json_ok(reader);
}

void *weft_json_rest_next(weft_json_reader *reader, weft_json_object *object, weft_json_array *rest,
                          size_t size, size_t align)
{
    weft_str *entry = weft__json_array_add(reader, rest, size, align);
    if (entry == NULL)
        return NULL;
    memset(entry, 0, size);
    *entry = object->unknown;
    object->frame.key = &object->unknown;
    return entry;
}

void weft_json_rest_end(weft_json_reader *reader, weft_json_object *object,
                        const weft_json_array *rest, size_t size)
{
    refuse_repeated(reader, &object->frame, rest, size);
}
