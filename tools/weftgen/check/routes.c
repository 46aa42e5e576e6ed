/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks route tables: patterns, rows that answer the same requests, what their handlers make of
 * the captures, and the state that the handlers of one table share.
 */
#include "check/handlers.h"
#include "check/types.h"

#include <ctype.h>

/* ---- patterns -------------------------------------------------------------------------------- */

/* A part of the pattern's literal. */
static gen_place place_in(const gen_route *route, const char *from, size_t len)
{
    gen_place place = route->path_place;
    place.column += 1 + (unsigned)(from - route->path);
    place.width = (unsigned)len;
    return place;
}

static bool is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!isalpha((unsigned char)text[i]) && text[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)text[i])))
            return false;
    return len != 0;
}

static bool refuse_segment(const gen_route *route, const char *segment, size_t len,
                           const char *reason)
{
    gen_place place = place_in(route, segment, len);
    gen_report(GEN_ERROR, &place, "\"%.*s\" %s", (int)len, segment, reason);
    return false;
}

/* A segment that stands for itself. */
static bool check_text(const gen_route *route, const char *segment, size_t len)
{
    if (len > 1 && (segment[0] == ':' || segment[0] == '*')) {
        refuse_segment(route, segment, len, "is not how captures are written here");
        gen_place place = place_in(route, segment, len);
        gen_report(GEN_NOTE, &place, "write \"{%s%.*s}\"", segment[0] == '*' ? "*" : "",
                   (int)len - 1, segment + 1);
        return false;
    }
    if (memchr(segment, '?', len) != NULL)
        return refuse_segment(route, segment, len,
                              "holds a query: its parameters are those of the handler");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)segment[i];
        if (c == '{' || c == '}')
            return refuse_segment(route, segment, len,
                                  "mixes a capture with text: a capture is a whole segment");
        if (c <= ' ' || c >= 0x7F || strchr("\"<>#\\^`|", c) != NULL)
            return refuse_segment(route, segment, len,
                                  "holds a byte that paths only have percent-encoded");
    }
    return true;
}

static bool check_capture(const gen_route *route, gen_capture *capture, const char *segment,
                          size_t len)
{
    capture->wildcard = segment[1] == '*';
    size_t skip = capture->wildcard ? 2 : 1;
    capture->len = len - skip - 1;
    capture->name = segment + skip;
    capture->place = place_in(route, segment, len);
    if (!is_name(capture->name, capture->len))
        return refuse_segment(route, segment, len,
                              capture->wildcard ? "needs a name in C, such as \"{*rest}\""
                                                : "needs a name in C, such as \"{id}\"");
    if (capture->wildcard && segment[len] != 0)
        return refuse_segment(route, segment, len,
                              "takes the rest of the path, so nothing can follow it");
    return true;
}

static bool is_again(const gen_captures *captures)
{
    const gen_capture *last = &captures->at[captures->len - 1];
    for (size_t i = 0; i + 1 < captures->len; i++)
        if (captures->at[i].len == last->len &&
            memcmp(captures->at[i].name, last->name, last->len) == 0)
            return true;
    return false;
}

static bool read_segment(weft_arena *arena, const gen_route *route, gen_captures *captures,
                         const char *segment, size_t len)
{
    bool braced = len >= 2 && segment[0] == '{' && segment[len - 1] == '}' &&
                  memchr(segment + 1, '{', len - 1) == NULL;
    if (!braced)
        return check_text(route, segment, len);
    gen_capture capture = {0};
    if (!check_capture(route, &capture, segment, len))
        return false;
    GEN_PUSH(arena, captures->at, captures->len, capture);
    if (is_again(captures))
        return refuse_segment(route, segment, len, "is the second capture of that name");
    return true;
}

/* The captures of a pattern; false after reporting what is wrong with it. */
static bool read_pattern(weft_arena *arena, const gen_route *route, gen_captures *captures)
{
    if (route->path[0] != '/') {
        gen_report(GEN_ERROR, &route->path_place, "the path \"%s\" does not start with \"/\"",
                   route->path);
        return false;
    }
    bool ok = true;
    for (const char *at = route->path; *at == '/';) {
        const char *segment = at + 1;
        size_t len = strcspn(segment, "/");
        ok &= read_segment(arena, route, captures, segment, len);
        at = segment + len;
    }
    return ok;
}

/* ---- rows that answer the same requests ------------------------------------------------------ */

