/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Checks what a record is outside C, where FLATTEN and TAG bring the members of other records in:
 * each has a name of its own, and a tag says which there are.
 */
#include "check/types.h"

#include <weft/codec.h>

/* ---- FLATTEN --------------------------------------------------------------------------------- */

static void refuse_type(weft_arena *arena, const gen_field *field)
{
    const gen_place *place = &field->notes.places[GEN_NOTE_FLATTEN];
    gen_report(GEN_ERROR, place, "FLATTEN is for structs and MAP, but \"%s\" is %s", field->name,
               gen_type_name(arena, &field->type));
    if (gen_value_type(&field->type)->kind == GEN_RECORD)
        gen_report(GEN_NOTE, place, "what lies flat is always there; its fields can be OPTIONAL");
}

static void check_map(const gen_record *record, const gen_field *field, const gen_field **first)
{
    const gen_place *place = &field->notes.places[GEN_NOTE_FLATTEN];
    if (field->notes.length_min != NULL)
        gen_report(GEN_ERROR, &field->notes.places[GEN_NOTE_LENGTH],
                   "\"%s\" takes whatever comes, so it has no LENGTH", field->name);
    if (record->derives & GEN_STRICT)
        gen_report(GEN_ERROR, place,
                   "%s is strict and refuses the members that \"%s\" would collect", record->name,
                   field->name);
    if (*first != NULL)
        gen_report(GEN_ERROR, place,
                   "\"%s\" gets no members: those that no field has are in \"%s\"", field->name,
                   (*first)->name);
    *first = field;
}

static void check_flattened(weft_arena *arena, const gen_record *record)
{
    const gen_field *map = NULL;
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *field = &record->fields[i];
        if (!field->notes.flatten)
            continue;
        if (field->type.kind == GEN_MAP)
            check_map(record, field, &map);
        else if (field->type.kind != GEN_RECORD)
            refuse_type(arena, field);
        else if (field->type.record->union_place.line != 0)
            gen_report(GEN_ERROR, &field->notes.places[GEN_NOTE_FLATTEN],
                       "%s has a union and cannot lie flat", field->type.record->name);
    }
}

/* ---- TAG ------------------------------------------------------------------------------------- */

static bool check_tag(weft_arena *arena, const gen_record *record, const gen_field *tag)
{
    const gen_place *place = &tag->notes.places[GEN_NOTE_TAG];
    if (record->union_place.line == 0) {
        gen_report(GEN_ERROR, place, "TAG: %s has no anonymous union that \"%s\" could be about",
                   record->name, tag->name);
        return false;
    }
    if (tag->type.kind != GEN_ENUM) {
        gen_report(GEN_ERROR, place, "TAG is for an enum, but \"%s\" is %s", tag->name,
                   gen_type_name(arena, &tag->type));
        return false;
    }
    if (tag->notes.fallback != NULL)
        gen_report(GEN_ERROR, place, "\"%s\" says what holds, so it has no DEFAULT", tag->name);
    return true;
}

static void check_tags(const gen_record *record, const gen_field *tag)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const gen_field *other = &record->fields[i];
        if (other == tag || !other->notes.tag)
            continue;
        gen_report(GEN_ERROR, &other->notes.places[GEN_NOTE_TAG], "a second TAG in %s",
                   record->name);
        gen_report(GEN_NOTE, &tag->notes.places[GEN_NOTE_TAG], "the first one is here");
    }
}

/* The enumerator that a member of the union is called as; NULL after a message. */
static const struct gen_enumerator *item_of(weft_arena *arena, const gen_enumeration *kinds,
                                            const gen_field *variant)
{
    const char **names = gen_alloc(arena, (kinds->item_count + 1) * sizeof *names);
    for (size_t i = 0; i < kinds->item_count; i++) {
        names[i] = kinds->items[i].member;
        if (strcmp(names[i], variant->name) == 0)
            return &kinds->items[i];
    }
    gen_report(GEN_ERROR, &variant->place, "no enumerator of %s says that \"%s\" holds",
               kinds->name, variant->name);
    const char *nearest = gen_nearest(variant->name, names, kinds->item_count);
    if (nearest != NULL)
        gen_report(GEN_NOTE, &variant->place, "did you mean \"%s\"?", nearest);
    return NULL;
}

static void check_variant(weft_arena *arena, const gen_field *tag, const gen_field *variant)
{
    const gen_type *type = &variant->type;
    if (item_of(arena, tag->type.enumeration, variant) == NULL)
        return;
    bool data = type->kind == GEN_RECORD && (type->record->derives & GEN_JSON);
    if (data && type->record->union_place.line == 0)
        return;
    gen_report(GEN_ERROR, &variant->place, "\"%s\" is %s%s", variant->name,
               gen_type_name(arena, type),
               data ? ", which has a union of its own"
                    : "; what a union holds is a struct that derives json");
    gen_report(GEN_NOTE, &variant->place, "put it into a struct that derives json");
}

/* False: its variants cannot be told. */
static bool check_union(weft_arena *arena, const gen_record *record)
{
    const gen_field *tag = gen_tag(record);
    if (tag == NULL && record->union_place.line == 0)
        return true;
    if (tag == NULL) {
        gen_report(GEN_ERROR, &record->union_place,
                   "%s has a union, but nothing says which member of it holds", record->name);
        gen_report(GEN_NOTE, &record->union_place,
                   "put TAG behind an enum that has an enumerator for each member");
        return false;
    }
    check_tags(record, tag);
    if (!check_tag(arena, record, tag))
        return false;
    if (record->derives & (GEN_TEXTS | GEN_ROW))
        gen_report(GEN_ERROR, &record->union_place,
                   "%s has a union: only json can tell which "
                   "member of it holds",
                   record->name);
    for (size_t i = 0; i < record->variant_count; i++)
        check_variant(arena, tag, &record->variants[i]);
    return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

static void check_key(const gen_record *flat, size_t index)
{
    const gen_field *field = &flat->fields[index];
    for (size_t i = 0; i < index; i++) {
        const gen_field *other = &flat->fields[i];
        if (strcmp(other->key, field->key) != 0)
            continue;
        gen_report(GEN_ERROR, &field->place, "two fields of %s are called \"%s\" outside C",
                   flat->spelling, field->key);
        gen_report(GEN_NOTE, &other->place, "the other one is here");
        return;
    }
}

static void check_members(const gen_record *flat, size_t from)
{
    unsigned decoded = flat->derives & (GEN_JSON | GEN_TEXTS);
    for (size_t i = from; i < flat->field_count; i++)
        check_key(flat, i);
    if (!decoded || flat->field_count <= WEFT_MEMBERS_MAX)
        return;
    gen_report(GEN_ERROR, &flat->place, "%s has %zu fields; what is decoded has at most %d",
               flat->spelling, flat->field_count, WEFT_MEMBERS_MAX);
    gen_report(GEN_NOTE, &flat->place, "divide it into structs that it holds");
}

void gen_check_flat(weft_arena *arena, const gen_record *record)
{
    check_flattened(arena, record);
    bool known = check_union(arena, record);
    const gen_record *flat = gen_flat(arena, record);
    check_members(flat, 0);
    if (flat->rest != NULL && flat->field_count == 0)
        gen_report(GEN_ERROR, &record->place, "%s has no fields beside \"%s\": use the MAP itself",
                   record->name, flat->rest->name);
    if (!known || gen_tag(record) == NULL)
        return;
    const gen_enumeration *kinds = gen_tag(record)->type.enumeration;
    for (size_t i = 0; i < kinds->item_count; i++)
        check_members(gen_variant(arena, record, &kinds->items[i]), flat->field_count);
}
