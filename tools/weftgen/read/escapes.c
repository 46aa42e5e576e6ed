/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/escapes.c: finds text that is used for longer than it lives, where no compiler looks
 * into structs: a view of an array on the stack that is returned or put into what the caller gave,
 * a row of a cursor that is used behind the next, a pointer into a request that the state or a
 * variable that lasts is given. It follows the statements of a function in the order of the source,
 * through local variables, and takes what it does not understand for right.
 */
#include "read.h"

#define DEPTH_MAX 64 /* operators within each other that are looked into */

enum life { LIFE_ENOUGH, LIFE_REQUEST, LIFE_ROW, LIFE_STACK };

/* What a local variable leads to. */
struct holder {
    CXCursor variable;
    enum life life;
    CXCursor of;    /* the array, or the variable that the row was read into */
    unsigned until; /* LIFE_ROW: the offset of the loop that reads the next one; 0: no loop */
};

struct span {
    unsigned from, to; /* offsets in the file */
};

struct function {
    struct reader *reader;
    const char *name;
    struct holder *holders;
    size_t holder_count;
    struct span *loops;
    size_t loop_count;
};

static const struct holder enough = {.life = LIFE_ENOUGH};

/* ---- expressions ----------------------------------------------------------------------------- */

struct children {
    CXCursor at[4];
    unsigned count;
};

static enum CXChildVisitResult visit_child(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct children *children = data;
    if (!clang_isExpression(clang_getCursorKind(cursor)))
        return CXChildVisit_Continue;
    children->at[children->count++] = cursor;
    return children->count < 4 ? CXChildVisit_Continue : CXChildVisit_Break;
}

/* The first expressions that it is made of. */
static struct children children_of(CXCursor cursor)
{
    struct children children = {.count = 0};
    clang_visitChildren(cursor, visit_child, &children);
    return children;
}

static char first_char(struct reader *reader, CXSourceLocation location)
{
    gen_place place;
    weft_str source = read_source(reader, location, &place);
    size_t i = 0;
    while (i < source.len && (source.at[i] == ' ' || source.at[i] == '\n'))
        i++;
    bool twice = i + 1 < source.len && source.at[i + 1] == '=';
    return i < source.len && !twice ? source.at[i] : '\0';
}

static char operator_of(struct reader *reader, CXCursor unary)
{
    return first_char(reader, clang_getRangeStart(clang_getCursorExtent(unary)));
}

static bool is_automatic(CXCursor variable)
{
    enum CXCursorKind kind = clang_getCursorKind(variable);
    CXCursor parent = clang_getCursorSemanticParent(variable);
    return kind == CXCursor_VarDecl && clang_getCursorKind(parent) == CXCursor_FunctionDecl &&
           clang_Cursor_getStorageClass(variable) != CX_SC_Static &&
           clang_Cursor_getStorageClass(variable) != CX_SC_Extern;
}

static bool is_text(CXType array)
{
    return array.kind == CXType_ConstantArray &&
           clang_Type_getSizeOf(clang_getArrayElementType(array)) == 1;
}

/* The variable at the root of `a.b[c]`; *through: on the way a pointer is followed. */
static CXCursor root_of(struct reader *reader, CXCursor cursor, bool *through)
{
    for (unsigned i = 0; i < DEPTH_MAX; i++) {
        enum CXCursorKind kind = clang_getCursorKind(cursor);
        if (kind == CXCursor_DeclRefExpr)
            return clang_getCursorReferenced(cursor);
        struct children children = children_of(cursor);
        if (children.count == 0 || kind == CXCursor_CallExpr)
            break;
        CXType base = clang_getCanonicalType(clang_getCursorType(children.at[0]));
        *through |= (kind == CXCursor_MemberRefExpr && base.kind == CXType_Pointer) ||
                    (kind == CXCursor_UnaryOperator && operator_of(reader, cursor) == '*');
        if (kind == CXCursor_ArraySubscriptExpr) {
            struct children inner = children_of(children.at[0]);
            CXCursor list = inner.count == 1 ? inner.at[0] : children.at[0];
            *through |= clang_getCanonicalType(clang_getCursorType(list)).kind == CXType_Pointer;
        }
        cursor = children.at[0];
    }
    return clang_getNullCursor();
}

struct carrying {
    unsigned depth;
    bool found;
};

static bool carries(CXType type, unsigned depth);

static enum CXVisitorResult visit_carried(CXCursor field, CXClientData data)
{
    struct carrying *carrying = data;
    carrying->found = carries(clang_getCursorType(field), carrying->depth + 1);
    return carrying->found ? CXVisit_Break : CXVisit_Continue;
}

