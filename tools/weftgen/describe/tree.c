/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/tree.c: see tree.h. PostgreSQL wraps the text at spaces; a newline stands for
 * the space that it replaced.
 */
#include "describe/tree.h"

#include <ctype.h>
#include <stdlib.h>

typedef struct reading {
    weft_arena *arena;
    const char *at;
    tree **open; /* the containers around the next item, outermost first */
    size_t depth, room;
    tree *whole;
} reading;

static bool ends_atom(char c)
{
    return c == 0 || isspace((unsigned char)c) || strchr("(){}", c) != NULL;
}

/* The word at r->at, without its escapes. */
static const char *read_word(reading *r)
{
    size_t len = 0, written = 0;
    while (!ends_atom(r->at[len]))
        len += r->at[len] == '\\' && r->at[len + 1] != 0 ? 2 : 1;
    char *word = gen_alloc(r->arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        bool escaped = r->at[i] == '\\' && i + 1 < len;
        i += escaped;
        word[written++] = escaped && r->at[i] == '\n' ? ' ' : r->at[i];
    }
    r->at += len;
    bool quoted = written >= 2 && word[0] == '"' && word[written - 1] == '"';
    word[quoted ? written - 1 : written] = 0;
    return word + quoted;
}

static bool expects_name(const tree *node)
{
    return node->kind == TREE_NODE && node->name_count == node->len;
}

static void add(reading *r, tree *item)
{
    if (r->depth == 0) {
        r->whole = r->whole ? r->whole : item;
        return;
    }
    tree *owner = r->open[r->depth - 1];
    size_t len = owner->len;
    GEN_PUSH(r->arena, owner->items, len, item);
    owner->len = len;
}

static bool open_container(reading *r, tree_kind kind)
{
    if (r->depth == r->room || (r->depth && expects_name(r->open[r->depth - 1])))
        return false;
    tree *item = gen_alloc(r->arena, sizeof *item);
    item->kind = kind;
    add(r, item);
    r->open[r->depth++] = item;
    return true;
}

static bool close_container(reading *r, tree_kind kind)
{
    if (r->depth == 0 || r->open[r->depth - 1]->kind != kind)
        return false;
    tree *closed = r->open[--r->depth];
    return kind == TREE_LIST || (closed->text != NULL && expects_name(closed));
}

/* A constant's bytes, "4 [ 1 0 0 0 ]", are of no interest. */
static void skip_bytes(reading *r)
{
    const char *at = r->at + strspn(r->at, " \n");
    const char *end = *at == '[' ? strchr(at, ']') : NULL;
    if (end != NULL)
        r->at = end + 1;
}

static void read_atom(reading *r)
{
    tree *node = r->depth ? r->open[r->depth - 1] : NULL;
    bool is_node = node != NULL && node->kind == TREE_NODE;
    const char *word = read_word(r);
    if (is_node && node->text == NULL) {
        node->text = word;
    } else if (is_node && expects_name(node)) {
        GEN_PUSH(r->arena, node->names, node->name_count, word + (word[0] == ':'));
    } else {
        tree *item = gen_alloc(r->arena, sizeof *item);
        *item = (tree){.kind = TREE_ATOM, .text = word};
        add(r, item);
        if (is_node && strcmp(node->names[node->len - 1], "constvalue") == 0)
            skip_bytes(r);
    }
}

static bool read_item(reading *r)
{
    switch (*r->at) {
    case '(': r->at++; return open_container(r, TREE_LIST);
    case '{': r->at++; return open_container(r, TREE_NODE);
    case ')': r->at++; return close_container(r, TREE_LIST);
    case '}': r->at++; return close_container(r, TREE_NODE);
    default: read_atom(r); return true;
    }
}

const tree *tree_read(weft_arena *arena, const char *text)
{
    reading r = {.arena = arena, .at = text, .room = TREE_DEPTH_MAX};
    r.open = gen_alloc(arena, r.room * sizeof(tree *));
    for (;;) {
        r.at += strspn(r.at, " \t\r\n");
        if (*r.at == 0)
            return r.depth == 0 ? r.whole : NULL;
        if (!read_item(&r))
            return NULL;
    }
}

/* ---- questions ------------------------------------------------------------------------------- */

bool tree_is(const tree *node, const char *tag)
{
    return node != NULL && node->kind == TREE_NODE && strcmp(node->text, tag) == 0;
}

const tree *tree_field(const tree *node, const char *name)
{
    for (size_t i = 0; node != NULL && i < node->name_count; i++)
        if (strcmp(node->names[i], name) == 0)
            return node->items[i]->kind == TREE_ATOM && strcmp(node->items[i]->text, "<>") == 0
                       ? NULL
                       : node->items[i];
    return NULL;
}

const char *tree_word(const tree *node, const char *name)
{
    const tree *value = tree_field(node, name);
    return value != NULL && value->kind == TREE_ATOM ? value->text : "";
}

long tree_number(const tree *node, const char *name)
{
    return strtol(tree_word(node, name), NULL, 10);
}

bool tree_flag(const tree *node, const char *name)
{
    return strcmp(tree_word(node, name), "true") == 0;
}

size_t tree_len(const tree *list)
{
    return list != NULL && list->kind == TREE_LIST ? list->len : 0;
}

const tree *tree_item(const tree *list, size_t index)
{
    return index < tree_len(list) ? list->items[index] : NULL;
}
