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

/* A segment that starts as captures do elsewhere. */
static bool check_start(const gen_route *route, const char *segment, size_t len)
{
    if (len < 2 || (segment[0] != ':' && segment[0] != '*'))
        return true;
    refuse_segment(route, segment, len, "is not how captures are written here");
    gen_place place = place_in(route, segment, len);
    gen_report(GEN_NOTE, &place, "write \"{%s%.*s}\"", segment[0] == '*' ? "*" : "", (int)len - 1,
               segment + 1);
    return false;
}

/* Text that stands for itself, in the segment that it is a part of. */
static bool check_text(const gen_route *route, const char *segment, size_t len, const char *text,
                       size_t text_len)
{
    if (memchr(text, '?', text_len) != NULL)
        return refuse_segment(route, segment, len,
                              "holds a query: its parameters are those of the handler");
    for (size_t i = 0; i < text_len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '{' || c == '}')
            return refuse_segment(route, segment, len,
                                  "has more than one capture, or a brace without its other");
        if (c <= ' ' || c >= 0x7F || strchr("\"<>#\\^`|", c) != NULL)
            return refuse_segment(route, segment, len,
                                  "holds a byte that paths only have percent-encoded");
    }
    return true;
}

/* "{name}" or "{*name}", in a segment of its own or between text. */
static bool check_capture(const gen_route *route, gen_capture *capture, const char *braced,
                          size_t len)
{
    capture->wildcard = braced[1] == '*';
    size_t skip = capture->wildcard ? 2 : 1;
    capture->len = len - skip - 1;
    capture->name = braced + skip;
    capture->place = place_in(route, braced, len);
    if (!is_name(capture->name, capture->len))
        return refuse_segment(route, braced, len,
                              capture->wildcard ? "needs a name in C, such as \"{*rest}\""
                                                : "needs a name in C, such as \"{id}\"");
    if (capture->wildcard && braced[len] != 0)
        return refuse_segment(route, braced, len,
                              "takes the rest of the path, so nothing can follow it");
    if (capture->wildcard && braced[-1] != '/')
        return refuse_segment(route, braced, len, "takes the rest of the path after a \"/\"");
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

/* A segment: text, or text around one capture. */
static bool read_segment(weft_arena *arena, const gen_route *route, gen_captures *captures,
                         const char *segment, size_t len)
{
    if (!check_start(route, segment, len))
        return false;
    const char *open = memchr(segment, '{', len);
    const char *close = open ? memchr(open, '}', (size_t)(segment + len - open)) : NULL;
    if (close == NULL)
        return check_text(route, segment, len, segment, len);
    size_t before = (size_t)(open - segment), braced = (size_t)(close + 1 - open);
    gen_capture capture = {0};
    if (!check_text(route, segment, len, segment, before) ||
        !check_text(route, segment, len, close + 1, len - before - braced) ||
        !check_capture(route, &capture, open, braced))
        return false;
    GEN_PUSH(arena, captures->at, captures->len, capture);
    if (is_again(captures))
        return refuse_segment(route, open, braced, "is the second capture of that name");
    return true;
}

/* Fills the captures of the row's path, and reports what is wrong with it. */
static void read_pattern(weft_arena *arena, gen_route *route)
{
    if (route->path[0] != '/') {
        gen_report(GEN_ERROR, &route->path_place, "the path \"%s\" does not start with \"/\"",
                   route->path);
        route->malformed = true;
        return;
    }
    for (const char *at = route->path; *at == '/';) {
        const char *segment = at + 1;
        size_t len = strcspn(segment, "/");
        if (!read_segment(arena, route, &route->captures, segment, len))
            route->malformed = true;
        at = segment + len;
    }
}

/* A prefix goes on; false after reporting why this one cannot. */
static bool check_prefix(const gen_route *route)
{
    const gen_captures *captures = &route->captures;
    size_t len = strlen(route->path);
    if (route->path[len - 1] == '/') {
        gen_report(GEN_ERROR, &route->path_place, "the prefix \"%s\" ends with \"/\"", route->path);
        gen_report(GEN_NOTE, &route->path_place, "%s",
                   len == 1 ? "write MERGE(..) for a table without a prefix" : "leave it out");
    } else if (captures->len != 0 && captures->at[captures->len - 1].wildcard) {
        gen_report(GEN_ERROR, &captures->at[captures->len - 1].place,
                   "a prefix has no wildcard: nothing could follow it");
    } else if (route->nested == NULL && captures->len != 0) {
        gen_report(GEN_ERROR, &captures->at[0].place,
                   "the handlers of %s, which stands in another file, cannot be given \"{%.*s}\"",
                   route->nested_name ? route->nested_name : "this table", (int)captures->at[0].len,
                   captures->at[0].name);
        gen_report(GEN_NOTE, &route->place, "write the capture into the paths of that file");
    } else {
        return true;
    }
    return false;
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

/* A row with its whole path. */
typedef struct whole {
    const gen_mount *mount;
    const gen_route *route;
    const char *path;
} whole;

typedef struct wholes {
    whole *at;
    size_t len;
} wholes;

/* The rows below a root that answer something. */
static wholes list_rows(const gen_unit *unit, const gen_mount *root)
{
    wholes list = {0};
    for (size_t i = 0; i < unit->mount_count; i++) {
        const gen_mount *mount = unit->mounts[i];
        for (size_t j = 0; j < mount->table->route_count && mount->root == root; j++) {
            const gen_route *route = &mount->table->routes[j];
            whole row = {mount, route, gen_whole_path(unit->arena, mount, route)};
            if (route->kind != GEN_ROW_TABLE && !route->malformed)
                GEN_PUSH(unit->arena, list.at, list.len, row);
        }
    }
    return list;
}

/* A table that several routers or nests have is compared with itself once. */
static bool is_old(const whole *a, const whole *b)
{
    return a->mount == b->mount && a->mount->again;
}

static bool is_conflict(const whole *a, const whole *b)
{
    return strcmp(a->route->method, b->route->method) == 0 && !is_old(a, b) &&
           is_same_shape(a->path, b->path);
}

static void report_conflict(const whole *row, const whole *other)
{
    bool twice = row->route == other->route; /* one table, twice in one place */
    const gen_place *place = twice && row->mount->nest ? &row->mount->nest->place
                                                       : gen_pattern_place(row->mount, row->route);
    const gen_place *first = twice && other->mount->nest
                                 ? &other->mount->nest->place
                                 : gen_pattern_place(other->mount, other->route);
    gen_report(GEN_ERROR, place, "%s %s answers the same requests as %s %s", row->route->method,
               row->path[0] ? row->path : "/*", other->route->method,
               other->path[0] ? other->path : "/*");
    gen_report(GEN_NOTE, first, twice ? "the table is here already" : "the other route is here");
}

static void check_conflicts(const gen_unit *unit, const gen_mount *root)
{
    wholes list = list_rows(unit, root);
    for (size_t i = 1; i < list.len; i++)
        for (size_t earlier = 0; earlier < i; earlier++)
            if (is_conflict(&list.at[i], &list.at[earlier])) {
                report_conflict(&list.at[i], &list.at[earlier]);
                break;
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
    for (size_t i = 0; i < unit->mount_count; i++)
        if (unit->mounts[i]->table == table && unit->mounts[i]->router != NULL)
            return true;
    return false;
}

/* The tables of all routers, each once for its router. */
static void check_states(const gen_unit *unit)
{
    for (size_t i = 0; i < unit->mount_count; i++) {
        const gen_mount *mount = unit->mounts[i];
        bool again = mount->router == NULL;
        for (size_t j = 0; j < i && !again; j++)
            again = unit->mounts[j]->table == mount->table &&
                    unit->mounts[j]->router == mount->router;
        if (!again)
            check_router_table(unit, mount->router, mount->table);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool is_checked(const gen_unit *unit, const gen_route *route)
{
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++) {
            const gen_route *other = &unit->tables[i]->routes[j];
            if (other == route)
                return false;
            if (other->handler == route->handler)
                return true;
        }
    return false;
}

static void check_row(const gen_unit *unit, gen_route *route)
{
    if (route->kind == GEN_ROW_ROUTE || route->path[0] != '\0')
        read_pattern(unit->arena, route);
    if (route->kind == GEN_ROW_TABLE && route->path[0] != '\0' && !route->malformed)
        route->malformed = !check_prefix(route);
    if (route->kind == GEN_ROW_TABLE)
        return;
    if (route->handler == NULL)
        gen_report(GEN_ERROR, &route->place, "the handler of %s%s%s is not the name of a function",
                   route->method, route->path[0] ? " " : "", route->path);
    else if (!is_checked(unit, route))
        gen_check_handler(unit, route->handler);
}

/* The captures of a row have other names than those of the prefixes around it. */
static void check_names(const gen_mount *mount, const gen_captures *captures)
{
    for (; mount->nest != NULL; mount = mount->outer)
        for (size_t i = 0; i < captures->len; i++)
            for (size_t j = 0; j < mount->nest->captures.len; j++) {
                const gen_capture *a = &captures->at[i], *b = &mount->nest->captures.at[j];
                if (a->len != b->len || memcmp(a->name, b->name, a->len) != 0)
                    continue;
                gen_report(GEN_ERROR, &a->place, "\"{%.*s}\" is in the prefix already", (int)a->len,
                           a->name);
                gen_report(GEN_NOTE, &b->place, "the prefix is here");
            }
}

static bool is_malformed(const gen_mount *mount, const gen_route *route)
{
    bool malformed = route->malformed;
    for (; mount->nest != NULL; mount = mount->outer)
        malformed = malformed || mount->nest->malformed;
    return malformed;
}

static void check_mount(const gen_unit *unit, const gen_mount *mount)
{
    for (size_t i = 0; i < mount->table->route_count; i++) {
        const gen_route *route = &mount->table->routes[i];
        if (is_malformed(mount, route))
            continue;
        check_names(mount, &route->captures);
        if (route->handler != NULL)
            gen_check_binding(unit, mount, route);
    }
    if (mount->root == mount)
        check_conflicts(unit, mount);
}

void gen_check_routes(gen_unit *unit)
{
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++)
            check_row(unit, &unit->tables[i]->routes[j]);
    for (size_t i = 0; i < unit->mount_count; i++)
        check_mount(unit, unit->mounts[i]);
    for (size_t i = 0; i < unit->table_count; i++)
        if (!is_in_router(unit, unit->tables[i]))
            check_state(unit, unit->tables[i]);
    check_states(unit);
}
