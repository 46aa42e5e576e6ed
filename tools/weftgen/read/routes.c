/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/routes.c: route tables and the routers that name them. Both are read from their
 * initialisers, member by member, as GET(..) and its kin expand to them.
 */
#include "read.h"

/* ---- looking into expressions ---- */

struct search {
    enum CXCursorKind kind;
    CXCursor found;
};

static enum CXChildVisitResult visit_search(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct search *search = data;
    if (clang_getCursorKind(cursor) != search->kind)
        return CXChildVisit_Recurse;
    search->found = cursor;
    return CXChildVisit_Break;
}

/* The first cursor of `kind` in or below `root`; null when there is none. */
static CXCursor find(CXCursor root, enum CXCursorKind kind)
{
    struct search search = {kind, clang_getNullCursor()};
    if (clang_getCursorKind(root) == kind)
        return root;
    clang_visitChildren(root, visit_search, &search);
    return search.found;
}

static enum CXChildVisitResult visit_first(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    *(CXCursor *)data = cursor;
    return CXChildVisit_Break;
}

/* Without the conversions and parentheses around it. */
static CXCursor strip(CXCursor expression)
{
    for (;;) {
        enum CXCursorKind kind = clang_getCursorKind(expression);
        if (kind != CXCursor_UnexposedExpr && kind != CXCursor_ParenExpr)
            return expression;
        CXCursor inner = clang_getNullCursor();
        clang_visitChildren(expression, visit_first, &inner);
        if (clang_Cursor_isNull(inner))
            return expression;
        expression = inner;
    }
}

/* The text of a string literal without escapes, else NULL. */
static const char *literal_text(struct reader *reader, CXCursor literal)
{
    if (clang_Cursor_isNull(literal))
        return NULL;
    const char *quoted = read_name(reader, literal);
    size_t len = strlen(quoted);
    if (len < 2 || quoted[0] != '"' || quoted[len - 1] != '"' || strchr(quoted, '\\') != NULL)
        return NULL;
    return gen_copy(reader->arena, quoted + 1, len - 2);
}

/* ---- designated initialisers ---- */

typedef void member_fn(struct reader *reader, const char *member, CXCursor value, void *data);

struct members {
    struct reader *reader;
    member_fn *fn;
    void *data;
    const char *member; /* of the designator just passed */
};

static enum CXChildVisitResult visit_designated(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct members *members = data;
    if (clang_getCursorKind(cursor) == CXCursor_MemberRef)
        members->member = read_name(members->reader, cursor);
    else if (members->member != NULL)
        members->fn(members->reader, members->member, cursor, members->data);
    return CXChildVisit_Continue;
}

static enum CXChildVisitResult visit_initialiser(CXCursor cursor, CXCursor parent,
                                                 CXClientData data)
{
    (void)parent;
    struct members *members = data;
    members->member = NULL;
    clang_visitChildren(cursor, visit_designated, members);
    return CXChildVisit_Continue;
}

/* Calls fn for each `.member = value` of an initialiser list. */
static void each_member(struct reader *reader, CXCursor list, member_fn *fn, void *data)
{
    struct members members = {.reader = reader, .fn = fn, .data = data};
    clang_visitChildren(list, visit_initialiser, &members);
}

/* ---- tables ---- */

static void read_path(struct reader *reader, CXCursor value, gen_route *route)
{
    CXCursor literal = find(value, CXCursor_StringLiteral);
    route->path = literal_text(reader, literal);
    CXCursor at = clang_Cursor_isNull(literal) ? value : literal;
    unsigned width = route->path ? (unsigned)strlen(route->path) + 2 : 0;
    route->path_place = read_place(reader, clang_getCursorLocation(at), width);
    if (route->path == NULL)
        gen_report(GEN_ERROR, &route->path_place,
                   "the path of a route must be a string literal without escapes");
}

static void read_handler(struct reader *reader, CXCursor value, gen_route *route)
{
    CXCursor reference = find(value, CXCursor_DeclRefExpr);
    if (clang_Cursor_isNull(reference))
        return;
    CXCursor function = clang_getCursorReferenced(reference);
    route->handler_name = read_name(reader, reference);
    route->place = read_place(reader, clang_getCursorLocation(reference),
                              (unsigned)strlen(route->handler_name));
    if (clang_getCursorKind(function) != CXCursor_FunctionDecl)
        return;
    CXCursor definition = clang_getCursorDefinition(function);
    route->handler = read_function(reader, clang_Cursor_isNull(definition) ? function : definition);
}

static void read_kind(struct reader *reader, CXCursor value, gen_route *route)
{
    CXCursor reference = find(value, CXCursor_DeclRefExpr);
    const char *kind = clang_Cursor_isNull(reference) ? "" : read_name(reader, reference);
    if (strcmp(kind, "WEFT_ROW_TABLE") == 0) {
        route->kind = GEN_ROW_TABLE;
    } else if (strcmp(kind, "WEFT_ROW_FALLBACK") == 0) {
        route->kind = GEN_ROW_FALLBACK;
        route->method = "FALLBACK";
    } else if (strcmp(kind, "WEFT_ROW_METHOD_FALLBACK") == 0) {
        route->kind = GEN_ROW_FALLBACK;
        route->method = "METHOD_FALLBACK";
    }
}

/* The table that a row holds: the one name in what NEST and MERGE expand to. */
static void read_nested(struct reader *reader, CXCursor value, gen_route *route)
{
    CXCursor reference = find(value, CXCursor_DeclRefExpr);
    if (clang_Cursor_isNull(reference))
        return;
    route->nested_name = read_name(reader, reference);
    route->nested = reader_find(reader, clang_getCursorReferenced(reference));
    route->place = read_place(reader, clang_getCursorLocation(reference),
                              (unsigned)strlen(route->nested_name));
}

