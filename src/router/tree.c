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

/* A node that offers more than text, and where in the path it was reached. */
typedef struct choice {
    const weft__node *node;
    const char *at;
    size_t captured;
    bool wildcard_only; /* the capture has been tried */
} choice;

/* A path on its way through the tree. */
typedef struct finder {
    const weft__tree *tree;
    const char *end;
    weft__param *params;
    size_t captured;
    size_t left;                       /* choices not yet exhausted */
    choice choices[WEFT_SEGMENTS_MAX]; /* at most one for each segment */
} finder;

/* The number of the node that branches off by `byte`, or 0. */
static uint32_t branch(const weft__tree *tree, const weft__node *node, unsigned char byte)
{
    unsigned index = (unsigned)byte - node->first; /* below the first it wraps and is too large */
    return index < node->span ? tree->table[node->table + index] : 0;
}

static bool same(const char *a, const char *b, size_t size)
{
    return memcmp(a, b, size) == 0; /* of a constant size: one comparison of words */
}

/* For texts so short that a call of memcmp costs more: words, the last of which overlap. */
static bool equal(const char *a, const char *b, size_t len)
{
    size_t at = 0;
    if (len >= 8) {
        for (; at + 8 < len; at += 8) {
            if (!same(a + at, b + at, 8))
                return false;
        }
        return same(a + len - 8, b + len - 8, 8);
    }
    if (len >= 4)
        return same(a, b, 4) && same(a + len - 4, b + len - 4, 4);
    while (at < len && a[at] == b[at])
        at++;
    return at == len;
}

/* Goes on by text as far as it leads, leaving a choice at each node that offers more. Returns the
 * endpoint when that is the end of the path. */
static inline const weft__endpoint *follow_text(finder *f, const weft__node *node, const char *at)
{
    while (f->end - at >= node->len && equal(at, node->text, node->len)) {
        at += node->len;
        if (at == f->end)
            return node->endpoint;
        if (node->capture != 0 || node->wildcard != NULL)
            f->choices[f->left++] = (choice){node, at, f->captured, false};
        uint32_t next = branch(f->tree, node, (unsigned char)*at);
        if (next == 0)
            break;
        node = &f->tree->nodes[next];
        at++;
    }
    return NULL;
}

/* Takes the path up to `stop` as the next capture of the latest choice. */
static void capture(finder *f, const choice *latest, const char *stop)
{
    f->params[latest->captured].raw = (weft_str){latest->at, (size_t)(stop - latest->at)};
    f->captured = latest->captured + 1;
}

/* Tries what is left of the latest choice. */
static const weft__endpoint *take_choice(finder *f)
{
    choice *latest = &f->choices[f->left - 1];
    const weft__node *node = latest->node;
    if (!latest->wildcard_only && node->capture != 0 && *latest->at != '/') {
        const char *stop = latest->at + 1;
        while (stop < f->end && *stop != '/')
            stop++;
        latest->wildcard_only = true;
        f->left -= node->wildcard == NULL;
        capture(f, latest, stop);
        return follow_text(f, &f->tree->nodes[node->capture], stop);
    }
    f->left--;
    if (node->wildcard != NULL)
        capture(f, latest, f->end);
    return node->wildcard;
}

WEFT_HOT const weft__endpoint *weft__tree_find(const weft__tree *tree, weft_str path,
                                               weft__param params[WEFT__PARAMS_MAX], size_t *count)
{
    finder f; /* field by field: the choices stay uninitialised */
    f.tree = tree;
    f.end = path.at + path.len;
    f.params = params;
    f.captured = f.left = 0;
    const weft__endpoint *found = follow_text(&f, tree->nodes, path.at);
    while (found == NULL && f.left != 0)
        found = take_choice(&f);
    *count = f.captured;
    return found;
}
