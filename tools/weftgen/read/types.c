/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/types.c: types of C as types of the model; records and enumerations, each read when
 * first met, so that a record comes after the records that it holds.
 */
#include "read.h"

#include <ctype.h>

/* ---- records ---- */

static gen_field read_field(struct reader *reader, CXCursor cursor)
{
    gen_field field = {
        .name = read_name(reader, cursor),
        .notes = read_notes(reader, cursor),
        .place = read_name_place(reader, cursor),
    };
    field.key = field.notes.rename ? field.notes.rename : field.name;
    if (clang_Cursor_isBitField(cursor))
        field.type = (gen_type){.kind = GEN_OTHER, .spelling = "bit-field"};
    else
        field.type = read_noted_type(reader, clang_getCursorType(cursor), &field.notes);
    return field;
}

struct field_visit {
    struct reader *reader;
    gen_record *record;
};

static enum CXVisitorResult visit_variant(CXCursor cursor, CXClientData data)
{
    struct field_visit *visit = data;
    gen_record *record = visit->record;
    GEN_PUSH(visit->reader->arena, record->variants, record->variant_count,
             read_field(visit->reader, cursor));
    return CXVisit_Continue;
}

/* An anonymous union is no field: its members are those of the record. */
static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data)
{
    struct field_visit *visit = data;
    struct reader *reader = visit->reader;
    gen_record *record = visit->record;
    CXCursor holder = clang_getTypeDeclaration(clang_getCursorType(cursor));
    if (clang_getCursorKind(holder) == CXCursor_UnionDecl &&
        clang_Cursor_isAnonymousRecordDecl(holder) && record->union_place.line == 0) {
        record->union_place = read_place(reader, clang_getCursorLocation(holder), 5);
        clang_Type_visitFields(clang_getCursorType(cursor), visit_variant, visit);
    } else {
        GEN_PUSH(reader->arena, record->fields, record->field_count, read_field(reader, cursor));
    }
    return CXVisit_Continue;
}

/* `alias` is the typedef that named the struct, or a null cursor. */
static gen_record *read_record(struct reader *reader, CXCursor definition, CXCursor alias)
{
    gen_record *record = reader_find(reader, definition);
    if (record != NULL)
        return record;
    record = gen_alloc(reader->arena, sizeof(*record));
    reader_remember(reader, definition, record);
    bool named = !clang_Cursor_isNull(alias);
    CXCursor name = named ? alias : definition;
    record->name = named ? read_name(reader, alias)
                         : gen_format(reader->arena, "struct %s", read_name(reader, definition));
    record->spelling = record->name;
    record->place = read_name_place(reader, name);
    record->comment = read_comment(reader, definition);
    record->derives = read_derives(reader, name, &record->derive);
    struct field_visit visit = {reader, record};
    clang_Type_visitFields(clang_getCursorType(definition), visit_field, &visit);
    GEN_PUSH(reader->arena, reader->unit->records, reader->unit->record_count, record);
    return record;
}

/* ---- enumerations ---- */

struct item_visit {
    struct reader *reader;
    gen_enumeration *enumeration;
};

static enum CXChildVisitResult visit_item(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct item_visit *visit = data;
    struct reader *reader = visit->reader;
    if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
        return CXChildVisit_Continue;
    struct gen_enumerator item = {
        .name = read_name(reader, cursor),
        .key = read_notes(reader, cursor).rename,
        .value = clang_getEnumConstantDeclValue(cursor),
        .place = read_name_place(reader, cursor),
    };
    GEN_PUSH(reader->arena, visit->enumeration->items, visit->enumeration->item_count, item);
    return CXChildVisit_Continue;
}

/* Bytes of the prefix, up to an underscore, that all enumerators share; a lone one may share it
 * with the type's name instead. */
