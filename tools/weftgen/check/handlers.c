/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks handlers: each parameter is something that a request has.
 */
#include "check/handlers.h"
#include "check/types.h"

#define INPUTS ((unsigned)(GEN_JSON | GEN_TEXTS))

/* One handler while it is checked. */
typedef struct subject {
    const gen_unit *unit;
    const gen_function *handler;
} subject;

static gen_role role_of(const subject *s, const gen_parameter *parameter)
{
    return gen_role_of(s->unit, s->handler, parameter);
}

static bool is_value(gen_role role)
{
    return role == GEN_ROLE_PATH || role == GEN_ROLE_QUERY || role == GEN_ROLE_HEADER ||
           role == GEN_ROLE_COOKIE;
}

static bool is_raw_body(gen_role role)
{
    return role == GEN_ROLE_BODY_TEXT || role == GEN_ROLE_BODY_BYTES;
}

static bool is_body(gen_role role)
{
    return role == GEN_ROLE_JSON || role == GEN_ROLE_FORM || role == GEN_ROLE_MULTIPART ||
           is_raw_body(role);
}

const gen_parameter *gen_state_of(const gen_unit *unit, const gen_function *handler)
{
    for (size_t i = 0; i < handler->parameter_count; i++)
        if (gen_role_of(unit, handler, &handler->parameters[i]) == GEN_ROLE_STATE)
            return &handler->parameters[i];
    return NULL;
}

/* ---- one parameter --------------------------------------------------------------------------- */

/* T * or const T *, T a record, that cannot be taken. */
static void refuse_record(const gen_parameter *parameter)
{
    const gen_record *record = parameter->type.record;
    unsigned derived = record->derives & (INPUTS | GEN_STATE | GEN_ATTACHED);
    if (derived && !parameter->is_const) {
        gen_report(GEN_ERROR, &parameter->place,
                   "%s is only read by handlers, so \"%s\" must be const", record->name,
                   parameter->name);
        gen_report(GEN_NOTE, &parameter->place, "write const %s *%s", record->name,
                   parameter->name);
        return;
    }
    gen_report(GEN_ERROR, &parameter->place, "\"%s\" is %s *, but %s does not derive %s",
               parameter->name, record->name, record->name,
               parameter->is_const ? "json, query, form, multipart, state or attached" : "json");
    gen_report(GEN_NOTE, &record->place,
               parameter->is_const ? "write DERIVE(..) before %s, which says where it comes from"
                                   : "write DERIVE(json) before %s",
               record->name);
}

static void refuse_pointer(weft_arena *arena, const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    if (type->kind == GEN_RECORD) {
        refuse_record(parameter);
        return;
    }
    gen_report(GEN_ERROR, &parameter->place, "\"%s\" is %s%s *, which a handler cannot be given",
               parameter->name, parameter->is_const ? "const " : "", gen_type_name(arena, type));
    if (gen_is_scalar(type) && parameter->is_const)
        gen_report(GEN_NOTE, &parameter->place, "a single value is passed as it is: %s %s",
                   gen_type_name(arena, type), parameter->name);
    else if (type->kind == GEN_OPTIONAL && parameter->is_const)
        gen_report(GEN_NOTE, &parameter->place,
                   "what may be absent as a whole is a body: json, form or multipart");
    else if (gen_is_scalar(type) || type->kind == GEN_OPTIONAL)
        gen_report(GEN_NOTE, &parameter->place,
                   "a response is a struct that derives json, or an ARRAY");
    else if (type->kind == GEN_ARRAY)
        gen_report(GEN_NOTE, &parameter->place, "%s",
                   parameter->is_const ? "put it into a struct that derives json"
                                       : "its items must derive json");
    else
        gen_suggest_type(type, &parameter->place);
}

static void refuse_value(weft_arena *arena, const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    const char *name = gen_type_name(arena, type);
    gen_report(GEN_ERROR, &parameter->place, "\"%s\" is %s, which a handler cannot be given",
               parameter->name, name);
    if (type->kind == GEN_RECORD)
        gen_report(GEN_NOTE, &parameter->place, "pass structs by pointer: const %s *%s", name,
                   parameter->name);
    else if (type->kind == GEN_ARRAY && parameter->notes.cookie != NULL)
        gen_report(GEN_NOTE, &parameter->place, "a cookie is one value");
    else if (type->kind == GEN_ARRAY)
        gen_report(GEN_NOTE, &parameter->place, "put it into a struct that derives json");
    else if (type->kind == GEN_UPLOAD)
        gen_report(GEN_NOTE, &parameter->place, "put it into a struct that derives multipart");
    else
        gen_suggest_type(type, &parameter->place);
}

