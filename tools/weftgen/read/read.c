/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/read.c: parses the user's file with libclang and walks its declarations. Completed
 * are the declarations of the file itself, of the header of the same name and of .c files that it
 * includes; what they use from other headers is read when it is met.
 */
#include "read.h"

#include <errno.h>
#include <unistd.h>

/* ---- what was read before ---- */

void *reader_find(const struct reader *reader, CXCursor cursor)
{
    CXCursor canonical = clang_getCanonicalCursor(cursor);
    for (size_t i = 0; i < reader->known_count; i++)
        if (clang_equalCursors(reader->known[i].cursor, canonical))
            return reader->known[i].what;
    return NULL;
}

void reader_remember(struct reader *reader, CXCursor cursor, void *what)
{
    struct known known = {clang_getCanonicalCursor(cursor), what};
    GEN_PUSH(reader->arena, reader->known, reader->known_count, known);
}

/* ---- diagnostics of the compiler ---- */

/* A note that the compiler ignores would silently do nothing. */
static bool is_lost_note(struct reader *reader, CXDiagnostic diagnostic)
{
    const char *text = read_text(reader, clang_getDiagnosticSpelling(diagnostic));
    return strstr(text, "attribute 'annotate' is ignored") != NULL;
}

/* Notes about the insides of Weft's macros: the message itself says what is to be done. */
static bool is_inside(struct reader *reader, CXDiagnostic note)
{
    const char *text = read_text(reader, clang_getDiagnosticSpelling(note));
    const char *file = read_place(reader, clang_getDiagnosticLocation(note), 0).file;
    bool ours = file == NULL || strstr(file, "/weft/") != NULL;
    return ours && (strncmp(text, "expanded from ", 14) == 0 || text[0] == '(' ||
                    strstr(text, "has been explicitly marked unavailable here") != NULL);
}

/* ARRAY(T) is a type when ARRAY_OF(T) has made it one. */
static bool report_undeclared(gen_place *place, const char *text)
{
    static const struct {
        const char *type, *macro;
    } kinds[] = {{"array_", "ARRAY"},
                 {"optional_", "OPTIONAL"},
                 {"change_", "CHANGE"},
                 {"map_", "MAP"},
                 {"cursor_", "CURSOR"}};
    static const char unknown[] = "unknown type name 'weft_";
    if (strncmp(text, unknown, sizeof unknown - 1) != 0)
        return false;
    text += sizeof unknown - 1;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t len = strlen(kinds[i].type);
        if (strncmp(text, kinds[i].type, len) != 0)
            continue;
        int rest = (int)strcspn(text + len, "'");
        gen_report(GEN_ERROR, place, "%s(%.*s) is not declared", kinds[i].macro, rest, text + len);
        gen_report(GEN_NOTE, place, "write %s_OF(%.*s); behind the type, once", kinds[i].macro,
                   rest, text + len);
        return true;
    }
    return false;
}

static void report_diagnostic(struct reader *reader, CXDiagnostic diagnostic, gen_severity severity)
{
    gen_place place = read_place(reader, clang_getDiagnosticLocation(diagnostic), 0);
    const char *text = read_text(reader, clang_getDiagnosticSpelling(diagnostic));
    if (place.file == NULL || !report_undeclared(&place, text))
        gen_report(severity, place.file ? &place : NULL, "%s", text);
    CXDiagnosticSet children = clang_getChildDiagnostics(diagnostic);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(children); i++) {
        CXDiagnostic child = clang_getDiagnosticInSet(children, i);
        if (!is_inside(reader, child))
            report_diagnostic(reader, child, GEN_NOTE);
        clang_disposeDiagnostic(child);
    }
}

static void report_lost_note(struct reader *reader, CXDiagnostic diagnostic)
{
    gen_place place = read_place(reader, clang_getDiagnosticLocation(diagnostic), 0);
    gen_report(GEN_ERROR, &place, "this note names nothing here");
    gen_report(GEN_NOTE, NULL,
               "DERIVE stands before \"typedef struct ..\" or \"typedef enum ..\"; "
               "a struct without a typedef cannot have it");
}

static bool is_error(CXDiagnostic diagnostic)
{
    return clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error;
}

/* A macro that names its argument twice has the compiler say everything twice. */
static bool is_said_again(struct reader *reader, CXDiagnostic one, CXDiagnostic before)
{
    if (before == NULL)
        return false;
    gen_place here = read_place(reader, clang_getDiagnosticLocation(one), 0);
    gen_place there = read_place(reader, clang_getDiagnosticLocation(before), 0);
    return here.file != NULL && there.file != NULL && strcmp(here.file, there.file) == 0 &&
           here.line == there.line && here.column == there.column &&
           strcmp(read_text(reader, clang_getDiagnosticSpelling(one)),
                  read_text(reader, clang_getDiagnosticSpelling(before))) == 0;
}