/* Equal up to the names of captures. */
static bool is_same_shape(const char *a, const char *b)
{
    while (*a && *b) {
        if (*a != *b)
            return false;
        if (*a == '{' && (a[1] == '*') == (b[1] == '*')) {
            a += strcspn(a, "}");
            b += strcspn(b, "}");
        } else {
            a++;
            b++;
        }
    }
    return *a == *b;
}

static void check_conflicts(const gen_table *table, size_t index)
{
    const gen_route *route = &table->routes[index];
    for (size_t i = 0; i < index; i++) {
        const gen_route *other = &table->routes[i];
        if (strcmp(route->method, other->method) != 0 || !is_same_shape(route->path, other->path))
            continue;
        gen_report(GEN_ERROR, &route->path_place, "%s %s answers the same requests as %s %s",
                   route->method, route->path, other->method, other->path);
        gen_report(GEN_NOTE, &other->path_place, "the other route is here");
        return;
    }
}

/* ---- state ----------------------------------------------------------------------------------- */

/* The handlers of a table agree on one state; the first parameter that takes it, or NULL. */
static const gen_parameter *check_state(const gen_unit *unit, const gen_table *table)
{
    const gen_parameter *first = NULL;
    for (size_t i = 0; i < table->route_count; i++) {
        const gen_function *handler = table->routes[i].handler;
        const gen_parameter *state = handler ? gen_state_of(unit, handler) : NULL;
        if (state == NULL || (first && first->type.record == state->type.record))
            continue;
        if (first == NULL) {
            first = state;
            continue;
        }
        gen_report(GEN_ERROR, &state->place,
                   "%s takes the state %s, but other handlers of %s take %s", handler->name,
                   state->type.record->name, table->name, first->type.record->name);
        gen_report(GEN_NOTE, &first->place, "a router has one state: put both into one struct");
        return first;
    }
    return first;
}

static void check_router_table(const gen_unit *unit, const gen_router *router,
                               const gen_table *table)
{
    const gen_parameter *wanted = check_state(unit, table);
    if (wanted == NULL)
        return;
    if (router->state_place.line == 0) {
        gen_report(GEN_ERROR, &router->place,
                   "router \"%s\" has no state, but the handlers of %s take %s", router->name,
                   table->name, wanted->type.record->name);
        gen_report(GEN_NOTE, &wanted->place, "it is asked for here; set .state = &..");
    } else if (router->state && router->state->record != wanted->type.record) {
        gen_report(
            GEN_ERROR, &router->state_place, "the state is %s, but the handlers of %s take %s",
            gen_type_name(unit->arena, router->state), table->name, wanted->type.record->name);
        gen_report(GEN_NOTE, &wanted->place, "it is asked for here");
    }
}

static bool is_in_router(const gen_unit *unit, const gen_table *table)
{
    for (size_t i = 0; i < unit->router_count; i++)
        for (size_t j = 0; j < unit->routers[i]->table_count; j++)
            if (unit->routers[i]->tables[j] == table)
                return true;
    return false;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool is_checked(const gen_unit *unit, const gen_table *table, size_t index)
{
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++) {
            if (unit->tables[i] == table && j == index)
                return false;
            if (unit->tables[i]->routes[j].handler == table->routes[index].handler)
                return true;
        }
    return false;
}

static void check_table(gen_unit *unit, const gen_table *table)
{
    for (size_t i = 0; i < table->route_count; i++) {
        const gen_route *route = &table->routes[i];
        gen_captures captures = {0};
        bool readable = read_pattern(unit->arena, route, &captures);
        if (readable)
            check_conflicts(table, i);
        if (route->handler == NULL) {
            gen_report(GEN_ERROR, &route->place,
                       "the handler of %s %s is not the name of a function", route->method,
                       route->path);
            continue;
        }
        if (!is_checked(unit, table, i))
            gen_check_handler(unit, route->handler);
        if (readable)
            gen_check_binding(unit, route, &captures);
    }
    if (!is_in_router(unit, table))
        check_state(unit, table);
}

void gen_check_routes(gen_unit *unit)
{
    for (size_t i = 0; i < unit->table_count; i++)
        check_table(unit, unit->tables[i]);
    for (size_t i = 0; i < unit->router_count; i++)
        for (size_t j = 0; j < unit->routers[i]->table_count; j++)
            check_router_table(unit, unit->routers[i], unit->routers[i]->tables[j]);
}
