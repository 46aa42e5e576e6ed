/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks what outlives a request, the state and variables that last: it may not be able to hold
 * what belongs to one. The compilers do the rest, for what is kept has a type of its own
 * (weft/kept.h).
 */
#include "check/types.h"

#define DEPTH_MAX 16 /* structs within structs, or behind pointers, that are looked into */

/* The way from what lasts to what does not. */
struct way {
    const gen_field *steps[DEPTH_MAX];
    size_t len;
};

static bool is_of_request(const gen_type *type)
{
    switch (type->kind) {
    case GEN_STR:
    case GEN_DECIMAL:
    case GEN_BYTES:
    case GEN_BYTES_URL:
    case GEN_RAW:
    case GEN_UPLOAD:
    case GEN_ARRAY:
    case GEN_MAP: return true;
    case GEN_OTHER:
        return gen_type_is(type, "request *") || gen_type_is(type, "response *") ||
               gen_type_is(type, "next *");
    default: return false;
    }
}

/* The struct that a value of the type is, holds or points to; NULL: none. */
static const gen_record *record_behind(const gen_type *type)
{
    type = type->kind == GEN_OTHER && type->target != NULL ? type->target : type;
    return type->kind == GEN_RECORD ? type->record : NULL;
}

static const gen_type *value_behind(const gen_type *type)
{
    type = type->kind == GEN_OTHER && type->target != NULL ? type->target : type;
    return gen_value_type(type);
}

static bool leads_to_itself(const struct way *way, const gen_record *record)
{
    for (size_t i = 0; i < way->len; i++)
        if (record_behind(&way->steps[i]->type) == record)
            return true;
    return false;
}

/* Finds a field in the record, or in what it leads to, that holds memory of a request. */
static bool find_way(struct way *way, const gen_record *record)
{
    for (size_t i = 0; i < record->field_count && way->len < DEPTH_MAX; i++) {
        const gen_field *field = &record->fields[i];
        const gen_record *next = record_behind(&field->type);
        bool seen = next != NULL && leads_to_itself(way, next);
        way->steps[way->len++] = field;
        if (is_of_request(value_behind(&field->type)) ||
            (next != NULL && !seen && find_way(way, next)))
            return true;
        way->len--;
    }
    return false;
}

static const char *spell_way(weft_arena *arena, const struct way *way, const char *start)
{
    for (size_t i = 0; i < way->len; i++)
        start = gen_format(arena, "%s%s%s", start, *start != '\0' ? "." : "", way->steps[i]->name);
    return start;
}

static void suggest(const gen_type *type, const gen_place *place)
{
    if (type->kind == GEN_STR || type->kind == GEN_DECIMAL)
        gen_report(GEN_NOTE, place,
                   "hold kept_str, which is a copy of its own: TRY(kept_set(&state->name, text))");
    else if (type->kind == GEN_OTHER)
        gen_report(GEN_NOTE, place, "copy what is needed of it");
    else
        gen_report(GEN_NOTE, place,
                   "copy it into memory of the program; a text into kept_str, with kept_set(..)");
}

static void check_state(weft_arena *arena, const gen_record *record)
{
    struct way way = {.len = 0};
    if (!(record->derives & GEN_STATE) || !find_way(&way, record))
        return;
    const gen_field *last = way.steps[way.len - 1];
    const gen_type *type = value_behind(&last->type);
    gen_report(GEN_ERROR, &way.steps[0]->place,
               "%s lasts as long as the program, but \"%s\" is %s, which ends with its request",
               record->name, spell_way(arena, &way, ""), gen_type_name(arena, type));
    suggest(type, &last->place);
}

static void check_variable(weft_arena *arena, const gen_variable *variable)
{
    struct way way = {.len = 0};
    const gen_type *type = value_behind(&variable->type);
    const gen_record *record = record_behind(&variable->type);
    if (!is_of_request(type)) {
        if (record == NULL || (record->derives & GEN_STATE) || !find_way(&way, record))
            return;
        type = value_behind(&way.steps[way.len - 1]->type);
    }
    gen_report(GEN_ERROR, &variable->place,
               "a variable lasts as long as the program, but \"%s\" is %s, which ends with its "
               "request",
               spell_way(arena, &way, variable->name), gen_type_name(arena, type));
    if (type->kind == GEN_STR && way.len == 0)
        gen_report(
            GEN_NOTE, &variable->place,
            "make it const if it is always the same text; else hold kept_str, which is a copy "
            "of its own: TRY(kept_set(&%s, text))",
            variable->name);
    else
        suggest(type, &variable->place);
}

void gen_check_lifetimes(gen_unit *unit)
{
    for (size_t i = 0; i < unit->record_count; i++)
        check_state(unit->arena, unit->records[i]);
    for (size_t i = 0; i < unit->variable_count; i++)
        check_variable(unit->arena, &unit->variables[i]);
}
