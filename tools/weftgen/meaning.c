/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/meaning.c: what the parameters of handlers and statements stand for. Said once, for those
 * who check it and those who write it.
 */
#include "model.h"

bool gen_is_scalar(const gen_type *type)
{
    return type->kind <= GEN_ENUM;
}

bool gen_is_text(gen_kind kind)
{
    return kind >= GEN_STR && kind <= GEN_ENUM && kind != GEN_BYTES && kind != GEN_BYTES_URL;
}

bool gen_is_json(gen_kind kind)
{
    return kind == GEN_RECORD || kind == GEN_RAW || kind == GEN_ARRAY;
}

const gen_type *gen_value_type(const gen_type *type)
{
    return type->kind == GEN_OPTIONAL || type->kind == GEN_CHANGE ? type->element : type;
}

const gen_type *gen_row_type(const gen_type *result)
{
    bool wrapped = result->kind == GEN_ARRAY || result->kind == GEN_CURSOR ||
                   (result->kind == GEN_OPTIONAL && result->element->kind == GEN_RECORD);
    return wrapped ? result->element : result;
}

/* Arrays of values are arrays of the database, where it is not known to give JSON. */
bool gen_reads_json(const gen_type *type, bool json_column)
{
    type = gen_value_type(type);
    if (type->kind != GEN_ARRAY)
        return type->kind == GEN_RECORD;
    return json_column || !gen_is_scalar(gen_value_type(type->element));
}

bool gen_writes_json(const gen_type *type)
{
    return type->kind == GEN_RECORD ||
           (type->kind == GEN_ARRAY && type->element->kind == GEN_RECORD);
}

bool gen_is_json_column(const gen_statement *statement, int column)
{
    enum { JSON = 114, JSONB = 3802 };
    const uint32_t *types = statement->texts ? statement->texts[0].column_types : NULL;
    return types != NULL && column >= 0 && (types[column] == JSON || types[column] == JSONB);
}

bool gen_is_container(const gen_type *type)
{
    return type->kind >= GEN_ARRAY && type->kind <= GEN_MAP;
}

bool gen_path_captures(const char *path, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at, '{')) {
        at++;
        at += *at == '*';
        if (strncmp(at, name, len) == 0 && at[len] == '}')
            return true;
    }
    return false;
}

const char *gen_parameter_key(const gen_parameter *parameter)
{
    const gen_notes *notes = &parameter->notes;
    return notes->header   ? notes->header
           : notes->cookie ? notes->cookie
           : notes->rename ? notes->rename
                           : parameter->name;
}

/* ---- handlers ---- */

bool gen_row_captures(const gen_mount *mount, const gen_route *route, const char *name)
{
    return gen_path_captures(mount->prefix, name) || gen_path_captures(route->path, name);
}

/* Whether a path of the handler captures the name. */
static bool is_captured(const gen_unit *unit, const gen_function *handler, const char *name)
{
    for (size_t i = 0; i < unit->mount_count; i++) {
        const gen_mount *mount = unit->mounts[i];
        for (size_t j = 0; j < mount->table->route_count; j++)
            if (mount->table->routes[j].handler == handler &&
                gen_row_captures(mount, &mount->table->routes[j], name))
                return true;
    }
    return false;
}

bool gen_has_no_body(const gen_route *route)
{
    return strcmp(route->method, "GET") == 0 || strcmp(route->method, "HEAD") == 0 ||
           strcmp(route->method, "DELETE") == 0;
}

/* Whether the handler has a route whose requests have no body. */
static bool answers_without_body(const gen_unit *unit, const gen_function *handler)
{
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++) {
            const gen_route *route = &unit->tables[i]->routes[j];
            if (route->handler == handler && gen_has_no_body(route))
                return true;
        }
    return false;
}

static gen_role scalar_role(const gen_unit *unit, const gen_function *handler,
                            const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    if (parameter->notes.body)
        return type->kind == GEN_STR     ? GEN_ROLE_BODY_TEXT
               : type->kind == GEN_BYTES ? GEN_ROLE_BODY_BYTES
                                         : GEN_ROLE_NONE;
    if (type->kind == GEN_OPTIONAL || (type->kind == GEN_ARRAY && parameter->notes.cookie == NULL))
        type = type->element;
    if (!gen_is_scalar(type))
        return GEN_ROLE_NONE;
    if (parameter->notes.header != NULL)
        return GEN_ROLE_HEADER;
    if (parameter->notes.cookie != NULL)
        return GEN_ROLE_COOKIE;
    return is_captured(unit, handler, gen_parameter_key(parameter)) ? GEN_ROLE_PATH
                                                                    : GEN_ROLE_QUERY;
}

