/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/write/codecs_encode.c: encoders of records. The text of a record is a list of pieces;
 * literals that meet are one piece. Room for everything up to the next string or nested value is
 * reserved at once, for the worst case, whichever optional members are present.
 */
#include "write/codecs.h"
#include "write/write.h"
#include <weft/codec.h>

typedef enum piece_kind {
    PIECE_LITERAL, /* `text` as it is */
    PIECE_OPEN,    /* '{' before the first member, ',' before others: decided when running */
    PIECE_CLOSE,   /* '{' when there was no member */
    PIECE_FIXED,   /* a value of bounded size: the expression `text` moves at__ */
    PIECE_STRING,  /* a value of any size: the call `text`, but for its last argument, the room */
    PIECE_NESTED,  /* the statement `text` */
    PIECE_REST,    /* the entries of a MAP, each after the character `text` */
    PIECE_IF,      /* the condition `text` holds ... */
    PIECE_END,     /* ... up to here */
} piece_kind;

typedef struct piece {
    piece_kind kind;
    const char *text;
    size_t room; /* bytes at most, of those that are not strings or nested */
} piece;

typedef struct pieces {
    weft_arena *arena;
    piece *at;
    size_t count;
    const gen_field *rest; /* of PIECE_REST */
} pieces;

static void add(pieces *list, piece_kind kind, const char *text, size_t room)
{
    piece *last = list->count != 0 ? &list->at[list->count - 1] : NULL;
    if (kind == PIECE_LITERAL && last != NULL && last->kind == PIECE_LITERAL) {
        last->text = gen_format(list->arena, "%s%s", last->text, text);
        last->room += room;
        return;
    }
    GEN_PUSH(list->arena, list->at, list->count, ((piece){kind, text, room}));
}

static void add_literal(pieces *list, const char *text)
{
    add(list, PIECE_LITERAL, text, strlen(text));
}

/* ---- values -------------------------------------------------------------------------------- */

static size_t quoted_len(const char *key)
{
    return 2 + 6 * strlen(key);
}

size_t codec_room_of(const gen_type *type)
{
    static const size_t rooms[] = {[GEN_BOOL] = 5,
                                   [GEN_I8] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_I16] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_I32] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_I64] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_U8] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_U16] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_U32] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_U64] = WEFT_JSON_INTEGER_MAX,
                                   [GEN_FLOAT] = WEFT_JSON_NUMBER_MAX,
                                   [GEN_DOUBLE] = WEFT_JSON_NUMBER_MAX,
                                   [GEN_TIMESTAMP] = WEFT_TIMESTAMP_SIZE + 2,
                                   [GEN_DATE] = WEFT_DATE_SIZE + 2,
                                   [GEN_UUID] = WEFT_UUID_SIZE + 2};
    if (type->kind != GEN_ENUM)
        return rooms[type->kind];
    size_t room = 4; /* null */
    for (size_t i = 0; i < type->enumeration->item_count; i++) {
        size_t len = quoted_len(type->enumeration->items[i].key);
        room = len > room ? len : room;
    }
    return room;
}

const char *codec_put_expression(weft_arena *arena, const gen_type *type, const char *value)
{
    switch (type->kind) {
    case GEN_ENUM:
        return gen_format(arena, "%s__put_json(at__, %s)", type->enumeration->name, value);
    case GEN_BOOL:
    case GEN_FLOAT:
    case GEN_DOUBLE:
    case GEN_TIMESTAMP:
    case GEN_DATE:
    case GEN_UUID:
        return gen_format(arena, "weft_json_put_%s(at__, %s)", codec_suffix(type->kind), value);
    default:
        return gen_format(arena, "weft_json_put_%s(at__, %s)", type->kind >= GEN_U8 ? "u64" : "i64",
                          value);
    }
}

bool codec_is_string(gen_kind kind)
{
    return kind == GEN_STR || kind == GEN_DECIMAL || kind == GEN_BYTES || kind == GEN_BYTES_URL ||
           kind == GEN_RAW;
}

bool codec_is_nested(gen_kind kind)
{
    return kind >= GEN_RECORD && kind <= GEN_MAP;
}

