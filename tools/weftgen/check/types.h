/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/check/types.h: questions about C types, and the rules that stand after fields and
 * parameters.
 */
#ifndef WEFTGEN_CHECK_TYPES_H
#define WEFTGEN_CHECK_TYPES_H

#include "model.h"

/* As a user writes it: "OPTIONAL(str)". */
const char *gen_type_name(weft_arena *arena, const gen_type *type);

/* Whether it is the type that the prelude calls `name`, e.g. "database" for weft_database. */
bool gen_type_is(const gen_type *type, const char *name);

static inline bool gen_is_integer(gen_kind kind)
{
    return kind >= GEN_I8 && kind <= GEN_U64;
}
static inline bool gen_is_number(gen_kind kind)
{
    return gen_is_integer(kind) || kind == GEN_FLOAT || kind == GEN_DOUBLE;
}

/* The note that says what to use instead of a type that is not taken. */
void gen_suggest_type(const gen_type *type, const gen_place *place);

/* Whether the members of the record can stand side by side, with those that FLATTEN and TAG bring
 * in. */
void gen_check_flat(weft_arena *arena, const gen_record *record);

/* Whether the notes on `name` fit its type and are well-formed; `parameter` of a handler, else a
 * field. */
void gen_check_notes(weft_arena *arena, const gen_notes *notes, const gen_type *type,
                     const char *name, bool parameter);

#endif
