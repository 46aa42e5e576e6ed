/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * router/tree.c: the radix tree; what it promises stands in router/tree.h.
 */
#include "router/tree.h"
#include "base/equal.h"
#include "router/pattern.h"
#include <stdlib.h>
#include <weft/log.h>

struct weft__node {
    const char *text;               /* what a path has here */
    const weft__endpoint *endpoint; /* the path may end after the text */
    const weft__endpoint *wildcard; /* takes whatever is left */
    uint32_t capture;               /* the node after a segment of any text; 0: none */
    uint32_t table;                 /* where this node's branches start */
    uint32_t suffixes;              /* where its captures that text follows start; their last has
                                       no text. 0: none */
    uint16_t len;                   /* of the text */
    uint8_t first; /* the lowest byte that branches off, which the branches do not repeat */
    uint8_t span;  /* bytes from the first to the highest one; 0: no branches */
};

/* A capture that text follows in its segment. */
typedef struct weft__suffix {
    weft_str text;
    uint32_t node; /* after the segment */
} weft__suffix;

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
    weft__suffix *suffixes;
    uint32_t node_count, suffix_count;
    size_t choices; /* on the way to the node that is built */
    bool too_many;
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
           (unsigned char)first.at[at] > WEFT__SHAPE_SUFFIXED)
        at++;
    return at - depth;
}

/* One past the last shape of [from, to) that has `text` at `depth`. */
static size_t end_of_text(const builder *b, size_t from, size_t to, size_t depth, weft_str text)
{
    while (from < to && weft_str_starts_with(weft_str_skip(b->shapes[from].text, depth), text))
        from++;
    return from;
}

static size_t end_of_group(const builder *b, size_t from, size_t to, size_t depth,
                           unsigned char byte)
{
    return end_of_text(b, from, to, depth, (weft_str){(const char *)&byte, 1});
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

/* The text behind a suffixed capture, which stands at `depth`, with the mark that ends it: so no
 * such text is the beginning of another. */
static weft_str marked_suffix(const builder *b, size_t shape, size_t depth)
{
    weft_str rest = weft_str_skip(b->shapes[shape].text, depth + 1);
    const char *mark = memchr(rest.at, WEFT__SHAPE_SUFFIXED, rest.len);
    return (weft_str){rest.at, (size_t)(mark + 1 - rest.at)};
}

static int longest_first(const void *left, const void *right)
{
    const weft__suffix *a = left, *b = right;
    return (a->text.len < b->text.len) - (a->text.len > b->text.len);
}

/* The captures of shapes [from, to), all suffixed at `depth`. */
static void build_suffixes(builder *b, weft__node *node, size_t from, size_t to, size_t depth)
{
    size_t count = 0;
    for (size_t at = from; at < to; count++)
        at = end_of_text(b, at, to, depth + 1, marked_suffix(b, at, depth));
    weft__suffix *suffixes = &b->suffixes[b->suffix_count];
    node->suffixes = b->suffix_count;
    b->suffix_count += (uint32_t)count + 1; /* the last stays without text */
    for (size_t i = 0; i < count; i++) {
        weft_str marked = marked_suffix(b, from, depth);
        size_t end = end_of_text(b, from, to, depth + 1, marked);
        suffixes[i].text = (weft_str){marked.at, marked.len - 1};
        suffixes[i].node = build(b, from, end, depth + 1 + marked.len);
        from = end;
    }
    qsort(suffixes, count, sizeof *suffixes, longest_first);
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
    size_t choice = from < to && byte_at(b, from, depth) <= WEFT__SHAPE_SUFFIXED;
    b->choices += choice;
    b->too_many |= b->choices > WEFT_CHOICES_MAX;
    size_t end = end_of_group(b, from, to, depth, WEFT__SHAPE_CAPTURE);
    if (end > from)
        node->capture = build(b, from, end, depth + 1);
    from = end;
    if (from < to && byte_at(b, from, depth) == WEFT__SHAPE_WILDCARD)
        node->wildcard = b->shapes[from++].endpoint;
    end = end_of_group(b, from, to, depth, WEFT__SHAPE_SUFFIXED);
    if (end > from)
        build_suffixes(b, node, from, end, depth);
    if (end < to)
        build_branches(b, node, end, to, depth);
    b->choices -= choice;
    return number;
}

static size_t count_bytes(const weft__shape *shapes, size_t count, char byte)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < shapes[i].text.len; at++)
            found += shapes[i].text.at[at] == byte;
    }
    return found;
}

