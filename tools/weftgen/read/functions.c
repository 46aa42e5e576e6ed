/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/functions.c: functions and their parameters.
 */
#include "read.h"

static gen_parameter read_parameter(struct reader *reader, CXCursor cursor)
{
    CXType type = clang_getCursorType(cursor);
    gen_parameter parameter = {
        .name = read_name(reader, cursor),
        .pointer = type.kind == CXType_Pointer,
        .notes = read_notes(reader, cursor),
        .place = read_name_place(reader, cursor),
    };
    if (parameter.pointer) {
        type = clang_getPointeeType(type);
        parameter.is_const = clang_isConstQualifiedType(type);
    }
    parameter.type = read_noted_type(reader, type, &parameter.notes);
    return parameter;
}

static void read_signature(struct reader *reader, CXCursor declaration, gen_function *function)
{
    function->result = read_type(reader, clang_getCursorResultType(declaration));
    function->place = read_name_place(reader, declaration);
    function->parameters = NULL;
    function->parameter_count = 0;
    int count = clang_Cursor_getNumArguments(declaration);
    for (int i = 0; i < count; i++) {
        CXCursor cursor = clang_Cursor_getArgument(declaration, (unsigned)i);
        GEN_PUSH(reader->arena, function->parameters, function->parameter_count,
                 read_parameter(reader, cursor));
    }
}

/* A prototype and its definition are one function; the definition's names and notes count. */
gen_function *read_function(struct reader *reader, CXCursor declaration)
{
    gen_function *function = reader_find(reader, declaration);
    bool defined = clang_isCursorDefinition(declaration);
    if (function != NULL && (function->is_defined || !defined))
        return function;
    if (function == NULL) {
        function = gen_alloc(reader->arena, sizeof(*function));
        reader_remember(reader, declaration, function);
    }
    function->name = read_name(reader, declaration);
    const char *comment = read_comment(reader, declaration);
    function->comment = comment ? comment : function->comment;
    function->is_static = clang_Cursor_getStorageClass(declaration) == CX_SC_Static;
    function->is_defined = defined;
    read_signature(reader, declaration, function);
    return function;
}
