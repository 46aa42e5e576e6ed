/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/fallback.c: fallbacks belong to a prefix. That of a path is looked up in a tree of its own
 * once no route has matched; that of a path's methods is settled when the table is compiled.
 */
#include "router/fallback.h"
#include <stdlib.h>

/* Whether the paths of `shape` lie below `prefix`. */
static bool is_below(weft_str shape, weft_str prefix)
{
    return weft_str_starts_with(shape, prefix) &&
           (shape.len == prefix.len || shape.at[prefix.len] == '/');
}

const weft__entry *weft__fallback_for_methods(const weft__entry *entries, size_t count,
                                              weft_str shape)
{
    const weft__entry *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const weft__entry *e = &entries[i];
        if (e->row->route->kind == WEFT_ROW_METHOD_FALLBACK && is_below(shape, e->pattern.shape) &&
            (best == NULL || best->pattern.shape.len < e->pattern.shape.len))
            best = e;
    }
    return best;
}

bool weft__fallbacks_check(const weft__entry *entries, size_t count, weft_arena *work)
{
    bool good = true;
    for (size_t i = 1; i < count; i++) {
        for (size_t earlier = 0; earlier < i; earlier++) {
            const weft__entry *a = &entries[earlier], *b = &entries[i];
            if (a->row->route->kind != b->row->route->kind ||
                !weft_str_equal(a->pattern.shape, b->pattern.shape))
                continue;
            weft__report_conflict(b->row, a->row, work);
            good = false;
            break;
        }
    }
    return good;
}

static int compare_shapes(const void *left, const void *right)
{
    return weft__shape_compare(((const weft__shape *)left)->text,
                               ((const weft__shape *)right)->text);
}

/* The shapes that a fallback below a prefix answers: the prefix, with "/", and with anything. */
static weft_error add_fallback(const weft__entry *row, weft_arena *arena, weft__shape *shapes)
{
    static const char *const ends[] = {"", "/", "/\2"};
    const weft__target *target;
    weft__endpoint *endpoint = WEFT_NEW(arena, weft__endpoint);
    if (endpoint == NULL)
        return WEFT_NO_MEMORY;
    WEFT_TRY(weft__target_make(row, arena, &target));
    *endpoint = (weft__endpoint){.targets = target, .count = 1};
    for (size_t i = 0; i < 3; i++) {
        shapes[i].endpoint = endpoint;
        shapes[i].text = weft_arena_printf(arena, "%.*s%s", WEFT_STR_ARGS(row->pattern.shape),
                                           ends[i]);
        if (shapes[i].text.at == NULL)
            return WEFT_NO_MEMORY;
    }
    return WEFT_OK;
}

weft_error weft__fallbacks_compile(const weft__entry *entries, size_t count, weft_arena *work,
                                   weft_arena *arena, weft__table *out)
{
    weft__shape *shapes = WEFT_NEW_ARRAY(work, weft__shape, 3 * count);
    size_t shape_count = 0;
    if (shapes == NULL)
        return WEFT_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].row->route->kind != WEFT_ROW_FALLBACK)
            continue;
        if (entries[i].pattern.shape.len == 0) {
            WEFT_TRY(weft__target_make(&entries[i], arena, &out->fallback));
            continue;
        }
        WEFT_TRY(add_fallback(&entries[i], arena, &shapes[shape_count]));
        shape_count += 3;
    }
    if (shape_count != 0)
        qsort(shapes, shape_count, sizeof *shapes, compare_shapes);
    return weft__tree_build(&out->fallbacks, shapes, shape_count, arena);
}

const weft__target *weft__table_fallback(const weft__table *table, weft_str path,
                                         weft__param params[WEFT__PARAMS_MAX])
{
    size_t captures = 0;
    const weft__endpoint *endpoint = weft__tree_find(&table->fallbacks, path, params, &captures,
                                                     NULL);
    return endpoint != NULL ? endpoint->targets : table->fallback;
}
