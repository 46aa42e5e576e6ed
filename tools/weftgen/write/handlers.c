/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/handlers.c: <handler>__call for each handler of the route tables: binds the
 * request to the parameters, calls, writes the answer. What it names itself ends in two
 * underscores, so that no parameter can be in its way.
 */
#include "write/line.h"
#include "write/write.h"

/* A handler, and what its glue needs. */
struct call {
    const gen_unit *unit;
    const gen_function *handler;
    const gen_parameter *parameters; /* the handler's, each with the name of its variable */
    const gen_parameter *answer;     /* of the role GEN_ROLE_ANSWER, or NULL */
    const gen_parameter *refusal;    /* of the role GEN_ROLE_REFUSAL, or NULL */
    bool binds;                      /* anything of the request */
    bool violations;                 /* names the list of violations */
    bool texts;                      /* converts texts */
    bool uses_request, uses_response;
};

static gen_role role(const struct call *call, const gen_parameter *parameter)
{
    return gen_role_of(call->unit, call->handler, parameter);
}

static bool is_text(gen_role role)
{
    return role == GEN_ROLE_PATH || role == GEN_ROLE_QUERY || role == GEN_ROLE_HEADER ||
           role == GEN_ROLE_COOKIE;
}

static bool is_raw_body(gen_role role)
{
    return role == GEN_ROLE_BODY_TEXT || role == GEN_ROLE_BODY_BYTES;
}

static bool is_record(gen_role role)
{
    return role == GEN_ROLE_JSON || role == GEN_ROLE_QUERY_RECORD || role == GEN_ROLE_FORM ||
           role == GEN_ROLE_MULTIPART;
}

/* The type of the value itself. */
static const gen_type *value_type(const gen_parameter *parameter)
{
    gen_kind kind = parameter->type.kind;
    return kind == GEN_OPTIONAL || kind == GEN_ARRAY ? parameter->type.element : &parameter->type;
}

static bool converts(const gen_parameter *parameter)
{
    return value_type(parameter)->kind != GEN_STR || parameter->type.kind == GEN_ARRAY;
}

/* Whether a variable of that name would hide what the glue names: the handler, or a type. */
static bool hides(const gen_function *handler, const char *name)
{
    bool hidden = strcmp(name, handler->name) == 0;
    for (size_t i = 0; i < handler->parameter_count; i++)
        hidden |= strcmp(name, handler->parameters[i].type.spelling) == 0;
    return hidden;
}

static const gen_parameter *name_variables(weft_arena *arena, const gen_function *handler)
{
    size_t size = handler->parameter_count * sizeof(gen_parameter);
    gen_parameter *parameters = gen_alloc(arena, size);
    for (size_t i = 0; i < handler->parameter_count; i++) {
        gen_parameter *variable = &parameters[i];
        *variable = handler->parameters[i];
        if (!hides(handler, variable->name))
            continue;
        if (variable->notes.rename == NULL)
            variable->notes.rename = variable->name;
        variable->name = gen_format(arena, "%s_value__", variable->name);
    }
    return parameters;
}

static struct call survey(const gen_unit *unit, const gen_function *handler)
{
    struct call call = {
        .unit = unit, .handler = handler, .parameters = name_variables(unit->arena, handler)};
    for (size_t i = 0; i < handler->parameter_count; i++) {
        const gen_parameter *parameter = &call.parameters[i];
        gen_role what = role(&call, parameter);
        if (is_text(what)) {
            bool converted = converts(parameter);
            call.texts |= converted && parameter->type.kind != GEN_ARRAY;
            call.violations |= converted || gen_has_rules(&parameter->notes);
        }
        call.binds |= is_text(what) || is_record(what) || is_raw_body(what) ||
                      what == GEN_ROLE_ATTACHED;
        call.answer = what == GEN_ROLE_ANSWER ? parameter : call.answer;
        call.refusal = what == GEN_ROLE_REFUSAL ? parameter : call.refusal;
        call.uses_response |= what == GEN_ROLE_RESPONSE || what == GEN_ROLE_ANSWER;
        call.uses_request |= what == GEN_ROLE_REQUEST || what == GEN_ROLE_STATE ||
                             what == GEN_ROLE_ARENA;
    }
    call.uses_request |= call.binds;
    return call;
}

/* ---- parameters that are texts ---- */

