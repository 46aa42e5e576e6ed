/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks records and enumerations: what they hold can be what they derive.
 */
#include "check/types.h"

/* ---- names of types -------------------------------------------------------------------------- */

static const char *plain_name(const char *spelling)
{
    return strncmp(spelling, "weft_", 5) == 0 ? spelling + 5 : spelling;
}

const char *gen_type_name(weft_arena *arena, const gen_type *type)
{
    static const char *const containers[] = {[GEN_ARRAY] = "ARRAY",
                                             [GEN_OPTIONAL] = "OPTIONAL",
                                             [GEN_CHANGE] = "CHANGE",
                                             [GEN_MAP] = "MAP",
                                             [GEN_CURSOR] = "CURSOR"};
    if (gen_is_container(type) || type->kind == GEN_CURSOR)
        return gen_format(arena, "%s(%s)", containers[type->kind],
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
        gen_report(GEN_NOTE, place, "leave out its name, and put TAG behind an enum before it");
    else if (strchr(spelling, '*') != NULL)
        gen_report(GEN_NOTE, place, "hold the value itself; OPTIONAL(T) when it may be absent");
    else
        gen_report(GEN_NOTE, place,
                   "use numbers, bool, str, timestamp, date, uuid, decimal, bytes, enums, structs, "
                   "ARRAY(T), MAP(T) or OPTIONAL(T)");
}

static const struct {
    unsigned bit;
    const char *name;
} derives[] = {{GEN_JSON, "json"},
               {GEN_QUERY, "query"},
               {GEN_FORM, "form"},
               {GEN_MULTIPART, "multipart"},
               {GEN_ROW, "row"}};

/* ---- fields ---------------------------------------------------------------------------------- */

static void report_flat(const gen_record *record, const gen_field *field, const char *derive)
{
    bool row = strcmp(derive, "row") == 0;
    gen_report(GEN_ERROR, &field->place, "%s derives %s, which is flat, but \"%s\" is not a value",
               record->name, derive, field->name);
    gen_report(
        GEN_NOTE, &field->place, "%s",
        row ? "a column is a value, an ARRAY of values, or JSON: json_raw, a struct that derives "
              "json, an ARRAY of such"
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

/* Containers hold each other, but no two that null would have to be told apart for. */
static void check_nesting(weft_arena *arena, const gen_record *record, const gen_field *field)
{
    const gen_type *type = &field->type;
    for (; gen_is_container(type); type = type->element) {
        const gen_type *held = type->element;
        bool twice = held->kind == GEN_OPTIONAL && gen_value_type(type) != type;
        if (!twice && held->kind != GEN_CHANGE)
            continue;
        gen_report(GEN_ERROR, &field->place, "\"%s\" is %s: %s", field->name,
                   gen_type_name(arena, &field->type),
                   twice ? "null would mean two things" : "a CHANGE is of a field itself");
        gen_report(GEN_NOTE, &field->place, "put the inner one into a struct");
        return;
    }
    if (type->kind == GEN_RECORD)
        check_nested(record, field, type);
}

/* Whether columns that are no single value can be read into it: an array, JSON, or the columns of
 * rows that are collected. */
static bool takes_column(const gen_type *type)
{
    bool array = type->kind == GEN_ARRAY;
    if (array)
        type = gen_value_type(type->element);
    if (type->kind == GEN_RECORD)
        return (type->record->derives & (array ? GEN_JSON | GEN_ROW : GEN_JSON)) != 0;
    return gen_is_scalar(type) || type->kind == GEN_RAW;
}

static void check_flat_type(const gen_record *record, const gen_field *field, unsigned i)
{
    const gen_type *type = &field->type;
    if (type->kind == GEN_OPTIONAL)
        type = type->element;
    if (type->kind == GEN_ARRAY && derives[i].bit != GEN_ROW)
        type = type->element; /* a name that is repeated */
    bool lies_flat = field->notes.flatten && type->kind == GEN_RECORD &&
                     derives[i].bit != GEN_ROW && (type->record->derives & derives[i].bit);
    bool uploaded = type->kind == GEN_UPLOAD && derives[i].bit == GEN_MULTIPART;
    bool column = derives[i].bit == GEN_ROW && !field->notes.flatten && takes_column(type);
    if (!gen_is_scalar(type) && !lies_flat && !uploaded && !column)
        report_flat(record, field, derives[i].name);
}

static bool is_other(const gen_type *type)
{
    while (gen_is_container(type))
        type = type->element;
    return type->kind == GEN_OTHER || type->kind == GEN_CURSOR;
}

/* Files come with multipart, and go nowhere else. */
static bool check_upload(const gen_record *record, const gen_field *field)
{
    const gen_type *type = &field->type;
    while (gen_is_container(type))
        type = type->element;
    unsigned others = record->derives & (GEN_JSON | GEN_QUERY | GEN_FORM | GEN_ROW);
    if (type->kind != GEN_UPLOAD || others == 0)
        return true;
    unsigned i = 0;
    while (!(others & derives[i].bit))
        i++;
    gen_report(GEN_ERROR, &field->place,
               "%s derives %s, but its field \"%s\" is an upload, which only multipart can bring",
               record->name, derives[i].name, field->name);
    gen_report(GEN_NOTE, &field->place,
               "write DERIVE(multipart) before it, and a struct of its own for the rest");
    return false;
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
    if (!check_upload(record, field))
        return;
    if (record->derives & GEN_JSON)
        check_nesting(arena, record, field);
    for (unsigned i = 1; i < sizeof derives / sizeof derives[0]; i++)
        if (record->derives & derives[i].bit) {
            check_flat_type(record, field, i);
            break;
        }
}

/* ---- records that hold themselves ------------------------------------------------------------ */

static const gen_record *record_in(const gen_type *type)
{
    while (gen_is_container(type))
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
        size_t fields = seen[i]->field_count;
        for (size_t j = 0; j < fields + seen[i]->variant_count; j++) {
            const gen_field *field = j < fields ? &seen[i]->fields[j]
                                                : &seen[i]->variants[j - fields];
            const gen_record *next = record_in(&field->type);
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

static void check_empty(const gen_record *record)
{
    if (record->field_count != 0)
        return;
    gen_report(GEN_ERROR, &record->place, "%s derives %s, but has no fields", record->name,
               first_derive(record));
    gen_report(GEN_NOTE, &record->place, "a handler that gives no body has no result parameter");
}

static void check_strict(const gen_record *record)
{
    if (!(record->derives & GEN_STRICT) || (record->derives & (GEN_JSON | GEN_TEXTS)))
        return;
    gen_report(GEN_ERROR, &record->derive,
               "strict says how %s is read, but it derives none of json, query, form and "
               "multipart",
               record->name);
}

static void check_record(const gen_unit *unit, const gen_record *record)
{
    check_strict(record);
    if ((record->derives & ~(unsigned)(GEN_STATE | GEN_ATTACHED | GEN_STRICT)) == 0)
        return;
    check_empty(record);
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        check_field_type(unit->arena, record, field);
        gen_check_notes(unit->arena, &field->notes, &field->type, field->name, false);
    }
    if (record->derives & GEN_JSON)
        check_recursion(unit, record);
    gen_check_flat(unit->arena, record);
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