/* A record that is both, a query and a body, is the query where requests have no body. One that
 * derives multipart says so to be read: json is then for answers. */
static gen_role input_role(const gen_unit *unit, const gen_function *handler, unsigned derives)
{
    unsigned body = derives & (GEN_JSON | GEN_FORM | GEN_MULTIPART);
    if (derives & GEN_STATE)
        return GEN_ROLE_STATE;
    if (derives & GEN_ATTACHED)
        return GEN_ROLE_ATTACHED;
    if ((derives & GEN_QUERY) && (body == 0 || answers_without_body(unit, handler)))
        return GEN_ROLE_QUERY_RECORD;
    return body & GEN_MULTIPART ? GEN_ROLE_MULTIPART
           : body & GEN_JSON    ? GEN_ROLE_JSON
           : body & GEN_FORM    ? GEN_ROLE_FORM
                                : GEN_ROLE_NONE;
}

/* Of what may be absent as a whole: a body. */
static gen_role optional_role(const gen_unit *unit, const gen_function *handler,
                              const gen_type *type)
{
    if (type->element->kind != GEN_RECORD)
        return GEN_ROLE_NONE;
    gen_role role = input_role(unit, handler, type->element->record->derives);
    bool body = role == GEN_ROLE_JSON || role == GEN_ROLE_FORM || role == GEN_ROLE_MULTIPART;
    return body ? role : GEN_ROLE_NONE;
}

gen_role gen_role_of(const gen_unit *unit, const gen_function *handler,
                     const gen_parameter *parameter)
{
    const gen_type *type = &parameter->type;
    if (!parameter->pointer)
        return scalar_role(unit, handler, parameter);
    if (strcmp(type->spelling, "weft_request") == 0)
        return GEN_ROLE_REQUEST;
    if (strcmp(type->spelling, "weft_response") == 0)
        return GEN_ROLE_RESPONSE;
    if (strcmp(type->spelling, "weft_arena") == 0)
        return GEN_ROLE_ARENA;
    if (strcmp(type->spelling, "weft_problem") == 0)
        return parameter->is_const ? GEN_ROLE_REFUSAL : GEN_ROLE_NONE;
    if (type->kind == GEN_ARRAY || type->kind == GEN_MAP)
        return parameter->is_const ? GEN_ROLE_JSON : GEN_ROLE_ANSWER;
    if (type->kind == GEN_OPTIONAL && parameter->is_const)
        return optional_role(unit, handler, type);
    if (type->kind != GEN_RECORD)
        return GEN_ROLE_NONE;
    if (parameter->is_const)
        return input_role(unit, handler, type->record->derives);
    return type->record->derives & GEN_JSON ? GEN_ROLE_ANSWER : GEN_ROLE_NONE;
}

static bool has(const gen_function **functions, size_t count, const gen_function *function)
{
    for (size_t i = 0; i < count; i++)
        if (functions[i] == function)
            return true;
    return false;
}

const gen_function **gen_handlers(const gen_unit *unit, size_t *count)
{
    const gen_function **handlers = NULL;
    *count = 0;
    for (size_t i = 0; i < unit->table_count; i++)
        for (size_t j = 0; j < unit->tables[i]->route_count; j++) {
            const gen_function *handler = unit->tables[i]->routes[j].handler;
            if (handler != NULL && !has(handlers, *count, handler))
                GEN_PUSH(unit->arena, handlers, *count, handler);
        }
    return handlers;
}

/* ---- statements ---- */

static const gen_parameter *find_pointer(const gen_statement *statement, const char *spelling)
{
    const gen_function *function = statement->function;
    for (size_t i = 0; i < function->parameter_count; i++) {
        const gen_parameter *parameter = &function->parameters[i];
        if (parameter->pointer && strcmp(parameter->type.spelling, spelling) == 0)
            return parameter;
    }
    return NULL;
}

const gen_parameter *gen_statement_database(const gen_statement *statement)
{
    return find_pointer(statement, "weft_database");
}

const gen_parameter *gen_statement_arena(const gen_statement *statement)
{
    return find_pointer(statement, "weft_arena");
}

const gen_parameter *gen_statement_result(const gen_statement *statement)
{
    const gen_function *function = statement->function;
    if (function->parameter_count == 0)
        return NULL;
    const gen_parameter *last = &function->parameters[function->parameter_count - 1];
    bool result = last->pointer && !last->is_const && last != gen_statement_database(statement) &&
                  last != gen_statement_arena(statement);
    return result ? last : NULL;
}

bool gen_is_value(const gen_statement *statement, const gen_parameter *parameter)
{
    return parameter != gen_statement_database(statement) &&
           parameter != gen_statement_arena(statement) &&
           parameter != gen_statement_result(statement);
}