static const char *const sources[] = {[GEN_ROLE_PATH] = "path",
                                      [GEN_ROLE_QUERY] = "query",
                                      [GEN_ROLE_HEADER] = "header",
                                      [GEN_ROLE_COOKIE] = "cookie"};
static const char *const source_constants[] = {[GEN_ROLE_PATH] = "WEFT_IN_PATH",
                                               [GEN_ROLE_QUERY] = "WEFT_IN_QUERY",
                                               [GEN_ROLE_HEADER] = "WEFT_IN_HEADER",
                                               [GEN_ROLE_COOKIE] = "WEFT_IN_COOKIE"};

/* WEFT_STR("/name"): the JSON Pointer of a parameter, with `~` and `/` escaped. */
static const char *pointer_expression(weft_arena *arena, const char *key)
{
    weft_buffer pointer, expression;
    weft_buffer_init(&pointer, arena);
    weft_buffer_append(&pointer, "/", 1);
    for (; *key != '\0'; key++)
        weft_buffer_printf(&pointer, *key == '~' ? "~0" : *key == '/' ? "~1" : "%c", *key);
    weft_buffer_init(&expression, arena);
    weft_buffer_append_str(&expression, WEFT_STR("WEFT_STR("));
    gen_write_literal(&expression, gen_copy(arena, pointer.at, pointer.len));
    weft_buffer_append_str(&expression, WEFT_STR(")"));
    return gen_copy(arena, expression.at, expression.len);
}

static void write_variable(gen_text *out, const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    weft_buffer_printf(out, "    %s %s = ", type->spelling, parameter->name);
    if (type->kind != GEN_OPTIONAL && parameter->notes.fallback != NULL)
        gen_write_fallback(out, type, parameter->notes.fallback);
    else
        weft_buffer_printf(out, "%s",
                           type->kind >= GEN_STR && type->kind != GEN_ENUM ? "{0}"
                           : type->kind == GEN_BOOL                        ? "false"
                                                                           : "0");
    weft_buffer_printf(out, ";\n");
}

/* The condition that the parameter was given and could be read into `target`. */
static void write_reading(gen_text *out, const gen_parameter *parameter, gen_role what,
                          const char *target, const char *pointer)
{
    bool optional = parameter->type.kind == GEN_OPTIONAL || parameter->notes.fallback != NULL;
    weft_buffer_printf(out, "weft_bind_text(&bind__, %s, ", source_constants[what]);
    gen_write_literal(out, gen_parameter_key(parameter));
    weft_buffer_printf(out, ", %s, &%s)", optional ? "WEFT_OPTIONALLY" : "WEFT_REQUIRED",
                       converts(parameter) ? "text__" : target);
    if (!converts(parameter))
        return;
    weft_buffer_printf(out, " &&\n        ");
    gen_write_read_text(out, value_type(parameter), "text__", target, pointer,
                        gen_format(out->arena, "\"%s\"", sources[what]));
}

static void write_text(gen_text *out, const gen_parameter *parameter, gen_role what)
{
    bool optional = parameter->type.kind == GEN_OPTIONAL;
    bool follows = optional || gen_has_rules(&parameter->notes);
    const char *target = optional ? gen_format(out->arena, "%s.value__", parameter->name)
                                  : parameter->name;
    const char *pointer = pointer_expression(out->arena, gen_parameter_key(parameter));
    write_variable(out, parameter);
    weft_buffer_printf(out, follows ? "    if (" : "    (void)(");
    write_reading(out, parameter, what, target, pointer);
    if (!follows) {
        weft_buffer_printf(out, ");\n");
        return;
    }
    weft_buffer_printf(out, ") {\n");
    if (optional)
        weft_buffer_printf(out, "        %s.present = true;\n", parameter->name);
    gen_write_rules(out, value_type(parameter), &parameter->notes, target, pointer,
                    gen_format(out->arena, "\"%s\"", sources[what]), 8);
    weft_buffer_printf(out, "    }\n");
}