/* An array that json can be read from or written to. */
static bool is_json_array(const gen_type *type)
{
    const gen_type *item = type;
    while (gen_is_container(item) && item->kind != GEN_CHANGE)
        item = item->element;
    return (type->kind == GEN_ARRAY || type->kind == GEN_MAP) &&
           (gen_is_scalar(item) || item->kind == GEN_RAW ||
            (item->kind == GEN_RECORD && (item->record->derives & GEN_JSON)));
}

/* BODY, which says where a parameter comes from and nothing about what it is. */
static void check_raw_body(weft_arena *arena, const gen_parameter *parameter, gen_role role)
{
    const gen_place *places = parameter->notes.places;
    if (!is_raw_body(role)) {
        gen_report(GEN_ERROR, &places[GEN_NOTE_BODY],
                   "BODY is for str, a text, or bytes, but \"%s\" is %s%s", parameter->name,
                   gen_type_name(arena, &parameter->type), parameter->pointer ? " *" : "");
        return;
    }
    for (enum gen_note_kind kind = 0; kind < GEN_NOTE_COUNT; kind++)
        if (kind != GEN_NOTE_BODY && places[kind].line != 0)
            gen_report(GEN_ERROR, &places[kind],
                       "\"%s\" is the body as it is, so this is not checked", parameter->name);
}

static void check_parameter(const subject *s, const gen_parameter *parameter)
{
    gen_role role = role_of(s, parameter);
    bool list = parameter->type.kind == GEN_ARRAY || parameter->type.kind == GEN_MAP;
    bool refused = role == GEN_ROLE_NONE ||
                   (list && !is_value(role) && !is_json_array(&parameter->type));
    if (parameter->notes.body)
        check_raw_body(s->unit->arena, parameter, role);
    else if (refused && parameter->pointer)
        refuse_pointer(s->unit->arena, parameter);
    else if (refused)
        refuse_value(s->unit->arena, parameter);
    else if (is_value(role))
        gen_check_notes(s->unit->arena, &parameter->notes, &parameter->type, parameter->name, true);
    else if (parameter->notes.place.line != 0)
        gen_report(GEN_ERROR, &parameter->notes.place,
                   "rules stand after the fields of a struct, not after the pointer \"%s\" to it",
                   parameter->name);
}

/* ---- the signature --------------------------------------------------------------------------- */

/* At most one parameter has the role (of bodies: json or form); `what` says what two are. */
static void check_single(const subject *s, gen_role wanted, const char *what)
{
    const gen_parameter *first = NULL;
    for (size_t i = 0; i < s->handler->parameter_count; i++) {
        const gen_parameter *parameter = &s->handler->parameters[i];
        gen_role role = role_of(s, parameter);
        if (role != wanted && !(is_body(role) && is_body(wanted)))
            continue;
        if (first != NULL) {
            gen_report(GEN_ERROR, &parameter->place, "%s %s: \"%s\" and \"%s\"", s->handler->name,
                       what, first->name, parameter->name);
            gen_report(GEN_NOTE, &first->place, "put both into one struct");
            return;
        }
        first = parameter;
    }
}

/* What takes the refusal has something that can be refused. */
static void check_refusal(const subject *s)
{
    const gen_parameter *refusal = NULL, *second = NULL;
    bool refusable = false;
    for (size_t i = 0; i < s->handler->parameter_count; i++) {
        const gen_parameter *parameter = &s->handler->parameters[i];
        gen_role role = role_of(s, parameter);
        if (role == GEN_ROLE_REFUSAL) {
            second = refusal != NULL ? parameter : NULL;
            refusal = refusal != NULL ? refusal : parameter;
        }
        refusable |= is_value(role) || is_body(role) || role == GEN_ROLE_QUERY_RECORD;
    }
    if (second != NULL)
        gen_report(GEN_ERROR, &second->place,
                   "%s is told twice why it is refused: \"%s\" and \"%s\"", s->handler->name,
                   refusal->name, second->name);
    else if (refusal != NULL && !refusable)
        gen_report(
            GEN_ERROR, &refusal->place,
            "%s takes nothing of the request that could be refused, so \"%s\" is always NULL",
            s->handler->name, refusal->name);
}

