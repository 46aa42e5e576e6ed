/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * json/skip.c: values of no interest, checked all the same. One bit per level of nesting says
 * whether it is an object; there is no recursion.
 */
#include "base/decimal.h"
#include "json/reader.h"

typedef struct nesting {
    uint64_t objects[WEFT_JSON_DEPTH / 64 + 1];
    unsigned level;
} nesting;

static bool in_object(const nesting *nest)
{
    unsigned top = nest->level - 1;
    return (nest->objects[top / 64] >> (top % 64) & 1) != 0;
}

static void push(nesting *nest, bool object)
{
    uint64_t bit = UINT64_C(1) << (nest->level % 64);
    uint64_t *word = &nest->objects[nest->level / 64];
    *word = object ? *word | bit : *word & ~bit;
    nest->level++;
}

static void skip_string(weft_json_reader *reader)
{
    weft_str raw;
    bool escaped;
    (void)weft__json_scan_string(reader, &raw, &escaped);
}

static void skip_scalar(weft_json_reader *reader, char first)
{
    weft__decimal number;
    const char *fault, *after;
    switch (first) {
    case '"': skip_string(reader); return;
    case 't': (void)weft__json_take_word(reader, "true", 4); return;
    case 'f': (void)weft__json_take_word(reader, "false", 5); return;
    case 'n': (void)weft__json_take_word(reader, "null", 4); return;
    default: break;
    }
    if (first != '-' && (first < '0' || first > '9')) {
        weft__json_fault(reader, reader->at, "expected a value");
        return;
    }
    after = weft__decimal_scan(reader->at, reader->end, &number, &fault);
    if (after != NULL)
        reader->at = after;
    else
        weft__json_fault(reader, fault, "expected a digit");
}

static void skip_key(weft_json_reader *reader)
{
    if (weft__json_peek(reader) != '"') {
        weft__json_fault(reader, reader->at, "expected a member's name in quotes");
        return;
    }
    skip_string(reader);
    (void)weft__json_take_colon(reader);
}

/* Opens the object or array that is next; true when it has a first element, which comes next. */
static bool open(weft_json_reader *reader, nesting *nest, bool object)
{
    if (!weft__json_open(reader))
        return false;
    push(nest, object);
    if (weft__json_peek(reader) == (object ? '}' : ']'))
        return false;
    if (object)
        skip_key(reader);
    return true;
}

/* After a value: closes all that ends here; true when another element follows, which comes next. */
static bool go_on(weft_json_reader *reader, nesting *nest)
{
    while (nest->level != 0 && weft_json_ok(reader)) {
        bool object = in_object(nest);
        char next = weft__json_peek(reader);
        if (next == (object ? '}' : ']')) {
            reader->at++;
            reader->depth--;
            nest->level--;
        } else if (next == ',') {
            reader->at++;
            if (object)
                skip_key(reader);
            return true;
        } else {
            weft__json_fault(reader, reader->at,
                             object ? "expected ',' or '}'" : "expected ',' or ']'");
        }
    }
    return false;
}

void weft_json_skip(weft_json_reader *reader)
{
    nesting nest = {.level = 0};
    bool more = true;
    while (more && weft_json_ok(reader)) {
        char first = weft__json_peek(reader);
        if ((first == '{' || first == '[') && open(reader, &nest, first == '{'))
            continue;
        if (first != '{' && first != '[')
            skip_scalar(reader, first);
        more = go_on(reader, &nest);
    }
}
