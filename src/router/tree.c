/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/tree.c: the radix tree; what it promises stands in router/tree.h.
 */
#include "router/tree.h"
#include "router/pattern.h"

struct weft__node {
    const char *text;               /* what a path has here */
    const weft__endpoint *endpoint; /* the path may end after the text */
    const weft__endpoint *wildcard; /* takes whatever is left */
    uint32_t capture;               /* the node after a segment of any text; 0: none */
    uint32_t table;                 /* where this node's branches start */
    uint16_t len;                   /* of the text */
    uint8_t first; /* the lowest byte that branches off, which the branches do not repeat */
    uint8_t span;  /* bytes from the first to the highest one; 0: no branches */
};

int weft__shape_compare(weft_str a, weft_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.at, b.at, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* ---- building -------------------------------------------------------------------------------- */

typedef struct builder {
    const weft__shape *shapes;
    weft__node *nodes;
    uint32_t node_count;
    weft_buffer table;
} builder;

static unsigned char byte_at(const builder *b, size_t shape, size_t depth)
{
    return (unsigned char)b->shapes[shape].text.at[depth];
}

/* The text that all of shapes [from, to) have at `depth`: what the first and the last share, for
 * they are in order. */
static size_t common_text(const builder *b, size_t from, size_t to, size_t depth)
{
    weft_str first = b->shapes[from].text, last = b->shapes[to - 1].text;
    size_t at = depth;
    while (at < first.len && at < last.len && first.at[at] == last.at[at] &&
           first.at[at] != WEFT__SHAPE_CAPTURE && first.at[at] != WEFT__SHAPE_WILDCARD)
        at++;
    return at - depth;
}

/* One past the last shape of [from, to) that has `byte` at `depth`. */
static size_t end_of_group(const builder *b, size_t from, size_t to, size_t depth,
                           unsigned char byte)
{
    while (from < to && byte_at(b, from, depth) == byte)
        from++;
    return from;
}

static uint32_t build(builder *b, size_t from, size_t to, size_t depth);

/* The branches of shapes [from, to), which all have text at `depth`. */
static void build_branches(builder *b, weft__node *node, size_t from, size_t to, size_t depth)
{
    unsigned char first = byte_at(b, from, depth);
    size_t span = (size_t)byte_at(b, to - 1, depth) - first + 1;
    size_t start = b->table.len;
    char *room = weft_buffer_reserve(&b->table, span * sizeof(uint32_t));
    if (room == NULL)
        return;
    memset(room, 0, span * sizeof(uint32_t));
    b->table.len += span * sizeof(uint32_t);
    node->table = (uint32_t)(start / sizeof(uint32_t));
    node->first = first;
    node->span = (uint8_t)span;
    while (from < to) {
        unsigned char byte = byte_at(b, from, depth);
        size_t end = end_of_group(b, from, to, depth, byte);
        uint32_t child = build(b, from, end, depth + 1);
        size_t slot = start + (size_t)(byte - first) * sizeof child;
        memcpy(b->table.at + slot, &child, sizeof child); /* the table may have moved */
        from = end;
    }
}

/* The node for shapes [from, to), which agree up to `depth`. Deep as the longest pattern. */
static uint32_t build(builder *b, size_t from, size_t to, size_t depth)
{
    uint32_t number = b->node_count++;
    weft__node *node = &b->nodes[number];
    *node = (weft__node){.text = b->shapes[from].text.at + depth,
                         .len = (uint16_t)common_text(b, from, to, depth)};
    depth += node->len;
    if (b->shapes[from].text.len == depth)
        node->endpoint = b->shapes[from++].endpoint;
    size_t end = end_of_group(b, from, to, depth, WEFT__SHAPE_CAPTURE);
    if (end > from)
        node->capture = build(b, from, end, depth + 1);
    from = end;
    if (from < to && byte_at(b, from, depth) == WEFT__SHAPE_WILDCARD)
        node->wildcard = b->shapes[from++].endpoint;
    if (from < to)
        build_branches(b, node, from, to, depth);
    return number;
}

/* Every shape adds at most the node it ends in, one where it leaves another, and one for each of
 * its captures. */
static size_t most_nodes(const weft__shape *shapes, size_t count)
{
    size_t nodes = 1;
    for (size_t i = 0; i < count; i++) {
        nodes += 2;
        for (size_t at = 0; at < shapes[i].text.len; at++)
            nodes += shapes[i].text.at[at] == WEFT__SHAPE_CAPTURE;
    }
    return nodes;
}

weft_error weft__tree_build(weft__tree *tree, const weft__shape *shapes, size_t count,
                            weft_arena *arena)
{
    builder b = {.shapes = shapes};
    b.nodes = WEFT_NEW_ARRAY(arena, weft__node, most_nodes(shapes, count));
    if (b.nodes == NULL || count > UINT32_MAX / 1024)
        return WEFT_NO_MEMORY;
    b.nodes[0] = (weft__node){.text = ""};
    weft_buffer_init(&b.table, arena);
    if (count != 0)
        build(&b, 0, count, 0);
    if (b.table.failed)
        return WEFT_NO_MEMORY;
    uint32_t *table = WEFT_NEW_ARRAY(arena, uint32_t, b.table.len / sizeof(uint32_t));
    if (table == NULL)
        return WEFT_NO_MEMORY;
    if (b.table.len != 0)
        memcpy(table, b.table.at, b.table.len);
    *tree = (weft__tree){.nodes = b.nodes, .table = table};
    return WEFT_OK;
}

/* ---- finding --------------------------------------------------------------------------------- */

/* What to try at a node, in this order. */
typedef enum stage { TEXT, CAPTURE, WILDCARD } stage;

/* A place in the tree and in the path. */
typedef struct place {
    const weft__node *node;
    const char *at;
    size_t captured;
    stage stage;
} place;

/* The node that branches off by `byte`, or NULL. */
static const weft__node *branch(const weft__tree *tree, const weft__node *node, unsigned char byte)
{
    unsigned index = (unsigned)byte - node->first; /* below the first it wraps and is too large */
    if (index >= node->span)
        return NULL;
    uint32_t number = tree->table[node->table + index];
    return number != 0 ? &tree->nodes[number] : NULL;
}

static bool has_text(const weft__node *node, const char *at, const char *end)
{
    size_t len = node->len;
    if ((size_t)(end - at) < len)
        return false;
    for (size_t i = 0; i < len; i++) { /* short; a call would cost more */
        if (at[i] != node->text[i])
            return false;
    }
    return true;
}

static const char *segment_end(const char *at, const char *end)
{
    while (at < end && *at != '/')
        at++;
    return at;
}

WEFT_HOT const weft__endpoint *weft__tree_find(const weft__tree *tree, weft_str path,
                                               weft__param params[WEFT__PARAMS_MAX], size_t *count)
{
    const char *end = path.at + path.len;
    place choices[WEFT_SEGMENTS_MAX]; /* at most one per segment: between text and the other two, */
    size_t left = 0;                  /* or between capture and wildcard */
    place here = {tree->nodes, path.at, 0, TEXT};
    for (;;) {
        const weft__node *node = here.node;
        if (here.stage == TEXT) {
            if (!has_text(node, here.at, end))
                goto back;
            here.at += node->len;
            if (here.at == end) {
                *count = here.captured;
                if (node->endpoint != NULL)
                    return node->endpoint;
                goto back;
            }
            const weft__node *next = branch(tree, node, (unsigned char)*here.at);
            if (next != NULL) {
                if (node->capture != 0 || node->wildcard != NULL)
                    choices[left++] = (place){node, here.at, here.captured, CAPTURE};
                here.node = next;
                here.at++;
                continue;
            }
        }
        if (here.stage != WILDCARD && node->capture != 0 && *here.at != '/') {
            if (node->wildcard != NULL)
                choices[left++] = (place){node, here.at, here.captured, WILDCARD};
            const char *stop = segment_end(here.at, end);
            params[here.captured].raw = (weft_str){here.at, (size_t)(stop - here.at)};
            here = (place){&tree->nodes[node->capture], stop, here.captured + 1, TEXT};
            continue;
        }
        if (node->wildcard != NULL) {
            params[here.captured].raw = (weft_str){here.at, (size_t)(end - here.at)};
            *count = here.captured + 1;
            return node->wildcard;
        }
    back:
        if (left == 0)
            return NULL;
        here = choices[--left];
    }
}