static void add_value(pieces *list, const gen_type *type, const char *value)
{
    weft_arena *arena = list->arena;
    if (codec_is_string(type->kind))
        add(list, PIECE_STRING,
            gen_format(arena, "weft_json_put_%s(to__, at__, %s", codec_suffix(type->kind), value),
            0);
    else if (codec_is_nested(type->kind))
        add(list, PIECE_NESTED,
            gen_format(arena, "%s__encode_json(to__, &%s)", type->spelling, value), 0);
    else
        add(list, PIECE_FIXED, codec_put_expression(arena, type, value), codec_room_of(type));
}

const gen_type *codec_optional_of(weft_arena *arena, const gen_type *change)
{
    gen_type *type = gen_alloc(arena, sizeof *type);
    const char *name = change->spelling + strlen("weft_change_");
    *type = (gen_type){.kind = GEN_OPTIONAL,
                       .spelling = gen_format(arena, "weft_optional_%s", name),
                       .element = change->element};
    return type;
}

/* ---- records ------------------------------------------------------------------------------- */

static const char *quoted_key(weft_arena *arena, const char *before, const char *key)
{
    weft_buffer quoted;
    weft_buffer_init(&quoted, arena);
    weft_buffer_append_str(&quoted, weft_str_from(before));
    weft_buffer_append_quoted(&quoted, weft_str_from(key));
    weft_buffer_append(&quoted, ":", 1);
    return gen_copy(arena, quoted.at, quoted.len);
}

/* Whether a member stands before the one being added: not yet, that depends, surely. */
typedef enum before { BEFORE_NONE, BEFORE_SOME, BEFORE_SURE } before;

/* What is written of a member, when it is. */
static void add_member_value(pieces *list, const gen_field *field)
{
    weft_arena *arena = list->arena;
    const gen_type *type = &field->type;
    const char *value = gen_format(arena, "in__->%s", field->name);
    if (type->kind == GEN_CHANGE)
        add_value(list, codec_optional_of(arena, type), gen_format(arena, "%s.to", value));
    else if (type->kind == GEN_OPTIONAL)
        add_value(list, type->element, gen_format(arena, "%s.value__", value));
    else
        add_value(list, type, value);
}

static before add_field(pieces *list, const gen_field *field, before earlier)
{
    weft_arena *arena = list->arena;
    bool optional = gen_value_type(&field->type) != &field->type;
    if (optional)
        add(list, PIECE_IF,
            gen_format(arena, "in__->%s.%s", field->name,
                       field->type.kind == GEN_CHANGE ? "given" : "present"),
            0);
    bool known = earlier == BEFORE_SURE || (earlier == BEFORE_NONE && !optional);
    if (!known)
        add(list, PIECE_OPEN, NULL, 1);
    const char *opening = !known ? "" : earlier == BEFORE_SURE ? "," : "{";
    add_literal(list, quoted_key(arena, opening, field->key));
    add_member_value(list, field);
    if (!optional)
        return BEFORE_SURE;
    add(list, PIECE_END, NULL, 0);
    return known ? BEFORE_SURE : BEFORE_SOME;
}

static pieces pieces_of(weft_arena *arena, const gen_record *record)
{
    pieces list = {.arena = arena, .rest = record->rest};
    before earlier = BEFORE_NONE;
    for (size_t i = 0; i < record->field_count; i++)
        earlier = add_field(&list, &record->fields[i], earlier);
    if (record->rest != NULL)
        add(&list, PIECE_REST, earlier == BEFORE_SURE ? "','" : "open__", 0);
    if (earlier == BEFORE_NONE)
        add_literal(&list, "{");
    else if (earlier == BEFORE_SOME)
        add(&list, PIECE_CLOSE, NULL, 1);
    add_literal(&list, "}");
    return list;
}

static bool decides_when_running(const pieces *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].kind == PIECE_OPEN)
            return true;
    }
    return false;
}

/* The room that the pieces from `from` on need up to the next string or nested value that is
 * written whatever is present. */
static size_t room_from(const pieces *list, size_t from)
{
    size_t room = 0;
    bool optional = false;
    for (size_t i = from; i < list->count; i++) {
        piece_kind kind = list->at[i].kind;
        bool flushes = kind == PIECE_STRING || kind == PIECE_NESTED || kind == PIECE_REST;
        if (flushes && !optional)
            break;
        optional = kind == PIECE_IF || (optional && kind != PIECE_END);
        room += list->at[i].room;
    }
    return room;
}

static void write_room_check(gen_text *out, int indent)
{
    weft_buffer_printf(out, "%*sif (at__ == NULL)\n%*sreturn;\n", indent, "", indent + 4, "");
}