static void read_route_member(struct reader *reader, const char *member, CXCursor value, void *data)
{
    gen_route *route = data;
    if (strcmp(member, "kind") == 0)
        read_kind(reader, value, route);
    else if (strcmp(member, "table") == 0)
        read_nested(reader, value, route);
    else if (strcmp(member, "method") == 0)
        route->method = literal_text(reader, find(value, CXCursor_StringLiteral));
    else if (strcmp(member, "path") == 0)
        read_path(reader, value, route);
    else if (strcmp(member, "handler") == 0)
        read_handler(reader, value, route);
}

struct table_visit {
    struct reader *reader;
    gen_table *table;
};

static enum CXChildVisitResult visit_row(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct table_visit *visit = data;
    if (clang_getCursorKind(cursor) != CXCursor_InitListExpr)
        return CXChildVisit_Continue;
    gen_route route = {.method = "*",
                       .place = read_place(visit->reader, clang_getCursorLocation(cursor), 0)};
    each_member(visit->reader, cursor, read_route_member, &route);
    if (route.method != NULL && route.path != NULL)
        GEN_PUSH(visit->reader->arena, visit->table->routes, visit->table->route_count, route);
    return CXChildVisit_Continue;
}

static gen_table *new_table(struct reader *reader, CXCursor variable)
{
    gen_table *table = gen_alloc(reader->arena, sizeof(*table));
    table->name = read_name(reader, variable);
    table->place = read_name_place(reader, variable);
    reader_remember(reader, variable, table);
    GEN_PUSH(reader->arena, reader->unit->tables, reader->unit->table_count, table);
    return table;
}

/* Tables that an expression names, each once. */
struct naming {
    struct reader *reader;
    gen_table **tables;
    size_t count;
};

static enum CXChildVisitResult visit_names(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct naming *naming = data;
    if (clang_getCursorKind(cursor) != CXCursor_DeclRefExpr)
        return CXChildVisit_Recurse;
    gen_table *table = reader_find(naming->reader, clang_getCursorReferenced(cursor));
    bool again = table == NULL;
    for (size_t i = 0; i < naming->count; i++)
        again = again || naming->tables[i] == table;
    if (!again)
        GEN_PUSH(naming->reader->arena, naming->tables, naming->count, table);
    return CXChildVisit_Recurse;
}

/* A route_table: what it merges. */
static void read_list(struct reader *reader, CXCursor variable)
{
    struct naming naming = {.reader = reader};
    clang_visitChildren(variable, visit_names, &naming);
    gen_table *table = new_table(reader, variable);
    for (size_t i = 0; i < naming.count; i++) {
        gen_route row = {.kind = GEN_ROW_TABLE,
                         .method = "*",
                         .path = "",
                         .nested_name = naming.tables[i]->name,
                         .nested = naming.tables[i],
                         .place = table->place};
        GEN_PUSH(reader->arena, table->routes, table->route_count, row);
    }
}

void read_table(struct reader *reader, CXCursor variable)
{
    CXType type = clang_getCursorType(variable);
    CXType element = clang_getArrayElementType(type);
    CXCursor list = find(variable, CXCursor_InitListExpr);
    if (clang_Cursor_isNull(list))
        return;
    if (read_is_weft(type, "weft_routes")) {
        read_list(reader, variable);
    } else if (element.kind != CXType_Invalid && read_is_weft(element, "weft_route")) {
        struct table_visit visit = {reader, new_table(reader, variable)};
        clang_visitChildren(list, visit_row, &visit);
    }
}

/* ---- routers ---- */

static void read_state(struct reader *reader, CXCursor value, gen_router *router)
{
    CXCursor expression = strip(value);
    router->state_place = read_place(reader, clang_getCursorLocation(value), 0);
    CXType type = clang_getCanonicalType(clang_getCursorType(expression));
    if (type.kind != CXType_Pointer)
        return;
    CXType pointee = clang_getPointeeType(clang_getCursorType(expression));
    gen_type *state = gen_alloc(reader->arena, sizeof(*state));
    *state = read_type(reader, pointee);
    router->state = strcmp(state->spelling, "void") == 0 ? NULL : state;
}

static void read_router_member(struct reader *reader, const char *member, CXCursor value,
                               void *data)
{
    gen_router *router = data;
    if (strcmp(member, "state") == 0) {
        read_state(reader, value, router);
    } else if (strcmp(member, "routes") == 0) {
        struct naming naming = {.reader = reader};
        visit_names(value, value, &naming);
        clang_visitChildren(value, visit_names, &naming);
        router->tables = naming.tables;
        router->table_count = naming.count;
    }
}

static enum CXChildVisitResult visit_router(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct reader *reader = data;
    if (clang_getCursorKind(cursor) != CXCursor_VarDecl ||
        !read_is_weft(clang_getCursorType(cursor), "weft_router"))
        return CXChildVisit_Recurse;
    CXCursor list = find(cursor, CXCursor_InitListExpr);
    if (clang_Cursor_isNull(list))
        return CXChildVisit_Continue;
    gen_router *router = gen_alloc(reader->arena, sizeof(*router));
    router->name = read_name(reader, cursor);
    router->place = read_name_place(reader, cursor);
    each_member(reader, list, read_router_member, router);
    GEN_PUSH(reader->arena, reader->unit->routers, reader->unit->router_count, router);
    return CXChildVisit_Continue;
}

/* A router is a variable, of the file or of a function. */
void read_routers(struct reader *reader, CXCursor declaration)
{
    if (clang_getCursorKind(declaration) == CXCursor_VarDecl)
        visit_router(declaration, clang_getNullCursor(), reader);
    else
        clang_visitChildren(declaration, visit_router, reader);
}