static size_t common_prefix(const gen_enumeration *enumeration)
{
    const char *first = enumeration->items[0].name;
    size_t len = strlen(first);
    for (size_t i = 1; i < enumeration->item_count; i++) {
        size_t same = 0;
        while (same < len && enumeration->items[i].name[same] == first[same])
            same++;
        len = same;
    }
    if (enumeration->item_count == 1) {
        len = 0;
        while (toupper((unsigned char)enumeration->name[len]) == (unsigned char)first[len])
            len++;
        len += first[len] == '_';
    }
    while (len != 0 && first[len - 1] != '_')
        len--;
    return len;
}

static void name_items(struct reader *reader, gen_enumeration *enumeration)
{
    if (enumeration->item_count == 0)
        return;
    size_t prefix = common_prefix(enumeration);
    for (size_t i = 0; i < enumeration->item_count; i++) {
        struct gen_enumerator *item = &enumeration->items[i];
        size_t len = strlen(item->name) - prefix;
        char *member = gen_alloc(reader->arena, len + 1);
        for (size_t j = 0; j < len; j++)
            member[j] = (char)tolower((unsigned char)item->name[prefix + j]);
        item->member = member;
        item->key = item->key != NULL ? item->key : member;
    }
}

static gen_enumeration *read_enumeration(struct reader *reader, CXCursor definition, CXCursor alias)
{
    gen_enumeration *enumeration = reader_find(reader, definition);
    if (enumeration != NULL)
        return enumeration;
    enumeration = gen_alloc(reader->arena, sizeof(*enumeration));
    reader_remember(reader, definition, enumeration);
    bool named = !clang_Cursor_isNull(alias);
    CXCursor name = named ? alias : definition;
    enumeration->name = named ? read_name(reader, alias)
                              : gen_format(reader->arena, "enum %s", read_name(reader, definition));
    enumeration->place = read_name_place(reader, name);
    enumeration->comment = read_comment(reader, definition);
    enumeration->derives = read_derives(reader, name, &enumeration->derive);
    struct item_visit visit = {reader, enumeration};
    clang_visitChildren(definition, visit_item, &visit);
    name_items(reader, enumeration);
    GEN_PUSH(reader->arena, reader->unit->enumerations, reader->unit->enumeration_count,
             enumeration);
    return enumeration;
}

/* ---- types ---- */

static gen_kind signed_kind(long long size)
{
    return size == 1 ? GEN_I8 : size == 2 ? GEN_I16 : size == 4 ? GEN_I32 : GEN_I64;
}

static gen_kind unsigned_kind(long long size)
{
    return size == 1 ? GEN_U8 : size == 2 ? GEN_U16 : size == 4 ? GEN_U32 : GEN_U64;
}

static gen_kind scalar_kind(CXType type)
{
    switch (type.kind) {
    case CXType_Bool: return GEN_BOOL;
    case CXType_SChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong: return signed_kind(clang_Type_getSizeOf(type));
    case CXType_UChar:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong: return unsigned_kind(clang_Type_getSizeOf(type));
    case CXType_Float: return GEN_FLOAT;
    case CXType_Double: return GEN_DOUBLE;
    default: return GEN_OTHER;
    }
}

struct member_visit {
    struct reader *reader;
    const char *name;
    CXType type;
};

static enum CXVisitorResult visit_member(CXCursor cursor, CXClientData data)
{
    struct member_visit *visit = data;
    if (strcmp(read_name(visit->reader, cursor), visit->name) != 0)
        return CXVisit_Continue;
    visit->type = clang_getCursorType(cursor);
    return CXVisit_Break;
}

/* The type of the member of a struct, of what it points to if it is a pointer; Invalid: no such. */
static CXType member_type(struct reader *reader, CXType type, const char *name)
{
    struct member_visit visit = {reader, name, {.kind = CXType_Invalid}};
    clang_Type_visitFields(clang_getCanonicalType(type), visit_member, &visit);
    return visit.type.kind == CXType_Pointer ? clang_getPointeeType(visit.type) : visit.type;
}