/* Whether a value of the type leads to memory elsewhere. */
static bool carries(CXType type, unsigned depth)
{
    type = clang_getCanonicalType(type);
    struct carrying carrying = {.depth = depth};
    if (type.kind == CXType_Record && depth < 8)
        clang_Type_visitFields(type, visit_carried, &carrying);
    return type.kind == CXType_Pointer || carrying.found;
}

static struct holder *find_holder(const struct function *function, CXCursor variable)
{
    for (size_t i = 0; i < function->holder_count; i++)
        if (clang_equalCursors(function->holders[i].variable, variable))
            return &function->holders[i];
    return NULL;
}

/* What a parameter derives that points to a struct; 0: it is something else. */
static unsigned derives_of(struct reader *reader, CXCursor parameter)
{
    CXType type = clang_getCursorType(parameter);
    if (clang_getCursorKind(parameter) != CXCursor_ParmDecl || type.kind != CXType_Pointer)
        return 0;
    gen_type target = read_type(reader, clang_getPointeeType(type));
    return target.kind == GEN_RECORD ? target.record->derives : 0;
}

/* Whether it is a text of a request: a str, or in what a request was read into. */
static bool is_of_request(struct reader *reader, CXCursor parameter)
{
    if (clang_getCursorKind(parameter) != CXCursor_ParmDecl)
        return false;
    CXType type = clang_getCursorType(parameter);
    return (derives_of(reader, parameter) & (GEN_JSON | GEN_TEXTS | GEN_ROW)) != 0 ||
           read_type(reader, type).kind == GEN_STR;
}

/* What the variable that is named there leads to, or the array that it is. */
static struct holder life_of_name(const struct function *function, CXCursor cursor)
{
    bool through = false;
    CXCursor variable = root_of(function->reader, cursor, &through);
    if (clang_Cursor_isNull(variable))
        return enough;
    if (is_of_request(function->reader, variable) && carries(clang_getCursorType(cursor), 0))
        return (struct holder){.life = LIFE_REQUEST, .of = variable};
    if (through)
        return enough;
    if (is_automatic(variable) && is_text(clang_getCursorType(cursor)))
        return (struct holder){.life = LIFE_STACK, .of = variable};
    const struct holder *holder = find_holder(function, variable);
    return holder != NULL && carries(clang_getCursorType(cursor), 0) ? *holder : enough;
}

static bool is_called(struct reader *reader, CXCursor call, const char *name)
{
    return strcmp(read_name(reader, clang_getCursorReferenced(call)), name) == 0;
}

/* Of its parts, the one that lives least. */
static struct holder life_of(const struct function *function, CXCursor cursor, unsigned depth)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    struct children children = children_of(cursor);
    struct holder least = enough;
    unsigned first = 0;
    switch (kind) {
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr:
    case CXCursor_ArraySubscriptExpr: return life_of_name(function, cursor);
    case CXCursor_ConditionalOperator: first = 1; break;
    case CXCursor_CallExpr:
        if (!is_called(function->reader, cursor, "weft_str_from") &&
            !is_called(function->reader, cursor, "weft_str_skip"))
            return enough;
        first = 1;
        break;
    case CXCursor_ParenExpr:
    case CXCursor_UnexposedExpr:
    case CXCursor_CStyleCastExpr:
    case CXCursor_CompoundLiteralExpr:
    case CXCursor_InitListExpr: break;
    default: return enough;
    }
    for (unsigned i = first; i < children.count && depth < DEPTH_MAX; i++) {
        struct holder life = life_of(function, children.at[i], depth + 1);
        least = life.life > least.life ? life : least;
    }
    return least;
}

/* ---- complaints ------------------------------------------------------------------------------ */

static void report(const struct function *function, CXCursor at, const struct holder *life,
                   const char *longer)
{
    struct reader *reader = function->reader;
    gen_place place = read_place(reader, clang_getCursorLocation(at), 0);
    const char *what = read_name(reader, life->of);
    if (life->life == LIFE_REQUEST) {
        gen_report(GEN_ERROR, &place, "\"%s\" ends with its request, but %s longer", what, longer);
        gen_report(GEN_NOTE, &place,
                   "keep a copy: hold kept_str, and write TRY(kept_set(&state->name, text))");
    } else if (life->life == LIFE_STACK) {
        gen_report(GEN_ERROR, &place, "\"%s\" is gone when %s returns, but %s then", what,
                   function->name, longer);
        gen_report(GEN_NOTE, &place,
                   "write it into the request's memory: weft_arena_printf(memory, ..), "
                   "weft_arena_copy(memory, text, &copy)");
    } else {
        gen_report(GEN_ERROR, &place,
                   "the texts in \"%s\" live until the next row is read, but %s then", what,
                   longer);
        gen_report(GEN_NOTE, &place, "copy what is needed: weft_arena_copy(memory, text, &copy)");
    }
}

/* ---- statements ------------------------------------------------------------------------------ */

