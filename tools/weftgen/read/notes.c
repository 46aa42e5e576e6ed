/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/notes.c: what <weft/derive.h> leaves behind when the generator parses: annotations
 * "weft:<kind>:<text>".
 */
#include "read.h"

#include <ctype.h>

struct note_visit {
    struct reader *reader;
    note_fn *fn;
    void *data;
};

static enum CXChildVisitResult visit_note(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct note_visit *visit = data;
    if (clang_getCursorKind(cursor) != CXCursor_AnnotateAttr)
        return CXChildVisit_Continue;
    const char *text = read_name(visit->reader, cursor);
    if (strncmp(text, "weft:", 5) == 0) {
        struct note note = {.text = text + 5, .location = clang_getCursorLocation(cursor)};
        visit->fn(visit->reader, &note, visit->data);
    }
    return CXChildVisit_Continue;
}

void read_each_note(struct reader *reader, CXCursor declaration, note_fn *fn, void *data)
{
    struct note_visit visit = {reader, fn, data};
    clang_visitChildren(declaration, visit_note, &visit);
}

/* ---- rules ---- */

static const struct {
    const char *name;  /* in the annotation */
    const char *macro; /* in the source */
} kinds[GEN_NOTE_COUNT] = {
    [GEN_NOTE_LENGTH] = {"length:", "LENGTH"},   [GEN_NOTE_RANGE] = {"range:", "RANGE"},
    [GEN_NOTE_EMAIL] = {"email", "EMAIL"},       [GEN_NOTE_PATTERN] = {"pattern:", "PATTERN"},
    [GEN_NOTE_RENAME] = {"rename:", "RENAME"},   [GEN_NOTE_DEFAULT] = {"default:", "DEFAULT"},
    [GEN_NOTE_HEADER] = {"header:", "HEADER"},   [GEN_NOTE_COOKIE] = {"cookie:", "COOKIE"},
    [GEN_NOTE_BODY] = {"body", "BODY"},          [GEN_NOTE_BASE64URL] = {"base64url", "BASE64URL"},
    [GEN_NOTE_FLATTEN] = {"flatten", "FLATTEN"}, [GEN_NOTE_TAG] = {"tag", "TAG"},
};

/* "min:max"; a text without a colon cannot come out of the macros. */
static void split_bounds(struct reader *reader, const char *text, const char **min,
                         const char **max)
{
    size_t len = strcspn(text, ":");
    *min = gen_copy(reader->arena, text, len);
    *max = text[len] == ':' ? text + len + 1 : "";
}

static void take_note(struct reader *reader, gen_notes *notes, enum gen_note_kind kind,
                      const char *text)
{
    switch (kind) {
    case GEN_NOTE_LENGTH: split_bounds(reader, text, &notes->length_min, &notes->length_max); break;
    case GEN_NOTE_RANGE: split_bounds(reader, text, &notes->range_min, &notes->range_max); break;
    case GEN_NOTE_EMAIL: notes->email = true; break;
    case GEN_NOTE_PATTERN: notes->pattern = text; break;
    case GEN_NOTE_RENAME: notes->rename = text; break;
    case GEN_NOTE_DEFAULT: notes->fallback = text; break;
    case GEN_NOTE_HEADER: notes->header = text; break;
    case GEN_NOTE_COOKIE: notes->cookie = text; break;
    case GEN_NOTE_BODY: notes->body = true; break;
    case GEN_NOTE_BASE64URL: notes->base64url = true; break;
    case GEN_NOTE_FLATTEN: notes->flatten = true; break;
    case GEN_NOTE_TAG: notes->tag = true; break;
    case GEN_NOTE_COUNT: break;
    }
}

static void add_note(struct reader *reader, const struct note *note, void *data)
{
    gen_notes *notes = data;
    for (enum gen_note_kind kind = 0; kind < GEN_NOTE_COUNT; kind++) {
        size_t len = strlen(kinds[kind].name);
        if (strncmp(note->text, kinds[kind].name, len) != 0)
            continue;
        gen_place place = read_place(reader, note->location, (unsigned)strlen(kinds[kind].macro));
        if (notes->places[kind].line != 0) {
            gen_report(GEN_ERROR, &place, "a second %s for the same thing", kinds[kind].macro);
            gen_report(GEN_NOTE, &notes->places[kind], "the first one is here");
            return;
        }
        notes->places[kind] = place;
        if (notes->place.line == 0)
            notes->place = place;
        take_note(reader, notes, kind, note->text + len);
        return;
    }
}

gen_notes read_notes(struct reader *reader, CXCursor declaration)
{
    gen_notes notes = {0};
    read_each_note(reader, declaration, add_note, &notes);
    return notes;
}

/* ---- DERIVE ---- */

static const char *const derive_names[] = {"json",   "query",     "form",     "row",    "state",
                                           "strict", "multipart", "attached", "message"};
enum { DERIVE_COUNT = sizeof(derive_names) / sizeof(derive_names[0]) };

/* Where `word` stands in the arguments of the note at `location`. */
static gen_place word_place(struct reader *reader, CXSourceLocation location, const char *word)
{
    gen_place place;
    weft_str source = read_source(reader, location, &place);
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= source.len && source.at[i] != '\n'; i++) {
        if (memcmp(source.at + i, word, len) == 0) {
            place.column += (unsigned)i;
            place.width = (unsigned)len;
            break;
        }
    }
    return place;
}

static unsigned derive_of(struct reader *reader, const struct note *note, const char *word)
{
    for (unsigned i = 0; i < DERIVE_COUNT; i++)
        if (strcmp(word, derive_names[i]) == 0)
            return 1u << i;
    gen_place place = word_place(reader, note->location, word);
    gen_report(GEN_ERROR, &place,
               "DERIVE does not know \"%s\"; it takes json, query, form, multipart, row, state, "
               "attached, strict and message",
               word);
    const char *meant = gen_nearest(word, derive_names, DERIVE_COUNT);
    if (meant != NULL)
        gen_report(GEN_NOTE, &place, "did you mean \"%s\"?", meant);
    return 0;
}

struct derives {
    unsigned bits;
    gen_place place;
};

static void add_derives(struct reader *reader, const struct note *note, void *data)
{
    struct derives *derives = data;
    if (strncmp(note->text, "derive:", 7) != 0)
        return;
    derives->place = read_place(reader, note->location, (unsigned)strlen("DERIVE"));
    const char *at = note->text + 7;
    while (*at != '\0') {
        size_t len = strcspn(at, ", \t");
        if (len != 0)
            derives->bits |= derive_of(reader, note, gen_copy(reader->arena, at, len));
        at += len + (at[len] != '\0');
    }
}

unsigned read_derives(struct reader *reader, CXCursor declaration, gen_place *place)
{
    struct derives derives = {0};
    read_each_note(reader, declaration, add_derives, &derives);
    *place = derives.place;
    return derives.bits & GEN_MESSAGE ? derives.bits | GEN_JSON : derives.bits;
}
