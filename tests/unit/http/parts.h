/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/parts.h: a form without a request. Bytes go in, cut in any way; what happens comes
 * out as text, so that two runs can be compared. Each call of the parser gets its bytes in an
 * allocation of exactly their size, so that a sanitizer sees one byte too many.
 */
#ifndef WEFT_TESTS_HTTP_PARTS_H
#define WEFT_TESTS_HTTP_PARTS_H

#include "http/multipart/parser.h"
#include <stdio.h>
#include <stdlib.h>

#define PARTS_HEAD 1024 /* bytes of a part's head, at most */

typedef struct parts {
    weft_arena arena;
    weft_buffer record; /* of each part its name and filename, of files the type, and its content */
    weft_buffer sizes;  /* of the contents */
    weft__multipart parser;
    char head[PARTS_HEAD];
    size_t content;
    size_t complete; /* how much of the record is complete parts */
    bool bad;
    const char *reason;
} parts;

static bool parts_begin(parts *p, weft_str boundary)
{
    memset(p, 0, sizeof *p);
    weft_arena_init(&p->arena, 0);
    weft_buffer_init(&p->record, &p->arena);
    weft_buffer_init(&p->sizes, &p->arena);
    return weft__multipart_begin(&p->parser, boundary, p->head, sizeof p->head);
}

static void parts_end(parts *p)
{
    weft_arena_reset(&p->arena);
}

static void parts_fail(parts *p, const char *reason)
{
    p->bad = true;
    p->reason = reason != NULL ? reason : "the head is too large";
}

static void parts_head(parts *p)
{
    weft__part_head head;
    const char *reason = weft__part_head_read(p->head, p->parser.head_len, &head);
    if (reason != NULL) {
        parts_fail(p, reason);
        return;
    }
    bool file = head.filename.at != NULL;
    weft_buffer_printf(&p->record, "%.*s\n", WEFT_STR_ARGS(head.name));
    if (file)
        weft_buffer_printf(&p->record, "%.*s\n%.*s\n", WEFT_STR_ARGS(head.filename),
                           WEFT_STR_ARGS(head.content_type));
    p->content = p->record.len;
}

static void parts_event(parts *p, weft__multipart_event event, weft_str data)
{
    switch (event) {
    case WEFT__MULTIPART_PARTIAL: break;
    case WEFT__MULTIPART_PART: parts_head(p); break;
    case WEFT__MULTIPART_DATA: weft_buffer_append_str(&p->record, data); break;
    case WEFT__MULTIPART_ENDED:
        weft_buffer_printf(&p->sizes, "%zu ", p->record.len - p->content);
        weft_buffer_append(&p->record, "\n", 1);
        p->complete = p->record.len;
        break;
    case WEFT__MULTIPART_BAD: parts_fail(p, p->parser.reason); break;
    }
}

/* Gives one piece. False: the parser broke its promise to use bytes or say something. */
static bool parts_feed(parts *p, const char *at, size_t len)
{
    char *piece = malloc(len + (len == 0));
    memcpy(piece, at, len);
    bool kept = true;
    for (size_t done = 0; done < len && !p->bad && kept;) {
        size_t used = 0;
        weft_str data = {NULL, 0};
        weft__multipart_event event = weft__multipart_take(&p->parser, piece + done, len - done,
                                                           &used, &data);
        kept = used <= len - done && (used != 0 || event != WEFT__MULTIPART_PARTIAL) &&
               (event != WEFT__MULTIPART_DATA || data.len != 0);
        done += used;
        parts_event(p, event, data);
    }
    free(piece);
    return kept;
}

/* No more bytes come. */
static void parts_close(parts *p)
{
    if (!p->bad && !weft__multipart_complete(&p->parser))
        parts_fail(p, "it is not complete");
}

/* The whole form in pieces of `first` and then `step` bytes. */
static bool parts_run(parts *p, weft_str boundary, weft_str body, size_t first, size_t step)
{
    if (!parts_begin(p, boundary))
        parts_fail(p, "no boundary");
    bool kept = true;
    for (size_t at = 0; at < body.len && kept;) {
        size_t len = at == 0 && first != 0 ? first : step;
        len = len < body.len - at ? len : body.len - at;
        kept = parts_feed(p, body.at + at, len);
        at += len;
    }
    parts_close(p);
    return kept;
}

static bool parts_same(const parts *a, const parts *b)
{
    if (a->bad != b->bad || (a->bad && strcmp(a->reason, b->reason) != 0))
        return false;
    if (a->bad) /* how much of a broken part was seen depends on the pieces */
        return weft_str_equal((weft_str){a->record.at, a->complete},
                              (weft_str){b->record.at, b->complete});
    return weft_str_equal(weft_buffer_str(&a->record), weft_buffer_str(&b->record)) &&
           weft_str_equal(weft_buffer_str(&a->sizes), weft_buffer_str(&b->sizes));
}

/* Whether a run that is cut gives what `whole` gave. */
static bool parts_cut_same(const parts *whole, weft_str boundary, weft_str body, size_t first,
                           size_t step)
{
    parts p;
    bool same = parts_run(&p, boundary, body, first, step) && parts_same(whole, &p);
    parts_end(&p);
    return same;
}

/* Byte by byte, and in two pieces at every offset. */
static bool parts_all_cuts_same(const parts *whole, weft_str boundary, weft_str body)
{
    bool same = parts_cut_same(whole, boundary, body, 0, 1);
    for (size_t first = 1; first < body.len && same; first++)
        same = parts_cut_same(whole, boundary, body, first, body.len);
    return same;
}

#endif