static void write_put(gen_text *out, const piece *one, int indent)
{
    weft_buffer_printf(out, "%*sat__ = weft_json_put(at__, ", indent, "");
    gen_write_literal(out, one->text);
    weft_buffer_printf(out, ", %zu);\n", one->room);
}

static void write_open(gen_text *out, int indent)
{
    weft_buffer_printf(out, "%*s*at__++ = open__;\n%*sopen__ = ',';\n", indent, "", indent, "");
}

static void write_rest(gen_text *out, const pieces *list, const char *opening, size_t room)
{
    const char *name = list->rest->name;
    weft_buffer_printf(out,
                       "    weft_json_commit(to__, at__);\n"
                       "    for (size_t i__ = 0; i__ < in__->%s.len; i__++) {\n"
                       "        weft_json_append_key(to__, %s, in__->%s.at[i__].key);\n",
                       name, opening, name);
    if (strcmp(opening, "open__") == 0)
        weft_buffer_printf(out, "        open__ = ',';\n");
    codec_write_item(out, list->rest->type.element,
                     gen_format(list->arena, "in__->%s.at[i__].value", name));
    weft_buffer_printf(out, "    }\n    at__ = weft_buffer_reserve(to__, %zu);\n", room);
    write_room_check(out, 4);
}

static void write_piece(gen_text *out, const pieces *list, size_t index, int indent)
{
    const piece *one = &list->at[index];
    size_t room = room_from(list, index + 1);
    switch (one->kind) {
    case PIECE_LITERAL: write_put(out, one, indent); break;
    case PIECE_OPEN: write_open(out, indent); break;
    case PIECE_CLOSE:
        weft_buffer_printf(out, "    if (open__ == '{')\n        *at__++ = open__;\n");
        break;
    case PIECE_FIXED: weft_buffer_printf(out, "%*sat__ = %s;\n", indent, "", one->text); break;
    case PIECE_STRING:
        weft_buffer_printf(out, "%*sat__ = %s, %zu);\n", indent, "", one->text, room);
        write_room_check(out, indent);
        break;
    case PIECE_NESTED:
        weft_buffer_printf(out,
                           "%*sweft_json_commit(to__, at__);\n%*s%s;\n"
                           "%*sat__ = weft_buffer_reserve(to__, %zu);\n",
                           indent, "", indent, "", one->text, indent, "", room);
        write_room_check(out, indent);
        break;
    case PIECE_REST: write_rest(out, list, one->text, room); break;
    case PIECE_IF: weft_buffer_printf(out, "    if (%s) {\n", one->text); break;
    case PIECE_END: weft_buffer_printf(out, "    }\n"); break;
    }
}

/* One growth for a record with strings that are always there. */
static void write_expectation(gen_text *out, const gen_record *record, const pieces *list)
{
    size_t room = 0, strings = 0;
    for (size_t i = 0; i < list->count; i++)
        room += list->at[i].room;
    for (size_t i = 0; i < record->field_count; i++)
        strings += record->fields[i].type.kind == GEN_STR;
    if (strings < 2)
        return;
    weft_buffer_printf(out, "    weft_buffer_expect(to__, %zu", room + 2 * strings);
    for (size_t i = 0; i < record->field_count; i++)
        if (record->fields[i].type.kind == GEN_STR)
            weft_buffer_printf(out, " +\n        in__->%s.len", record->fields[i].name);
    weft_buffer_printf(out, ");\n");
}

void codec_write_encoder(gen_text *out, const gen_record *record)
{
    const char *name = record->name;
    pieces list = pieces_of(out->arena, record);
    weft_buffer_printf(out,
                       "\nstatic void %s__encode_json(weft_buffer *to__, const void *from__)\n{\n"
                       "    const %s *in__ = from__;\n",
                       name, record->spelling);
    write_expectation(out, record, &list);
    if (decides_when_running(&list))
        weft_buffer_printf(out, "    char open__ = '{';\n");
    weft_buffer_printf(out, "    char *at__ = weft_buffer_reserve(to__, %zu);\n",
                       room_from(&list, 0));
    write_room_check(out, 4);
    int indent = 4;
    for (size_t i = 0; i < list.count; i++) {
        write_piece(out, &list, i, indent);
        indent = list.at[i].kind == PIECE_IF ? 8 : list.at[i].kind == PIECE_END ? 4 : indent;
    }
    weft_buffer_printf(out, "    weft_json_commit(to__, at__);\n}\n");
}