/* A name that comes again, or a list. */
static void write_texts(gen_text *out, const gen_parameter *parameter, gen_role what)
{
    const gen_type *item = parameter->type.element;
    const char *name = parameter->name, *key = gen_parameter_key(parameter);
    const char *pointer = pointer_expression(out->arena, key);
    const char *in = gen_format(out->arena, "\"%s\"", sources[what]);
    weft_buffer_printf(out,
                       "    %s %s = {0};\n    {\n"
                       "        weft_array_weft_str texts__;\n"
                       "        %s.at = weft_bind_texts(&bind__, %s, ",
                       parameter->type.spelling, name, name, source_constants[what]);
    gen_write_literal(out, key);
    weft_buffer_printf(out,
                       ", &texts__,\n            sizeof *%s.at, _Alignof(%s));\n"
                       "        for (size_t i__ = 0; i__ < texts__.len; i__++)\n"
                       "            (void)",
                       name, item->spelling);
    gen_write_read_text(out, item, "texts__.at[i__]",
                        gen_format(out->arena, "%s.at[%s.len++]", name, name), pointer, in);
    weft_buffer_printf(out, ";\n");
    gen_write_rules(out, &parameter->type, &parameter->notes, name, pointer, in, 8);
    weft_buffer_printf(out, "    }\n");
}

/* ---- parameters that are records ---- */

static void write_attached(gen_text *out, const gen_parameter *parameter)
{
    const char *type = parameter->type.spelling;
    weft_buffer_printf(out, "    const %s *%s = weft_bind_attached(&bind__, \"%s\");\n", type,
                       parameter->name, type);
}

/* A database that refuses a value knows it by the name of its column, which is that in C. */
static bool is_renamed(weft_arena *arena, const gen_type *type)
{
    return type->kind == GEN_RECORD && type->record->union_place.line == 0 &&
           gen_has_names(gen_flat(arena, type->record));
}

static void write_record(gen_text *out, const gen_parameter *parameter, gen_role what)
{
    bool optional = parameter->type.kind == GEN_OPTIONAL;
    const char *type = gen_value_type(&parameter->type)->spelling, *name = parameter->name;
    weft_buffer_printf(out, "    %s %s = {0};\n", parameter->type.spelling, name);
    if (what != GEN_ROLE_QUERY_RECORD && is_renamed(out->arena, gen_value_type(&parameter->type)))
        weft_buffer_printf(out, "    weft_bind_names(&bind__, &%s__members);\n", type);
    const char *source = what == GEN_ROLE_JSON        ? "json"
                         : what == GEN_ROLE_MULTIPART ? "multipart"
                         : what == GEN_ROLE_FORM      ? "form"
                                                      : "query";
    const char *codec = what == GEN_ROLE_FORM ? "query" : source;
    if (optional)
        weft_buffer_printf(out,
                           "    %s.present = weft_bind_has_%s(&bind__);\n"
                           "    if (%s.present)\n    ",
                           name, what == GEN_ROLE_JSON ? "json" : "body", name);
    weft_buffer_printf(out, "    weft_bind_%s(&bind__, %s__decode_%s, &%s%s);\n", source, type,
                       codec, name, optional ? ".value__" : "");
}

static void write_raw_body(gen_text *out, const gen_parameter *parameter, gen_role what)
{
    const char *type = parameter->type.spelling, *name = parameter->name;
    weft_buffer_printf(out, "    %s %s = {0};\n", type, name);
    weft_buffer_printf(out, "    weft_bind_body_%s(&bind__, &%s);\n",
                       what == GEN_ROLE_BODY_TEXT ? "text" : "bytes", name);
}

/* A handler that takes the refusal is called with one too. */
static void write_verdict(gen_text *out, const struct call *call)
{
    if (call->refusal != NULL)
        weft_buffer_printf(out,
                           "    const weft_problem *%s;\n"
                           "    if (!weft_binding_explain(&bind__, &%s))\n",
                           call->refusal->name, call->refusal->name);
    else
        weft_buffer_printf(out, "    if (!weft_binding_finish(&bind__))\n");
    weft_buffer_printf(out, "        return bind__.status;\n\n");
}

