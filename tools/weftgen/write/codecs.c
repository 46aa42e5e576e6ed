/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs.c: which types need codecs, from what the handlers take and give; then one
 * type after the other, parts before wholes.
 */
#include "write/codecs.h"

/* A type and what is needed of it. */
typedef struct need {
    const gen_type *type;
    unsigned needs;
} need;

typedef struct codec_plan {
    weft_arena *arena;
    need *needs;
    size_t count;
} codec_plan;

const gen_type *codec_value_type(const gen_type *type)
{
    return type->kind == GEN_OPTIONAL ? type->element : type;
}

static need *find(const codec_plan *plan, const gen_type *type)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->needs[i].type->spelling, type->spelling) == 0)
            return &plan->needs[i];
    }
    return NULL;
}

/* Notes the need of a type after those of its parts; check/ refused types that hold themselves. */
static void require(codec_plan *plan, const gen_type *type, unsigned needs)
{
    type = codec_value_type(type);
    if (type->kind != GEN_RECORD && type->kind != GEN_ARRAY && type->kind != GEN_ENUM)
        return;
    need *known = find(plan, type);
    if (known != NULL && (known->needs & needs) == needs)
        return;
    if (type->kind == GEN_ARRAY)
        require(plan, type->element, needs);
    for (size_t i = 0; type->kind == GEN_RECORD && i < type->record->field_count; i++)
        require(plan, &type->record->fields[i].type, needs);
    if (known != NULL)
        known->needs |= needs;
    else
        GEN_PUSH(plan->arena, plan->needs, plan->count, ((need){type, needs}));
}

static unsigned needs_of(gen_role role)
{
    switch (role) {
    case GEN_ROLE_JSON: return CODEC_DECODE;
    case GEN_ROLE_ANSWER: return CODEC_ENCODE;
    case GEN_ROLE_PATH:
    case GEN_ROLE_QUERY:
    case GEN_ROLE_HEADER:
    case GEN_ROLE_QUERY_RECORD:
    case GEN_ROLE_FORM: return CODEC_QUERY;
    default: return 0;
    }
}

static void require_handler(codec_plan *plan, const gen_unit *unit, const gen_function *handler)
{
    for (size_t i = 0; i < handler->parameter_count; i++) {
        const gen_parameter *parameter = &handler->parameters[i];
        unsigned needs = needs_of(gen_role_of(unit, handler, parameter));
        if (needs != 0)
            require(plan, &parameter->type, needs);
    }
}

static codec_plan survey(const gen_unit *unit)
{
    codec_plan plan = {.arena = unit->arena};
    for (size_t i = 0; i < unit->table_count; i++) {
        const gen_table *table = unit->tables[i];
        for (size_t j = 0; j < table->route_count; j++) {
            if (table->routes[j].handler != NULL)
                require_handler(&plan, unit, table->routes[j].handler);
        }
    }
    return plan;
}

void gen_write_codecs(gen_text *out, const gen_unit *unit)
{
    codec_plan plan = survey(unit);
    for (size_t i = 0; i < plan.count; i++) {
        const gen_type *type = plan.needs[i].type;
        unsigned needs = plan.needs[i].needs;
        weft_buffer_printf(out, "\n/* ---- %s ---- */\n", type->spelling);
        if (type->kind == GEN_RECORD)
            codec_write_record(out, type->record, needs);
        else if (type->kind == GEN_ENUM)
            codec_write_enumeration(out, type->enumeration, needs);
        else
            codec_write_array(out, type, needs);
    }
}

void codec_write_record(gen_text *out, const gen_record *record, unsigned needs)
{
    if (needs & (CODEC_DECODE | CODEC_QUERY))
        codec_write_members(out, record);
    if (needs & CODEC_DECODE)
        codec_write_json_decoder(out, record);
    if (needs & CODEC_QUERY)
        codec_write_query_decoder(out, record);
    if (needs & CODEC_ENCODE)
        codec_write_encoder(out, record);
}
