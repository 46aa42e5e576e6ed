/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs.c: which types need codecs, from what the handlers take and give and what
 * derives message; then one type after the other, parts before wholes.
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

static need *find(const codec_plan *plan, const gen_type *type)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->needs[i].type->spelling, type->spelling) == 0)
            return &plan->needs[i];
    }
    return NULL;
}

static bool has_codecs(gen_kind kind)
{
    return kind == GEN_ENUM || (kind >= GEN_RECORD && kind <= GEN_MAP);
}

static void require(codec_plan *plan, const gen_type *type, unsigned needs);

/* The codecs of records read and write OPTIONAL themselves. */
static void require_fields(codec_plan *plan, const gen_record *flat, unsigned needs)
{
    for (size_t i = 0; i < flat->field_count; i++) {
        const gen_type *type = &flat->fields[i].type;
        require(plan, gen_value_type(type), needs);
        if (type->kind == GEN_CHANGE) /* now, so that it stands before, whatever is needed later */
            require(plan, codec_optional_of(plan->arena, type), needs & CODEC_ENCODE);
    }
    if (flat->rest != NULL)
        require(plan, flat->rest->type.element, needs);
}

static void require_record(codec_plan *plan, const gen_record *record, unsigned needs)
{
    require_fields(plan, gen_flat(plan->arena, record), needs);
    if (record->union_place.line == 0)
        return;
    const gen_enumeration *kinds = gen_tag(record)->type.enumeration;
    for (size_t i = 0; i < kinds->item_count; i++)
        require_fields(plan, gen_variant(plan->arena, record, &kinds->items[i]), needs);
}

/* Notes the need of a type after those of its parts; check/ refused types that hold themselves. */
static void require(codec_plan *plan, const gen_type *type, unsigned needs)
{
    if (!has_codecs(type->kind))
        return;
    need *known = find(plan, type);
    if (known != NULL && (known->needs & needs) == needs)
        return;
    if (type->kind == GEN_RECORD)
        require_record(plan, type->record, needs);
    else if (type->kind != GEN_ENUM)
        require(plan, type->element, needs);
    known = find(plan, type); /* the list may have moved */
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
    case GEN_ROLE_COOKIE:
    case GEN_ROLE_QUERY_RECORD:
    case GEN_ROLE_FORM: return CODEC_QUERY;
    case GEN_ROLE_MULTIPART: return CODEC_MULTIPART;
    default: return 0;
    }
}

static void require_handler(codec_plan *plan, const gen_unit *unit, const gen_function *handler)
{
    for (size_t i = 0; i < handler->parameter_count; i++) {
        const gen_parameter *parameter = &handler->parameters[i];
        unsigned needs = needs_of(gen_role_of(unit, handler, parameter));
        if (needs != 0)
            require(plan, gen_value_type(&parameter->type), needs);
    }
}

/* Columns that are read by way of JSON. */
static void require_columns(codec_plan *plan, const gen_statement *statement, const gen_type *row,
                            const int *column_of)
{
    for (size_t i = 0; row->kind == GEN_RECORD && i < row->record->field_count; i++) {
        int column = column_of ? column_of[i] : -1;
        const gen_type *type = gen_value_type(&row->record->fields[i].type);
        if (column >= 0 && gen_reads_json(type, gen_is_json_column(statement, column)))
            require(plan, type, CODEC_DECODE);
    }
}

/* These, and parameters that are written so. */
static void require_statement(codec_plan *plan, const gen_statement *statement)
{
    const gen_function *function = statement->function;
    const gen_parameter *result = gen_statement_result(statement);
    if (result != NULL)
        require_columns(plan, statement, gen_value_type(gen_row_type(&result->type)),
                        statement->column_of_field);
    if (statement->nested != NULL)
        require_columns(plan, statement, statement->nested->type.element,
                        statement->column_of_nested);
    for (size_t i = 0; i < function->parameter_count; i++)
        if (gen_is_value(statement, &function->parameters[i]) &&
            gen_writes_json(&function->parameters[i].type))
            require(plan, &function->parameters[i].type, CODEC_ENCODE);
}

/* What the program calls by itself. */
static void require_messages(codec_plan *plan, const gen_unit *unit)
{
    for (size_t i = 0; i < unit->record_count; i++) {
        const gen_record *record = unit->records[i];
        if (!(record->derives & GEN_MESSAGE))
            continue;
        gen_type *type = WEFT_NEW(plan->arena, gen_type);
        if (type == NULL)
            return;
        *type = (gen_type){.kind = GEN_RECORD, .spelling = record->spelling, .record = record};
        require(plan, type, CODEC_DECODE | CODEC_ENCODE);
    }
}

static codec_plan survey(const gen_unit *unit)
{
    codec_plan plan = {.arena = unit->arena};
    require_messages(&plan, unit);
    for (size_t i = 0; i < unit->table_count; i++) {
        const gen_table *table = unit->tables[i];
        for (size_t j = 0; j < table->route_count; j++) {
            if (table->routes[j].handler != NULL)
                require_handler(&plan, unit, table->routes[j].handler);
        }
    }
    for (size_t i = 0; i < unit->statement_count; i++)
        require_statement(&plan, unit->statements[i]);
    return plan;
}

static void write_type(gen_text *out, const gen_type *type, unsigned needs)
{
    weft_buffer_printf(out, "\n/* ---- %s ---- */\n", type->spelling);
    switch (type->kind) {
    case GEN_RECORD: codec_write_record(out, type->record, needs); break;
    case GEN_ENUM: codec_write_enumeration(out, type->enumeration, needs); break;
    case GEN_ARRAY: codec_write_array(out, type, needs); break;
    case GEN_MAP: codec_write_map(out, type, needs); break;
    default: codec_write_optional(out, type, needs); break;
    }
}

void gen_write_codecs(gen_text *out, const gen_unit *unit)
{
    codec_plan plan = survey(unit);
    for (size_t i = 0; i < plan.count; i++)
        if (plan.needs[i].needs & (gen_is_container(plan.needs[i].type) ? CODEC_JSON : ~0u))
            write_type(out, plan.needs[i].type, plan.needs[i].needs);
}

void codec_write_flat(gen_text *out, const gen_record *flat, unsigned needs)
{
    if (needs & (CODEC_DECODE | CODEC_TEXTS))
        codec_write_members(out, flat);
    if (needs & CODEC_DECODE)
        codec_write_json_decoder(out, flat);
    if (needs & CODEC_QUERY)
        codec_write_query_decoder(out, flat);
    if (needs & CODEC_MULTIPART)
        codec_write_multipart_decoder(out, flat);
    if (needs & CODEC_ENCODE)
        codec_write_encoder(out, flat);
}

void codec_write_record(gen_text *out, const gen_record *record, unsigned needs)
{
    if (record->union_place.line != 0)
        codec_write_union(out, record, needs);
    else
        codec_write_flat(out, gen_flat(out->arena, record), needs);
}