/* Texts first, then the query, then the body: what costs a wait comes last. */
static void write_binding(gen_text *out, const struct call *call)
{
    static const gen_role order[] = {GEN_ROLE_QUERY_RECORD, GEN_ROLE_JSON, GEN_ROLE_FORM,
                                     GEN_ROLE_MULTIPART};
    const gen_function *handler = call->handler;
    weft_buffer_printf(out, "    weft_binding bind__ = weft_binding_start(req__);\n");
    if (call->violations)
        weft_buffer_printf(out, "    weft_violations *violations__ = &bind__.violations;\n");
    if (call->texts)
        weft_buffer_printf(out, "    weft_str text__;\n");
    for (size_t i = 0; i < handler->parameter_count; i++) {
        gen_role what = role(call, &call->parameters[i]);
        if (is_text(what) && call->parameters[i].type.kind == GEN_ARRAY)
            write_texts(out, &call->parameters[i], what);
        else if (is_text(what))
            write_text(out, &call->parameters[i], what);
        else if (what == GEN_ROLE_ATTACHED)
            write_attached(out, &call->parameters[i]);
    }
    for (size_t stage = 0; stage < sizeof(order) / sizeof(order[0]); stage++)
        for (size_t i = 0; i < handler->parameter_count; i++)
            if (role(call, &call->parameters[i]) == order[stage])
                write_record(out, &call->parameters[i], order[stage]);
    for (size_t i = 0; i < handler->parameter_count; i++)
        if (is_raw_body(role(call, &call->parameters[i])))
            write_raw_body(out, &call->parameters[i], role(call, &call->parameters[i]));
    write_verdict(out, call);
}

/* ---- the call ---- */

static const char *argument(const struct call *call, const gen_parameter *parameter)
{
    switch (role(call, parameter)) {
    case GEN_ROLE_PATH:
    case GEN_ROLE_QUERY:
    case GEN_ROLE_HEADER:
    case GEN_ROLE_COOKIE:
    case GEN_ROLE_BODY_TEXT:
    case GEN_ROLE_BODY_BYTES:
    case GEN_ROLE_REFUSAL:
    case GEN_ROLE_ATTACHED: return parameter->name;
    case GEN_ROLE_JSON:
    case GEN_ROLE_QUERY_RECORD:
    case GEN_ROLE_FORM:
    case GEN_ROLE_MULTIPART:
    case GEN_ROLE_ANSWER: return gen_format(call->unit->arena, "&%s", parameter->name);
    case GEN_ROLE_STATE: return "weft_request_state(req__)";
    case GEN_ROLE_REQUEST: return "req__";
    case GEN_ROLE_RESPONSE: return "res__";
    case GEN_ROLE_ARENA: return "weft_request_arena(req__)";
    case GEN_ROLE_NONE: break; /* check/ refused it */
    }
    return "";
}

static void write_invocation(gen_text *out, const struct call *call)
{
    const gen_function *handler = call->handler;
    weft_buffer_printf(out, "%s(", handler->name);
    for (size_t i = 0; i < handler->parameter_count; i++) {
        line_add(out, i == 0, argument(call, &call->parameters[i]));
    }
    weft_buffer_printf(out, ")");
}

static void write_answer(gen_text *out, const struct call *call)
{
    const gen_parameter *answer = call->answer;
    if (answer == NULL) {
        weft_buffer_printf(out, "    return weft_answer_status(");
        write_invocation(out, call);
        weft_buffer_printf(out, ");\n");
        return;
    }
    const char *type = answer->type.spelling, *name = answer->name;
    weft_buffer_printf(out, "    %s %s = {0};\n    weft_http_status status__ = ", type, name);
    write_invocation(out, call);
    weft_buffer_printf(out,
                       ";\n    return weft_answer_json(res__, status__, %s__encode_json, &%s);\n",
                       type, name);
}

static void write_handler(gen_text *out, const gen_unit *unit, const gen_function *handler)
{
    struct call call = survey(unit, handler);
    weft_buffer_printf(out,
                       "\nstatic weft_http_status %s__call(weft_request *req__, "
                       "weft_response *res__)\n{\n",
                       handler->name);
    if (!call.uses_request)
        weft_buffer_printf(out, "    (void)req__;\n");
    if (!call.uses_response)
        weft_buffer_printf(out, "    (void)res__;\n");
    if (call.binds)
        write_binding(out, &call);
    write_answer(out, &call);
    weft_buffer_printf(out, "}\n");
}

void gen_write_handlers(gen_text *out, const gen_unit *unit)
{
    size_t count;
    const gen_function **handlers = gen_handlers(unit, &count);
    if (count != 0)
        weft_buffer_printf(out, "\n/* ---- handlers ---- */\n");
    for (size_t i = 0; i < count; i++)
        write_handler(out, unit, handlers[i]);
}