static unsigned offset_of(CXSourceLocation location)
{
    unsigned offset = 0;
    clang_getFileLocation(location, NULL, NULL, NULL, &offset);
    return offset;
}

static void hold(struct function *function, CXCursor variable, struct holder life)
{
    struct holder *holder = find_holder(function, variable);
    life.variable = variable;
    if (holder != NULL)
        *holder = life;
    else
        GEN_PUSH(function->reader->arena, function->holders, function->holder_count, life);
}

static void read_assignment(struct function *function, CXCursor to, CXCursor from)
{
    struct reader *reader = function->reader;
    struct holder life = life_of(function, from, 0);
    bool through = false;
    CXCursor root = root_of(reader, to, &through);
    if (clang_Cursor_isNull(root) || !carries(clang_getCursorType(to), 0))
        return;
    bool parameter = clang_getCursorKind(root) == CXCursor_ParmDecl;
    bool whole = clang_getCursorKind(to) == CXCursor_DeclRefExpr;
    bool lasts = parameter ? through && (derives_of(reader, root) & GEN_STATE)
                           : !is_automatic(root);
    CXType type = clang_getCanonicalType(clang_getCursorType(to));
    bool outlives = life.life == LIFE_REQUEST
                        ? lasts && type.kind == CXType_Pointer /* types refuse the others */
                        : lasts || (parameter && through);
    bool next_row = life.life == LIFE_ROW &&
                    life.until > offset_of(clang_getCursorLocation(root)) &&
                    !clang_equalCursors(root, life.of);
    if (life.life != LIFE_ENOUGH && (outlives || next_row))
        report(function, to, &life,
               gen_format(reader->arena, "\"%s\" is used", read_name(reader, root)));
    else if (life.life != LIFE_ENOUGH ? !through : whole)
        hold(function, root, life);
}

static void read_operator(struct function *function, CXCursor cursor)
{
    struct children sides = children_of(cursor);
    if (sides.count != 2)
        return;
    CXSourceRange left = clang_getCursorExtent(sides.at[0]);
    if (first_char(function->reader, clang_getRangeEnd(left)) == '=')
        read_assignment(function, sides.at[0], sides.at[1]);
}

static void read_initializer(struct function *function, CXCursor variable)
{
    CXCursor value = clang_Cursor_getVarDeclInitializer(variable);
    if (clang_Cursor_isNull(value) || !carries(clang_getCursorType(variable), 0))
        return;
    struct holder life = life_of(function, value, 0);
    if (life.life != LIFE_ENOUGH)
        hold(function, variable, life);
}

static void read_return(struct function *function, CXCursor cursor)
{
    struct children children = children_of(cursor);
    if (children.count != 1 || !carries(clang_getCursorType(children.at[0]), 0))
        return;
    struct holder life = life_of(function, children.at[0], 0);
    if (life.life > LIFE_REQUEST)
        report(function, children.at[0], &life, "what is returned is used");
}

/* cursor_next(rows, &row): the innermost loop around it reads the next one. */
static void read_call(struct function *function, CXCursor call)
{
    bool through = false;
    if (!is_called(function->reader, call, "weft__cursor_next") ||
        clang_Cursor_getNumArguments(call) != 2)
        return;
    CXCursor row = root_of(function->reader, clang_Cursor_getArgument(call, 1), &through);
    if (clang_Cursor_isNull(row) || through || !is_automatic(row))
        return;
    unsigned here = offset_of(clang_getCursorLocation(call)), until = 0;
    for (size_t i = 0; i < function->loop_count; i++)
        if (function->loops[i].from <= here && here <= function->loops[i].to)
            until = function->loops[i].from;
    hold(function, row, (struct holder){.life = LIFE_ROW, .of = row, .until = until});
}

static enum CXChildVisitResult visit_statement(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct function *function = data;
    CXSourceRange extent = clang_getCursorExtent(cursor);
    struct span span = {offset_of(clang_getRangeStart(extent)),
                        offset_of(clang_getRangeEnd(extent))};
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_ForStmt:
    case CXCursor_WhileStmt:
    case CXCursor_DoStmt:
        GEN_PUSH(function->reader->arena, function->loops, function->loop_count, span);
        break;
    case CXCursor_BinaryOperator: read_operator(function, cursor); break;
    case CXCursor_VarDecl: read_initializer(function, cursor); break;
    case CXCursor_ReturnStmt: read_return(function, cursor); break;
    case CXCursor_CallExpr: read_call(function, cursor); break;
    default: break;
    }
    return CXChildVisit_Recurse;
}

void read_escapes(struct reader *reader, CXCursor declaration)
{
    struct function function = {.reader = reader, .name = read_name(reader, declaration)};
    if (clang_isCursorDefinition(declaration))
        clang_visitChildren(declaration, visit_statement, &function);
}