/* Prints the compiler's errors; false when there are some. */
static bool report_diagnostics(struct reader *reader)
{
    unsigned before = gen_error_count();
    unsigned count = clang_getNumDiagnostics(reader->parsed); /* may free those it gave before */
    CXDiagnostic last = NULL;
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(reader->parsed, i);
        if (is_error(diagnostic) && last == NULL)
            read_slips(reader);
        if (is_error(diagnostic) && !is_said_again(reader, diagnostic, last))
            report_diagnostic(reader, diagnostic, GEN_ERROR);
        else if (is_lost_note(reader, diagnostic))
            report_lost_note(reader, diagnostic);
        CXDiagnostic done = is_error(diagnostic) ? last : diagnostic;
        last = is_error(diagnostic) ? diagnostic : last;
        if (done != NULL)
            clang_disposeDiagnostic(done);
    }
    if (last != NULL)
        clang_disposeDiagnostic(last);
    return gen_error_count() == before;
}

/* ---- files ---- */

/* "users.c": a program that a test includes, say. */
static bool is_source(const char *name)
{
    size_t len = strlen(name);
    return len > 2 && strcmp(name + len - 2, ".c") == 0;
}

/* "dir/users.c" and "other/users.h" have the same name. */
static bool is_header_of(const char *header, const char *file)
{
    const char *slash = strrchr(header, '/');
    const char *name = slash ? slash + 1 : header;
    slash = strrchr(file, '/');
    file = slash ? slash + 1 : file;
    const char *dot = strrchr(file, '.');
    size_t stem = dot ? (size_t)(dot - file) : strlen(file);
    return strncmp(name, file, stem) == 0 && strcmp(name + stem, ".h") == 0;
}

static void visit_inclusion(CXFile included, CXSourceLocation *stack, unsigned depth,
                            CXClientData data)
{
    (void)stack;
    struct reader *reader = data;
    const char *name = read_text(reader, clang_getFileName(included));
    GEN_PUSH(reader->arena, reader->unit->dependencies, reader->unit->dependency_count, name);
    if (depth == 1 && (is_source(name) || is_header_of(name, reader->unit->file)))
        GEN_PUSH(reader->arena, reader->parts, reader->part_count, included);
}

/* ---- declarations ---- */

static void read_declaration(struct reader *reader, CXCursor cursor)
{
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_TypedefDecl: read_typedef(reader, cursor); break;
    case CXCursor_FunctionDecl: {
        bool known = reader_find(reader, cursor) != NULL;
        gen_function *function = read_function(reader, cursor);
        if (!known)
            GEN_PUSH(reader->arena, reader->unit->functions, reader->unit->function_count,
                     function);
        read_statement(reader, cursor);
        read_routers(reader, cursor);
        read_variables(reader, cursor);
        read_escapes(reader, cursor);
        break;
    }
    case CXCursor_VarDecl:
        read_table(reader, cursor);
        read_routers(reader, cursor);
        read_variables(reader, cursor);
        break;
    default: break;
    }
}

static bool is_ours(const struct reader *reader, CXCursor cursor)
{
    CXSourceLocation location = clang_getCursorLocation(cursor);
    if (clang_Location_isFromMainFile(location))
        return true;
    CXFile file = NULL;
    clang_getFileLocation(location, &file, NULL, NULL, NULL);
    for (size_t i = 0; i < reader->part_count; i++)
        if (file != NULL && clang_File_isEqual(file, reader->parts[i]))
            return true;
    return false;
}

static enum CXChildVisitResult visit_top(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct reader *reader = data;
    if (is_ours(reader, cursor))
        read_declaration(reader, cursor);
    return CXChildVisit_Continue;
}

/* ---- the whole ---- */

static bool parse(struct reader *reader, CXIndex index, const char *const *arguments, int count)
{
    const char *file = reader->unit->file;
    if (access(file, R_OK) != 0) {
        gen_report(GEN_ERROR, NULL, "cannot read %s: %s", file, strerror(errno));
        return false;
    }
    enum CXErrorCode code = clang_parseTranslationUnit2(index, file, arguments, count, NULL, 0,
                                                        CXTranslationUnit_None, &reader->parsed);
    if (code == CXError_Success)
        return true;
    gen_report(GEN_ERROR, NULL, "libclang cannot parse %s (error %d); are the options right?", file,
               (int)code);
    return false;
}

bool gen_read(gen_unit *unit, const char *const *arguments, int argument_count)
{
    struct reader reader = {.unit = unit, .arena = unit->arena};
    CXIndex index = clang_createIndex(0, 0);
    bool read = parse(&reader, index, arguments, argument_count) && report_diagnostics(&reader);
    if (read) {
        clang_getInclusions(reader.parsed, visit_inclusion, &reader);
        clang_visitChildren(clang_getTranslationUnitCursor(reader.parsed), visit_top, &reader);
        gen_mount_tables(unit);
    }
    clang_disposeTranslationUnit(reader.parsed);
    clang_disposeIndex(index);
    return read;
}
