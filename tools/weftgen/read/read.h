/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/read.h: the parts of the reader. Each turns one kind of cursor into its place in the
 * model; what it has turned once it knows again.
 */
#ifndef WEFTGEN_READ_H
#define WEFTGEN_READ_H

#include "model.h"

#include <clang-c/Index.h>

struct known {
    CXCursor cursor; /* canonical */
    void *what;
};

struct reader {
    gen_unit *unit;
    weft_arena *arena;
    CXTranslationUnit parsed;
    CXFile *parts; /* included files that are completed like the file itself */
    size_t part_count;
    struct known *known; /* records, enumerations, functions and tables read so far */
    size_t known_count;
};

void *reader_find(const struct reader *reader, CXCursor cursor);
void reader_remember(struct reader *reader, CXCursor cursor, void *what);

/* ---- text and places (place.c) ---- */

const char *read_text(struct reader *reader, CXString text); /* disposes of `text`; never NULL */
const char *read_name(struct reader *reader, CXCursor cursor);
gen_place read_place(struct reader *reader, CXSourceLocation location, unsigned width);
gen_place read_name_place(struct reader *reader, CXCursor cursor); /* underlines the name */
const char *read_comment(struct reader *reader, CXCursor cursor);  /* without its marks; or NULL */

/* The source from `location` to the end of its file; *place is where that is. */
weft_str read_source(struct reader *reader, CXSourceLocation location, gen_place *place);

/* ---- slips (slips.c) ---- */

void read_slips(struct reader *reader); /* notes: names that are nearly those of Weft's macros */

/* ---- notes (notes.c) ---- */

struct note {
    const char *text; /* behind "weft:" */
    CXSourceLocation location;
};

typedef void note_fn(struct reader *reader, const struct note *note, void *data);
void read_each_note(struct reader *reader, CXCursor declaration, note_fn *fn, void *data);

/* LENGTH, RANGE ... of a field, parameter or enumerator. */
gen_notes read_notes(struct reader *reader, CXCursor declaration);

/* The type that a field or parameter with these notes has. */
gen_type read_noted_type(struct reader *reader, CXType type, const gen_notes *notes);

/* The kinds that DERIVE names on a typedef, and where it stands. */
unsigned read_derives(struct reader *reader, CXCursor declaration, gen_place *place);

/* ---- the rest ---- */

gen_type read_type(struct reader *reader, CXType type);                   /* types.c */
void read_typedef(struct reader *reader, CXCursor declaration);           /* types.c */
gen_function *read_function(struct reader *reader, CXCursor declaration); /* functions.c */
void read_statement(struct reader *reader, CXCursor declaration);         /* statements.c */
void read_table(struct reader *reader, CXCursor variable);                /* routes.c */
void read_routers(struct reader *reader, CXCursor declaration);           /* routes.c */
void read_variables(struct reader *reader, CXCursor declaration);         /* variables.c */
void read_escapes(struct reader *reader, CXCursor declaration);           /* escapes.c */
bool read_is_weft(CXType type, const char *name); /* types.c: struct `name` */

#endif