void gen_check_handler(const gen_unit *unit, const gen_function *handler)
{
    subject s = {unit, handler};
    if (!gen_type_is(&handler->result, "http_status")) {
        gen_report(GEN_ERROR, &handler->place, "a handler returns http_status, but %s returns %s",
                   handler->name, gen_type_name(unit->arena, &handler->result));
        gen_report(GEN_NOTE, &handler->place, "the body goes into a parameter: T *out");
    }
    for (size_t i = 0; i < handler->parameter_count; i++)
        check_parameter(&s, &handler->parameters[i]);
    check_single(&s, GEN_ROLE_JSON, "reads the body twice");
    check_single(&s, GEN_ROLE_QUERY_RECORD, "reads the query string twice");
    check_single(&s, GEN_ROLE_ANSWER, "gives two bodies");
    check_single(&s, GEN_ROLE_STATE, "takes two states");
    check_refusal(&s);
}

/* ---- with a route ---------------------------------------------------------------------------- */

/* A handler that has the request may read a capture there. */
static bool takes_request(const subject *s)
{
    for (size_t i = 0; i < s->handler->parameter_count; i++)
        if (role_of(s, &s->handler->parameters[i]) == GEN_ROLE_REQUEST)
            return true;
    return false;
}

/* Every capture is a parameter. */
static void check_taken(const subject *s, const gen_capture *capture)
{
    const gen_function *handler = s->handler;
    weft_arena *arena = s->unit->arena;
    const char *name = gen_copy(arena, capture->name, capture->len);
    const char **names = gen_alloc(arena, (handler->parameter_count + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < handler->parameter_count; i++)
        if (is_value(role_of(s, &handler->parameters[i])))
            names[count++] = gen_parameter_key(&handler->parameters[i]);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return;
    if (takes_request(s))
        return;
    gen_report(GEN_ERROR, &capture->place, "capture \"{%s%s}\" is not a parameter of %s",
               capture->wildcard ? "*" : "", name, handler->name);
    const char *nearest = gen_nearest(name, names, count);
    if (nearest)
        gen_report(GEN_NOTE, &handler->place, "did you mean \"%s\"?", nearest);
    else
        gen_report(GEN_NOTE, &handler->place, "add a parameter \"%s\" to it", name);
}

/* A parameter that is in the path. */
static void check_captured(weft_arena *arena, const gen_route *route,
                           const gen_parameter *parameter)
{
    const gen_place *places = parameter->notes.places;
    const char *name = parameter->name;
    bool rest = strstr(route->path, gen_format(arena, "{*%s}", gen_parameter_key(parameter)));
    if (parameter->type.kind == GEN_OPTIONAL) {
        gen_report(GEN_ERROR, &parameter->place, "\"%s\" is in the path, so it is never absent",
                   name);
        gen_report(GEN_NOTE, &parameter->place, "declare it as %s",
                   gen_type_name(arena, parameter->type.element));
    } else if (parameter->notes.fallback) {
        gen_report(GEN_ERROR, &places[GEN_NOTE_DEFAULT],
                   "\"%s\" is in the path, so its DEFAULT is never used", name);
    } else if (parameter->type.kind == GEN_ARRAY) {
        gen_report(GEN_ERROR, &parameter->place, "\"%s\" is in the path, so it is one value", name);
        gen_report(GEN_NOTE, &parameter->place, "declare it as %s",
                   gen_type_name(arena, parameter->type.element));
    } else if (rest && parameter->type.kind != GEN_STR) {
        gen_report(GEN_ERROR, &parameter->place,
                   "\"%s\" takes the rest of the path, so it is a str", name);
    }
}

const gen_place *gen_pattern_place(const gen_mount *mount, const gen_route *route)
{
    if (route->kind == GEN_ROW_FALLBACK)
        return &route->place;
    bool own = strcmp(route->path, "/") != 0;
    return own || mount->nest == NULL ? &route->path_place : &mount->nest->path_place;
}

/* The place of the capture, else of the row's pattern. */
static const gen_place *source_place(const gen_mount *mount, const gen_route *route,
                                     const char *name)
{
    if (gen_path_captures(route->path, name))
        return &route->path_place;
    const gen_mount *at = mount;
    while (at->nest != NULL && !gen_path_captures(at->nest->path, name))
        at = at->outer;
    return at->nest != NULL ? &at->nest->path_place : gen_pattern_place(mount, route);
}

/* A row and where it is mounted. */
typedef struct mounted {
    const gen_mount *mount;
    const gen_route *route;
} mounted;

/* The first route of the same handler, in any table: its generated binding serves all of them. */
static mounted first_route(const gen_unit *unit, mounted here)
{
    for (size_t i = 0; i < unit->mount_count; i++)
        for (size_t j = 0; j < unit->mounts[i]->table->route_count; j++)
            if (unit->mounts[i]->table->routes[j].handler == here.route->handler)
                return (mounted){unit->mounts[i], &unit->mounts[i]->table->routes[j]};
    return here;
}

static void check_same_source(const gen_unit *unit, const gen_mount *mount, const gen_route *route,
                              const gen_parameter *parameter, bool captured)
{
    mounted first = first_route(unit, (mounted){mount, route});
    const char *key = gen_parameter_key(parameter);
    if ((first.route == route && first.mount == mount) || parameter->notes.header ||
        parameter->notes.cookie || gen_row_captures(first.mount, first.route, key) == captured)
        return;
    gen_report(GEN_ERROR, source_place(mount, route, key),
               "\"%s\" of %s is in the %s here, but in the %s elsewhere", parameter->name,
               route->handler->name, captured ? "path" : "query string",
               captured ? "query string" : "path");
    gen_report(GEN_NOTE, source_place(first.mount, first.route, key),
               "the other route is here; write a handler for each");
}

/* GET has no body that means anything (RFC 9110 section 9.3.1). */
static void check_body(const gen_route *route, const gen_parameter *parameter)
{
    if (strcmp(route->method, "GET") != 0)
        return;
    gen_report(GEN_ERROR, &route->place, "GET requests have no body to read \"%s\" of %s from",
               parameter->name, route->handler->name);
    gen_report(GEN_NOTE, &parameter->place,
               "take the query string with a struct that derives query, or use POST");
}

/* What is read from the query string because another route of the handler has no body. */
static void check_unread_body(const gen_route *route, const gen_parameter *parameter)
{
    const gen_record *record = parameter->type.record;
    if (gen_has_no_body(route) || !(record->derives & (GEN_JSON | GEN_FORM | GEN_MULTIPART)))
        return;
    gen_report(GEN_ERROR, &route->place,
               "\"%s\" of %s is the query string on another route, so the body is not read here",
               parameter->name, route->handler->name);
    gen_report(GEN_NOTE, &parameter->place,
               "write a handler for each, or let %s derive query alone", record->name);
}

/* The captures of the prefixes around a row. */
static void check_prefixes(const subject *s, const gen_mount *mount)
{
    for (; mount->nest != NULL; mount = mount->outer)
        for (size_t i = 0; i < mount->nest->captures.len; i++)
            check_taken(s, &mount->nest->captures.at[i]);
}

void gen_check_binding(const gen_unit *unit, const gen_mount *mount, const gen_route *route)
{
    subject s = {unit, route->handler};
    check_prefixes(&s, mount);
    for (size_t i = 0; i < route->captures.len && !mount->again; i++)
        check_taken(&s, &route->captures.at[i]);
    for (size_t i = 0; i < s.handler->parameter_count; i++) {
        const gen_parameter *parameter = &s.handler->parameters[i];
        gen_role role = role_of(&s, parameter);
        if (is_body(role) && !mount->again)
            check_body(route, parameter);
        if (role == GEN_ROLE_QUERY_RECORD && !mount->again)
            check_unread_body(route, parameter);
        if (!is_value(role))
            continue;
        bool captured = gen_row_captures(mount, route, gen_parameter_key(parameter));
        check_same_source(unit, mount, route, parameter, captured);
        if (captured && !mount->again)
            check_captured(unit->arena, route, parameter);
    }
}