/* WEFT_ARRAY(T) and its like say what T is in a member, or in a member of that. */
static const struct container {
    const char *prefix; /* of their names */
    gen_kind kind;
    const char *member, *inner;
} containers[] = {
    {"weft_array_", GEN_ARRAY, "at", NULL},
    {"weft_optional_", GEN_OPTIONAL, "value__", NULL},
    {"weft_change_", GEN_CHANGE, "to", "value__"},
    {"weft_map_", GEN_MAP, "at", "value"},
    {"weft_cursor_", GEN_CURSOR, "row", NULL},
};

static const struct container *find_container(const char *name)
{
    for (size_t i = 0; i < sizeof containers / sizeof containers[0]; i++)
        if (strncmp(name, containers[i].prefix, strlen(containers[i].prefix)) == 0)
            return &containers[i];
    return NULL;
}

static bool read_container(struct reader *reader, CXType type, const char *name, gen_type *out)
{
    const struct container *container = find_container(name);
    if (container == NULL)
        return false;
    CXType held = member_type(reader, type, container->member);
    if (held.kind != CXType_Invalid && container->inner != NULL)
        held = member_type(reader, held, container->inner);
    if (held.kind == CXType_Invalid)
        return false;
    gen_type *element = gen_alloc(reader->arena, sizeof(*element));
    *element = read_type(reader, held);
    *out = (gen_type){.kind = container->kind, .spelling = name, .element = element};
    return true;
}

/* A struct or enum of the user's; those of Weft itself are no data. */
static gen_type read_tagged(struct reader *reader, CXType type, CXCursor alias, const char *name)
{
    CXCursor definition = clang_getCursorDefinition(clang_getTypeDeclaration(type));
    gen_type other = {.kind = GEN_OTHER, .spelling = name};
    if (clang_Cursor_isNull(definition) || strncmp(name, "weft_", 5) == 0)
        return other;
    if (clang_getCursorKind(definition) == CXCursor_EnumDecl) {
        gen_enumeration *enumeration = read_enumeration(reader, definition, alias);
        return (gen_type){
            .kind = GEN_ENUM, .spelling = enumeration->name, .enumeration = enumeration};
    }
    if (clang_getCursorKind(definition) != CXCursor_StructDecl)
        return other;
    gen_record *record = read_record(reader, definition, alias);
    return (gen_type){.kind = GEN_RECORD, .spelling = record->name, .record = record};
}

static const char *bare_spelling(struct reader *reader, CXType type)
{
    const char *spelling = read_text(reader, clang_getTypeSpelling(type));
    return strncmp(spelling, "const ", 6) == 0 ? spelling + 6 : spelling;
}

/* On the way from a name to what it names. */
struct walk {
    CXType type;
    CXCursor alias;           /* the last typedef passed, or a null cursor */
    const char *first, *last; /* names of the typedefs passed, or NULL */
};

/* One step nearer; false at the end. */
static bool step(struct reader *reader, struct walk *walk)
{
    switch (walk->type.kind) {
    case CXType_Elaborated: walk->type = clang_Type_getNamedType(walk->type); return true;
    case CXType_Unexposed: walk->type = clang_getCanonicalType(walk->type); return true;
    case CXType_Typedef:
        walk->alias = clang_getTypeDeclaration(walk->type);
        walk->last = read_name(reader, walk->alias);
        walk->first = walk->first ? walk->first : walk->last;
        walk->type = clang_getTypedefDeclUnderlyingType(walk->alias);
        return true;
    default: return false;
    }
}

static const struct {
    const char *name;
    gen_kind kind;
} well_known[] = {
    {"weft_str", GEN_STR},      {"weft_timestamp", GEN_TIMESTAMP}, {"weft_date", GEN_DATE},
    {"weft_uuid", GEN_UUID},    {"weft_decimal", GEN_DECIMAL},     {"weft_bytes", GEN_BYTES},
    {"weft_json_raw", GEN_RAW}, {"weft_upload", GEN_UPLOAD},
};

/* Names that say what a type is, whatever it is made of. */
static bool read_well_known(struct reader *reader, CXType type, const char *name, gen_type *out)
{
    for (size_t i = 0; i < sizeof well_known / sizeof well_known[0]; i++) {
        if (strcmp(name, well_known[i].name) != 0)
            continue;
        *out = (gen_type){.kind = well_known[i].kind, .spelling = well_known[i].name};
        return true;
    }
    return read_container(reader, type, name, out);
}

