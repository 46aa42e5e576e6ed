/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/pairs.c: query strings and forms into structs, with the rules of members that JSON has.
 */
#include "json/reader.h"

bool weft_pairs_next(weft_pairs *pairs)
{
    weft_urlencoded_result result = weft_urlencoded_next(&pairs->rest, pairs->arena, &pairs->name,
                                                         &pairs->value);
    if (result != WEFT_URLENCODED_OK && result != WEFT_URLENCODED_END)
        pairs->failure = result;
    return result == WEFT_URLENCODED_OK;
}

static WEFT_COLD void add(weft_pairs *pairs, size_t index, const char *code, const char *detail)
{
    weft_buffer pointer;
    weft_buffer_init(&pointer, pairs->violations->arena);
    if (!weft_violations_full(pairs->violations))
        weft__json_append_key(&pointer, pairs->members->keys[index]);
    weft_violations_add(pairs->violations, pairs->in, weft_buffer_str(&pointer), code, "%s",
                        detail);
}

size_t weft_pairs_member(weft_pairs *pairs, size_t index)
{
    if (index == WEFT_MEMBER_UNKNOWN)
        return index;
    uint64_t bit = UINT64_C(1) << (index % 64);
    if ((pairs->seen[index / 64] & ~pairs->members->repeats[index / 64] & bit) != 0) {
        add(pairs, index, "duplicate", "must be given only once");
        return WEFT_MEMBER_REPEATED;
    }
    pairs->seen[index / 64] |= bit;
    return index;
}

/* The capacity is not stored: it is the power of two from 4 on that holds `len`. */
void *weft_pairs_grow(weft_pairs *pairs, const void *at, size_t len, size_t size, size_t align)
{
    bool full = len == 0 || (len >= 4 && (len & (len - 1)) == 0);
    if (!full)
        return (void *)(uintptr_t)at;
    void *to = weft__arena_array(pairs->arena, size, align, len == 0 ? 4 : len * 2);
    if (to == NULL) {
        pairs->failure = WEFT_URLENCODED_NO_MEMORY;
        pairs->rest.len = 0;
    } else if (len != 0) {
        memcpy(to, at, len * size);
    }
    return to;
}

void weft_pairs_refuse_unknown(weft_pairs *pairs)
{
    weft_buffer pointer;
    weft_buffer_init(&pointer, pairs->violations->arena);
    if (!weft_violations_full(pairs->violations))
        weft__json_append_key(&pointer, pairs->name);
    weft__json_add_unknown(pairs->violations, pairs->in, weft_buffer_str(&pointer), pairs->members,
                           pairs->name);
}

weft_urlencoded_result weft_pairs_end(weft_pairs *pairs)
{
    const weft_members *members = pairs->members;
    for (size_t i = 0; i < members->count && pairs->failure == WEFT_URLENCODED_OK; i++) {
        uint64_t missing = members->required[i / 64] & ~pairs->seen[i / 64] &
                           ~members->repeats[i / 64];
        if ((missing >> (i % 64) & 1) != 0)
            add(pairs, i, "required", "is required");
    }
    return pairs->failure;
}
