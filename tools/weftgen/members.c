/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/members.c: the members that a record has outside C, where records can lie flat in each
 * other and a tag says which of them do.
 */
#include "model.h"

/* Appends the fields of `from`; its depth is that of types by value, which cannot hold themselves.
 */
static void append_fields(weft_arena *arena, gen_record *flat, const gen_record *from,
                          const char *path)
{
    for (size_t i = 0; i < from->field_count; i++) {
        gen_field field = from->fields[i];
        field.name = gen_format(arena, "%s%s", path, field.name);
        if (field.notes.flatten && field.type.kind == GEN_RECORD) {
            append_fields(arena, flat, field.type.record, gen_format(arena, "%s.", field.name));
        } else if (field.notes.flatten && field.type.kind == GEN_MAP) {
            gen_field *rest = gen_alloc(arena, sizeof *rest);
            *rest = field;
            flat->rest = rest;
        } else {
            GEN_PUSH(arena, flat->fields, flat->field_count, field);
        }
    }
}

static gen_record *new_flat(weft_arena *arena, const gen_record *record)
{
    gen_record *flat = gen_alloc(arena, sizeof *flat);
    *flat = *record;
    flat->fields = NULL;
    flat->field_count = 0;
    flat->variants = NULL;
    flat->variant_count = 0;
    append_fields(arena, flat, record, "");
    return flat;
}

const gen_record *gen_flat(weft_arena *arena, const gen_record *record)
{
    return new_flat(arena, record);
}

const gen_field *gen_tag(const gen_record *record)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].notes.tag)
            return &record->fields[i];
    return NULL;
}

const gen_field *gen_variant_field(const gen_record *record, const struct gen_enumerator *item)
{
    for (size_t i = 0; i < record->variant_count; i++)
        if (strcmp(record->variants[i].name, item->member) == 0)
            return &record->variants[i];
    return NULL;
}

const gen_record *gen_variant(weft_arena *arena, const gen_record *record,
                              const struct gen_enumerator *item)
{
    gen_record *flat = new_flat(arena, record);
    const gen_field *variant = gen_variant_field(record, item);
    flat->name = gen_format(arena, "%s__%s", record->name, item->member);
    if (variant != NULL && variant->type.kind == GEN_RECORD)
        append_fields(arena, flat, variant->type.record, gen_format(arena, "%s.", variant->name));
    return flat;
}