/* What a pointer to a struct of the program, or an array, leads to; NULL: anything else. */
static const gen_type *read_target(struct reader *reader, CXType type)
{
    CXType target = type.kind == CXType_ConstantArray ? clang_getArrayElementType(type)
                                                      : clang_getPointeeType(type);
    CXCursor definition = clang_getCursorDefinition(
        clang_getTypeDeclaration(clang_getCanonicalType(target)));
    bool record = clang_getCursorKind(definition) == CXCursor_StructDecl;
    if (record && clang_Location_isInSystemHeader(clang_getCursorLocation(definition)))
        return NULL;
    if (target.kind == CXType_Invalid || (!record && type.kind != CXType_ConstantArray))
        return NULL;
    gen_type *read = gen_alloc(reader->arena, sizeof(*read));
    *read = read_type(reader, target);
    return read;
}

/* Scalars keep the name that they were given, what is no data that of its definition. */
static gen_type read_plain(struct reader *reader, const struct walk *walk)
{
    gen_type plain = {.kind = scalar_kind(walk->type), .spelling = walk->first};
    if (plain.kind == GEN_BOOL && walk->first == NULL)
        plain.spelling = "bool"; /* <stdbool.h>'s macro */
    else if (walk->first == NULL)
        plain.spelling = bare_spelling(reader, walk->type);
    else if (plain.kind == GEN_OTHER)
        plain.spelling = walk->last;
    if (plain.kind == GEN_OTHER)
        plain.target = read_target(reader, walk->type);
    return plain;
}

gen_type read_type(struct reader *reader, CXType type)
{
    struct walk walk = {.type = type, .alias = clang_getNullCursor()};
    gen_type known;
    while (step(reader, &walk))
        if (walk.last != NULL && read_well_known(reader, type, walk.last, &known))
            return known;
    if (walk.type.kind != CXType_Record && walk.type.kind != CXType_Enum)
        return read_plain(reader, &walk);
    return read_tagged(reader, walk.type, walk.alias,
                       walk.last ? walk.last : bare_spelling(reader, walk.type));
}

gen_type read_noted_type(struct reader *reader, CXType type, const gen_notes *notes)
{
    gen_type plain = read_type(reader, type);
    const gen_type *value = gen_value_type(&plain);
    if (!notes->base64url || value->kind != GEN_BYTES)
        return plain;
    gen_type *url = gen_alloc(reader->arena, sizeof(*url));
    *url = (gen_type){.kind = GEN_BYTES_URL, .spelling = value->spelling};
    if (value == &plain)
        return *url;
    plain.element = url;
    return plain;
}

static void find_derive(struct reader *reader, const struct note *note, void *data)
{
    gen_place *place = data;
    if (strncmp(note->text, "derive:", 7) == 0)
        *place = read_place(reader, note->location, (unsigned)strlen("DERIVE"));
}

/* What DERIVE says is read, and complained about, with the record or enumeration itself. */
void read_typedef(struct reader *reader, CXCursor declaration)
{
    gen_place derive = {0};
    read_each_note(reader, declaration, find_derive, &derive);
    if (derive.line == 0)
        return;
    gen_type type = read_type(reader, clang_getCursorType(declaration));
    if (type.kind != GEN_RECORD && type.kind != GEN_ENUM)
        gen_report(
            GEN_ERROR, &derive,
            "DERIVE needs a struct or an enum that is defined in this file, but \"%s\" is none",
            read_name(reader, declaration));
}

bool read_is_weft(CXType type, const char *name)
{
    CXString spelling = clang_getCursorSpelling(
        clang_getTypeDeclaration(clang_getCanonicalType(type)));
    const char *chars = clang_getCString(spelling);
    bool same = chars != NULL && strcmp(chars, name) == 0;
    clang_disposeString(spelling);
    return same;
}
