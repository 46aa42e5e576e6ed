/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks records and enumerations: what they hold can be what they derive.
 */
#include "check/types.h"

#include <weft/codec.h>

/* ---- names of types -------------------------------------------------------------------------- */

static const char *plain_name(const char *spelling)
{
    return strncmp(spelling, "weft_", 5) == 0 ? spelling + 5 : spelling;
}

const char *gen_type_name(weft_arena *arena, const gen_type *type)
{
    if (type->kind == GEN_ARRAY || type->kind == GEN_OPTIONAL)
        return gen_format(arena, "%s(%s)", type->kind == GEN_ARRAY ? "ARRAY" : "OPTIONAL",
                          gen_type_name(arena, type->element));
    if (type->kind == GEN_BOOL)
        return "bool";
    if (strncmp(type->spelling, "union", 5) == 0)
        return "a union";
    return strcmp(type->spelling, "bit-field") == 0 ? "a bit-field" : plain_name(type->spelling);
}

bool gen_type_is(const gen_type *type, const char *name)
{
    return type->kind == GEN_OTHER && strcmp(plain_name(type->spelling), name) == 0;
}

void gen_suggest_type(const gen_type *type, const gen_place *place)
{
    const char *spelling = type->spelling;
    if (type->kind != GEN_OTHER)
        return;
    if (strncmp(spelling, "char", 4) == 0)
        gen_report(GEN_NOTE, place, "use str, which knows its length");
    else if (strchr(spelling, '[') != NULL)
        gen_report(GEN_NOTE, place, "use ARRAY(T), which knows its length");
    else if (strcmp(spelling, "bit-field") == 0)
        gen_report(GEN_NOTE, place, "use bool, or a whole uint8_t");
    else if (strncmp(spelling, "database", 8) == 0 || strncmp(spelling, "weft_database", 13) == 0)
        gen_report(GEN_NOTE, place, "a database stands in the state: DERIVE(state)");
    else if (strncmp(spelling, "union", 5) == 0)
        gen_report(GEN_NOTE, place, "use OPTIONAL(T) for each member: it says which one holds");
    else if (strchr(spelling, '*') != NULL)
        gen_report(GEN_NOTE, place, "hold the value itself; OPTIONAL(T) when it may be absent");
    else
        gen_report(GEN_NOTE, place,
                   "use numbers, bool, str, enums, structs, ARRAY(T) or OPTIONAL(T)");
}

static const struct {
    unsigned bit;
    const char *name;
} derives[] = {{GEN_JSON, "json"}, {GEN_QUERY, "query"}, {GEN_FORM, "form"}, {GEN_ROW, "row"}};

/* ---- fields ---------------------------------------------------------------------------------- */

static void report_flat(const gen_record *record, const gen_field *field, const char *derive)
{
    bool row = strcmp(derive, "row") == 0;
    gen_report(GEN_ERROR, &field->place, "%s derives %s, which is flat, but \"%s\" is not a value",
               record->name, derive, field->name);
    gen_report(GEN_NOTE, &field->place, "%s",
               row ? "a row has one value per column: read the parts with a statement of their own"
                   : "name its parts one by one");
}

/* A struct inside a struct: only JSON nests. */
static void check_nested(const gen_record *record, const gen_field *field, const gen_type *type)
{
    if (type->record->derives & GEN_JSON)
        return;
    gen_report(GEN_ERROR, &field->place,
               "%s derives json, but its field \"%s\" is %s, which does not", record->name,
               field->name, type->record->name);
    gen_report(GEN_NOTE, &type->record->place, "write DERIVE(json) before %s", type->record->name);
}

/* What a field may be for json: `type` is the field's, or of its ARRAY or OPTIONAL. */
static void check_json_type(weft_arena *arena, const gen_record *record, const gen_field *field)
{
    const gen_type *type = &field->type;
    if (type->kind == GEN_ARRAY || type->kind == GEN_OPTIONAL)
        type = type->element;
    if (type->kind == GEN_RECORD)
        check_nested(record, field, type);
    if (type->kind != GEN_ARRAY && type->kind != GEN_OPTIONAL)
        return;
    gen_report(GEN_ERROR, &field->place, "\"%s\" is %s: ARRAY and OPTIONAL do not nest",
               field->name, gen_type_name(arena, &field->type));
    gen_report(GEN_NOTE, &field->place, "put the inner one into a struct");
}

static void check_flat_type(const gen_record *record, const gen_field *field, unsigned i)
{
    const gen_type *type = &field->type;
    if (type->kind == GEN_OPTIONAL)
        type = type->element;
    if (!gen_is_scalar(type))
        report_flat(record, field, derives[i].name);
}

static bool is_other(const gen_type *type)
{
    while (type->kind == GEN_ARRAY || type->kind == GEN_OPTIONAL)
        type = type->element;
    return type->kind == GEN_OTHER;
}

static const char *first_derive(const gen_record *record)
{
    unsigned i = 0;
    while (!(record->derives & derives[i].bit))
        i++;
    return derives[i].name;
}

