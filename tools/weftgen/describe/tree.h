/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/describe/tree.h: the text in which PostgreSQL shows its own query trees, read. What a
 * statement means to the server (which column a name is, which side of a join may be missing) is
 * said there, so that nothing has to be resolved anew.
 */
#ifndef WEFTGEN_DESCRIBE_TREE_H
#define WEFTGEN_DESCRIBE_TREE_H

#include "model.h"

typedef enum tree_kind {
    TREE_ATOM, /* a word or number; `text` */
    TREE_LIST, /* ( .. ), also bit sets and lists of numbers, whose letter is an item */
    TREE_NODE, /* {TAG :name value ..}: `text` is the tag, `names` those of the items */
} tree_kind;

typedef struct tree {
    tree_kind kind;
    const char *text;
    const struct tree **items;
    const char **names;
    size_t len, name_count;
} tree;

/* Deeper nesting is refused. */
#define TREE_DEPTH_MAX 2000

/* NULL: it is not such a text. */
const tree *tree_read(weft_arena *arena, const char *text);

/* Whether it is a node of that tag; NULL is none. */
bool tree_is(const tree *node, const char *tag);

/* The value of a field; NULL when the node has none of that name, or it is empty. */
const tree *tree_field(const tree *node, const char *name);

/* A field's number, flag, word; 0, false, "" when it has none. */
long tree_number(const tree *node, const char *name);
bool tree_flag(const tree *node, const char *name);
const char *tree_word(const tree *node, const char *name);

/* The item of a list, from 0; NULL beyond its end and of no list. */
const tree *tree_item(const tree *list, size_t index);
size_t tree_len(const tree *list);

#endif
