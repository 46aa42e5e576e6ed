/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * testing/flat.c: goes through a text that has been checked to be JSON, without recursion.
 */
#include "testing/flat.h"
#include "json/reader.h"
#include <stdlib.h>

/* An object or array that is open. */
typedef struct level {
    bool array;
    size_t index;   /* of the present item */
    size_t pointer; /* bytes of its own pointer */
} level;

typedef struct walker {
    weft_json_reader reader;
    weft_buffer pointer;
    level levels[WEFT_JSON_DEPTH];
    size_t depth;
    weft__flat flat;
    size_t capacity;
    bool failed; /* no memory */
} walker;

static void add_leaf(walker *w, weft_str value)
{
    weft_arena *arena = w->reader.arena;
    if (w->flat.len == w->capacity) {
        size_t capacity = w->capacity != 0 ? 2 * w->capacity : 32;
        weft__leaf *grown = WEFT_NEW_ARRAY(arena, weft__leaf, capacity);
        if (grown == NULL) {
            w->failed = true;
            return;
        }
        if (w->flat.len != 0)
            memcpy(grown, w->flat.at, w->flat.len * sizeof *grown);
        w->flat.at = grown;
        w->capacity = capacity;
    }
    weft__leaf *leaf = &w->flat.at[w->flat.len];
    if (weft_arena_copy(arena, weft_buffer_str(&w->pointer), &leaf->pointer) && value.at != NULL)
        w->flat.len++;
    else
        w->failed = true;
    leaf->value = value;
}

/* The name of the next item. */
static void enter_item(walker *w)
{
    const level *top = &w->levels[w->depth - 1];
    weft_str key;
    w->pointer.len = top->pointer;
    if (top->array) {
        weft_buffer_printf(&w->pointer, "/%zu", top->index);
        return;
    }
    (void)weft__json_peek(&w->reader);
    if (weft__json_take_string(&w->reader, &key) && weft__json_take_colon(&w->reader))
        weft__json_append_key(&w->pointer, key);
}

static void enter_container(walker *w, bool array)
{
    w->reader.at++;
    char next = weft__json_peek(&w->reader);
    if (next == ']' || next == '}') {
        w->reader.at++;
        add_leaf(w, array ? WEFT_STR("[]") : WEFT_STR("{}"));
        return;
    }
    w->levels[w->depth++] = (level){.array = array, .pointer = w->pointer.len};
    enter_item(w);
}

/* 1.0, 1e0 and 1 are one number; whole numbers keep all their digits. */
static weft_str number_value(walker *w, weft_str text)
{
    double value;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (digit || (i == 0 && text.at[i] == '-'))
            continue;
        weft_buffer canonical;
        weft_buffer_init(&canonical, w->reader.arena);
        char *at = weft_buffer_reserve(&canonical, WEFT_JSON_NUMBER_MAX);
        if (at == NULL || !weft_text_to_double(text, &value))
            return text;
        return (weft_str){at, (size_t)(weft_json_put_double(at, value) - at)};
    }
    return text;
}

static void take_plain(walker *w)
{
    const char *from = w->reader.at;
    while (w->reader.at < w->reader.end && strchr(",]} \t\r\n", *w->reader.at) == NULL)
        w->reader.at++;
    weft_str text = {from, (size_t)(w->reader.at - from)};
    bool word = *from == 't' || *from == 'f' || *from == 'n';
    add_leaf(w, word ? text : number_value(w, text));
}

static void take_text(walker *w)
{
    weft_str text;
    weft_buffer quoted;
    weft_buffer_init(&quoted, w->reader.arena);
    if (weft__json_take_string(&w->reader, &text))
        weft_buffer_append_quoted(&quoted, text);
    add_leaf(w, weft_buffer_str(&quoted));
}

static void take_value(walker *w)
{
    char first = weft__json_peek(&w->reader);
    if (first == '{' || first == '[')
        enter_container(w, first == '[');
    else if (first == '"')
        take_text(w);
    else
        take_plain(w);
}

/* Behind a value: on to the next one, out of what ends here. False at the end of the text. */
static bool go_on(walker *w)
{
    while (w->depth != 0) {
        char next = weft__json_peek(&w->reader);
        w->reader.at++;
        if (next == ',') {
            w->levels[w->depth - 1].index++;
            enter_item(w);
            return true;
        }
        w->depth--;
    }
    return false;
}

static int compare_leaves(const void *left, const void *right)
{
    weft_str a = ((const weft__leaf *)left)->pointer, b = ((const weft__leaf *)right)->pointer;
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len != 0 ? memcmp(a.at, b.at, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

weft_json_verdict weft__flat_read(weft_str text, weft_arena *arena, weft__flat *out,
                                  weft_json_fault *fault)
{
    weft_json_verdict verdict = weft_json_check(text, fault);
    if (verdict != WEFT_JSON_OK)
        return verdict;
    weft_violations violations = {.arena = arena};
    walker w = {
        .reader = {
            .at = text.at, .end = text.at + text.len, .violations = &violations, .arena = arena}};
    weft_buffer_init(&w.pointer, arena);
    do {
        size_t depth = w.depth;
        take_value(&w);
        if (w.depth > depth)
            continue; /* the first item of what was opened */
        if (!go_on(&w))
            break;
    } while (!w.failed && weft_json_ok(&w.reader));
    if (w.failed || w.pointer.failed || !weft_json_ok(&w.reader))
        return WEFT_JSON_NO_MEMORY;
    if (w.flat.len != 0)
        qsort(w.flat.at, w.flat.len, sizeof *w.flat.at, compare_leaves);
    *out = w.flat;
    return WEFT_JSON_OK;
}