/* Every shape adds at most the node it ends in, one where it leaves another, and one for each of
 * its captures; of those with a suffix each a suffix and the end of a node's. */
static bool reserve(builder *b, size_t count, weft_arena *arena)
{
    if (count > UINT32_MAX / 1024)
        return false;
    size_t captures = count_bytes(b->shapes, count, WEFT__SHAPE_CAPTURE);
    size_t marks = count_bytes(b->shapes, count, WEFT__SHAPE_SUFFIXED); /* two for each suffix */
    b->nodes = WEFT_NEW_ARRAY(arena, weft__node, 1 + 2 * count + captures + marks);
    b->suffixes = WEFT_NEW_ARRAY(arena, weft__suffix, 1 + marks);
    if (b->nodes == NULL || b->suffixes == NULL)
        return false;
    b->nodes[0] = (weft__node){.text = ""};
    memset(b->suffixes, 0, (1 + marks) * sizeof *b->suffixes);
    b->suffix_count = 1; /* the first is that of nodes without */
    weft_buffer_init(&b->table, arena);
    return true;
}

weft_error weft__tree_build(weft__tree *tree, const weft__shape *shapes, size_t count,
                            weft_arena *arena)
{
    builder b = {.shapes = shapes};
    if (!reserve(&b, count, arena))
        return WEFT_NO_MEMORY;
    if (count != 0)
        build(&b, 0, count, 0);
    uint32_t *table = WEFT_NEW_ARRAY(arena, uint32_t, b.table.len / sizeof(uint32_t));
    if (b.table.failed || table == NULL)
        return WEFT_NO_MEMORY;
    if (b.table.len != 0)
        memcpy(table, b.table.at, b.table.len);
    *tree = (weft__tree){.nodes = b.nodes, .table = table, .suffixes = b.suffixes};
    if (!b.too_many)
        return WEFT_OK;
    weft_log(WEFT_LOG_ERROR, "router",
             "captures or wildcards start at more than %d places of one path: let the routes that "
             "have them differ earlier",
             WEFT_CHOICES_MAX);
    return WEFT_LIMIT;
}

/* ---- finding --------------------------------------------------------------------------------- */

/* A node that offers more than text, and where in the path it was reached. */
typedef struct choice {
    const weft__node *node;
    const char *at;
    const weft__suffix *suffix; /* the next to be tried */
    size_t captured;
    bool wildcard_only; /* the captures have been tried */
} choice;

/* A path on its way through the tree. */
typedef struct finder {
    const weft__tree *tree;
    const char *end;
    weft__param *params;
    size_t captured;
    size_t left; /* choices not yet exhausted */
    choice choices[WEFT_CHOICES_MAX];
} finder;

/* The number of the node that branches off by `byte`, or 0. */
static uint32_t branch(const weft__tree *tree, const weft__node *node, unsigned char byte)
{
    unsigned index = (unsigned)byte - node->first; /* below the first it wraps and is too large */
    return index < node->span ? tree->table[node->table + index] : 0;
}

static inline const char *segment_end(const finder *f, const char *at)
{
    while (at < f->end && *at != '/')
        at++;
    return at;
}

/* Whether a node offers more than text. */
static inline bool has_captures(const weft__node *node)
{
    return node->capture != 0 || node->wildcard != NULL || node->suffixes != 0;
}

/* Of such a node: a capture of a whole segment is all; there is nothing to come back to. */
static inline bool has_one_way(const weft__node *node)
{
    return node->span == 0 && node->wildcard == NULL && node->suffixes == 0;
}

/* Goes on by text as far as it leads, leaving a choice at each node that offers more. Returns the
 * endpoint when that is the end of the path. */