static void check_field_type(weft_arena *arena, const gen_record *record, const gen_field *field)
{
    if (is_other(&field->type)) {
        gen_report(GEN_ERROR, &field->place, "%s derives %s, but its field \"%s\" is %s",
                   record->name, first_derive(record), field->name,
                   gen_type_name(arena, &field->type));
        gen_suggest_type(&field->type, &field->place);
        return;
    }
    if (record->derives & GEN_JSON)
        check_json_type(arena, record, field);
    for (unsigned i = 1; i < sizeof derives / sizeof derives[0]; i++)
        if (record->derives & derives[i].bit) {
            check_flat_type(record, field, i);
            break;
        }
}

static void check_key(const gen_record *record, size_t index)
{
    const gen_field *field = &record->fields[index];
    for (size_t i = 0; i < index; i++) {
        if (strcmp(record->fields[i].key, field->key) != 0)
            continue;
        gen_report(GEN_ERROR, &field->place, "two fields of %s are called \"%s\" outside C",
                   record->name, field->key);
        gen_report(GEN_NOTE, &record->fields[i].place, "the other one is here");
        return;
    }
}

/* ---- records that hold themselves ------------------------------------------------------------ */

static const gen_record *record_in(const gen_type *type)
{
    while (type->kind == GEN_ARRAY || type->kind == GEN_OPTIONAL)
        type = type->element;
    return type->kind == GEN_RECORD ? type->record : NULL;
}

/* Whether values of `from` can hold values of `wanted`: a walk over all records reachable. */
static bool holds(const gen_unit *unit, const gen_record *from, const gen_record *wanted)
{
    const gen_record **seen = gen_alloc(unit->arena, (unit->record_count + 1) * sizeof(void *));
    size_t count = 0;
    seen[count++] = from;
    for (size_t i = 0; i < count; i++) {
        if (seen[i] == wanted)
            return true;
        for (size_t j = 0; j < seen[i]->field_count; j++) {
            const gen_record *next = record_in(&seen[i]->fields[j].type);
            bool again = next == NULL;
            for (size_t k = 0; k < count && !again; k++)
                again = seen[k] == next;
            if (!again && count < unit->record_count)
                seen[count++] = next;
        }
    }
    return false;
}

static void check_recursion(const gen_unit *unit, const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        const gen_record *inner = record_in(&field->type);
        if (inner == NULL || !holds(unit, inner, record))
            continue;
        gen_report(GEN_ERROR, &field->place, "\"%s\" lets %s hold itself, to any depth",
                   field->name, record->name);
        gen_report(GEN_NOTE, &field->place,
                   "list the parts side by side, each with the id of its parent");
        return;
    }
}

/* ---- records --------------------------------------------------------------------------------- */

static void check_size(const gen_record *record)
{
    unsigned decoded = record->derives & (GEN_JSON | GEN_QUERY | GEN_FORM);
    if (decoded && record->field_count > WEFT_MEMBERS_MAX) {
        gen_report(GEN_ERROR, &record->place, "%s has %zu fields; what is decoded has at most %d",
                   record->name, record->field_count, WEFT_MEMBERS_MAX);
        gen_report(GEN_NOTE, &record->place, "divide it into structs that it holds");
    }
    if (record->field_count == 0) {
        gen_report(GEN_ERROR, &record->place, "%s derives %s, but has no fields", record->name,
                   first_derive(record));
        gen_report(GEN_NOTE, &record->place,
                   "a handler that gives no body has no result parameter");
    }
}

static void check_record(const gen_unit *unit, const gen_record *record)
{
    if ((record->derives & ~(unsigned)GEN_STATE) == 0)
        return;
    check_size(record);
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        check_field_type(unit->arena, record, field);
        check_key(record, i);
        gen_check_notes(unit->arena, &field->notes, &field->type, field->name, false);
    }
    if (record->derives & GEN_JSON)
        check_recursion(unit, record);
}

/* ---- enumerations ---------------------------------------------------------------------------- */

static void check_item(const gen_enumeration *enumeration, size_t index)
{
    const struct gen_enumerator *item = &enumeration->items[index];
    for (size_t i = 0; i < index; i++) {
        const struct gen_enumerator *other = &enumeration->items[i];
        bool same_key = strcmp(other->key, item->key) == 0;
        if (!same_key && other->value != item->value)
            continue;
        if (same_key)
            gen_report(GEN_ERROR, &item->place, "two enumerators of %s are called \"%s\" outside C",
                       enumeration->name, item->key);
        else
            gen_report(GEN_ERROR, &item->place,
                       "%s has the value of %s, so that %lld has two names outside C", item->name,
                       other->name, item->value);
        gen_report(GEN_NOTE, &other->place, "the other one is here");
        return;
    }
}

void gen_check_types(gen_unit *unit)
{
    for (size_t i = 0; i < unit->record_count; i++)
        check_record(unit, unit->records[i]);
    for (size_t i = 0; i < unit->enumeration_count; i++)
        for (size_t j = 0; j < unit->enumerations[i]->item_count; j++)
            check_item(unit->enumerations[i], j);
}
