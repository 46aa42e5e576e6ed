/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check.h: what the parts of "weft check" give each other: the project's units, what clang
 * says of each, what that means in the words of the API.
 */
#ifndef WEFT_TOOL_CHECK_H
#define WEFT_TOOL_CHECK_H

#include "command.h"

/* A file that the project compiles. */
typedef struct check_unit {
    const char *folder; /* that its compiler runs in */
    const char *file;   /* absolute */
    const char **flags; /* those that say what the text means: -I, -D, -std and their like */
    size_t flag_count;
} check_unit;

typedef struct check_units {
    check_unit *at;
    size_t len;
} check_units;

typedef struct check_place {
    const char *file;      /* from this folder, or absolute when it lies elsewhere; NULL: none */
    unsigned line, column; /* from 1, in bytes */
} check_place;

typedef struct check_finding {
    const char *rule; /* for programs: "leak", "closed-twice"; a name of clang's for the rest */
    const char *handle, *function; /* or NULL */
    const char *message;
    check_place place;
    const char *note; /* or NULL */
    check_place note_place;
} check_finding;

typedef struct check_findings {
    check_finding *at;
    size_t len;
} check_findings;

/* One line of what clang prints that says something: "file:line:column: severity: text [group]". */
typedef struct check_remark {
    check_place place;
    const char *severity, *text, *group; /* group NULL: none */
} check_remark;

/* The units of the compilation database in `build` whose source is `path` or lies below it (an
 * absolute path). False: there is none, as has been said. */
bool check_units_read(const char *build, const char *path, check_units *units);

/* The folder of the compilation database; NULL: it was not found, as has been said. */
const char *check_build_folder(const char *named);

/* EXIT_OK and the name of the clang to run. It has been said when there is none: EXIT_SKIPPED, or
 * EXIT_USAGE when one was named. */
int check_find_clang(const char **clang);

/* Has clang look at all units and adds what it finds; false: one could not be looked at. */
bool check_run(const char *clang, const check_units *units, check_findings *findings);

/* What a remark, and the note that follows it (or NULL), mean. */
check_finding check_translate(const check_remark *remark, const check_remark *note);

/* Whether `next` tells nothing that `said` has not told: a header's findings come from every unit,
 * and a handle that is open on one way only is also closed where it may not be. */
bool check_says_same(const check_finding *said, const check_finding *next);

/* The function whose text encloses a place; name NULL: none does. */
typedef struct check_function {
    const char *name;
    const char *parameters; /* between the parentheses */
    const char *body;       /* from its brace to the place */
    unsigned line;          /* of the brace */
} check_function;

check_function check_function_at(check_place place);

/* The line of a file, without its end; NULL: it has none of that number. */
const char *check_line(const char *file, unsigned number);

void check_print_text(const check_findings *findings);
void check_print_json(const check_findings *findings, size_t files);

#endif