static inline const weft__endpoint *follow_text(finder *f, const weft__node *node, const char *at)
{
    while (f->end - at >= node->len && weft__equal(at, node->text, node->len)) {
        at += node->len;
        if (at == f->end)
            return node->endpoint;
        if (has_captures(node) && has_one_way(node)) {
            const char *stop = segment_end(f, at);
            if (stop == at)
                return NULL;
            f->params[f->captured++].raw = (weft_str){at, (size_t)(stop - at)};
            node = &f->tree->nodes[node->capture];
            at = stop;
            continue;
        }
        if (has_captures(node))
            f->choices[f->left++] = (choice){node, at, &f->tree->suffixes[node->suffixes],
                                             f->captured, false};
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

/* The next suffix of the choice that ends the segment, which ends at `stop`. */
static const weft__suffix *next_suffix(choice *latest, const char *stop)
{
    size_t segment = (size_t)(stop - latest->at);
    for (const weft__suffix *suffix = latest->suffix; suffix->text.len != 0; suffix++) {
        size_t len = suffix->text.len;
        if (segment > len && weft__equal(stop - len, suffix->text.at, len)) {
            latest->suffix = suffix + 1;
            return suffix;
        }
    }
    return NULL;
}

/* Tries what is left of the latest choice. */
static const weft__endpoint *take_choice(finder *f)
{
    choice *latest = &f->choices[f->left - 1];
    const weft__node *node = latest->node;
    if (!latest->wildcard_only && *latest->at != '/') {
        const char *stop = segment_end(f, latest->at + 1);
        const weft__suffix *suffix = next_suffix(latest, stop);
        if (suffix != NULL) {
            capture(f, latest, stop - suffix->text.len);
            return follow_text(f, &f->tree->nodes[suffix->node], stop);
        }
        latest->wildcard_only = true;
        if (node->capture != 0) {
            f->left -= node->wildcard == NULL;
            capture(f, latest, stop);
            return follow_text(f, &f->tree->nodes[node->capture], stop);
        }
    }
    f->left--;
    if (node->wildcard != NULL)
        capture(f, latest, f->end);
    return node->wildcard;
}

/* Keeps a path that came to `endpoint` without a choice, if what is behind its text is nothing or
 * its only capture. */
static __attribute__((noinline)) void keep(weft__path_kept *kept, const weft__endpoint *endpoint,
                                           weft_str path, const finder *f)
{
    const weft_str rest = f->captured != 0 ? f->params[0].raw : (weft_str){f->end, 0};
    if (endpoint != NULL && f->captured < 2 && rest.at + rest.len == f->end)
        *kept = (weft__path_kept){endpoint, {path.at, path.len - rest.len}, rest.len != 0};
}

WEFT_HOT const weft__endpoint *weft__tree_find(const weft__tree *tree, weft_str path,
                                               weft__param params[WEFT__PARAMS_MAX], size_t *count,
                                               weft__path_kept *kept)
{
    WEFT__UNINITIALIZED finder f; /* field by field, without the choices */
    f.tree = tree;
    f.end = path.at + path.len;
    f.params = params;
    f.captured = f.left = 0;
    const weft__endpoint *found = follow_text(&f, tree->nodes, path.at);
    if (kept != NULL && f.left == 0)
        keep(kept, found, path, &f);
    while (found == NULL && f.left != 0)
        found = take_choice(&f);
    *count = f.captured;
    return found;
}

const weft__endpoint *weft__tree_again(const weft__path_kept *kept, weft_str path,
                                       weft__param params[WEFT__PARAMS_MAX], size_t *count)
{
    size_t text = kept->text.len;
    if (kept->endpoint == NULL || path.len < text || !weft__equal(path.at, kept->text.at, text))
        return NULL;
    weft_str rest = {path.at + text, path.len - text};
    if ((rest.len != 0) != kept->captures)
        return NULL;
    for (size_t i = 0; i < rest.len; i++)
        if (rest.at[i] == '/')
            return NULL;
    params[0].raw = rest;
    *count = kept->captures;
    return kept->endpoint;
}
