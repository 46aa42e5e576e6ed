/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/variables.c: variables that live as long as the program and can be changed.
 */
#include "read.h"

static enum CXChildVisitResult visit_variable(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct reader *reader = data;
    CXType type = clang_getCursorType(cursor);
    bool local = clang_getCursorKind(clang_getCursorSemanticParent(cursor)) ==
                 CXCursor_FunctionDecl;
    bool lasts = !local || clang_Cursor_getStorageClass(cursor) == CX_SC_Static;
    if (clang_getCursorKind(cursor) != CXCursor_VarDecl)
        return CXChildVisit_Recurse;
    if (!lasts || clang_isConstQualifiedType(type) ||
        clang_isConstQualifiedType(clang_getArrayElementType(type)))
        return CXChildVisit_Continue;
    gen_variable variable = {
        .name = read_name(reader, cursor),
        .type = read_type(reader, type),
        .place = read_name_place(reader, cursor),
    };
    GEN_PUSH(reader->arena, reader->unit->variables, reader->unit->variable_count, variable);
    return CXChildVisit_Continue;
}

void read_variables(struct reader *reader, CXCursor declaration)
{
    if (clang_getCursorKind(declaration) == CXCursor_VarDecl)
        visit_variable(declaration, clang_getNullCursor(), reader);
    else
        clang_visitChildren(declaration, visit_variable, reader);
}
