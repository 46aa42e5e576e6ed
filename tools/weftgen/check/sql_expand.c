/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * From what stands in SQL(..) to what engines are given. Parameters written by name become numbers.
 * What stands in braces is a choice: it is there when its OPTIONAL parameters are, so that a
 * statement stands for one text per combination, and each of them is checked. A list compared with
 * `= ANY (:list)` becomes for SQLite, which has no arrays, a look into a JSON text.
 *
 * A list of structs is a table where the statement says FROM :list or USING :list, and in an INSERT
 * VALUES (:list.member, ..) is a row for each. The statement then stands for two texts: that of one
 * row, where members are the parameters that they would be and are checked as such, and the one
 * that is run, where the list is one parameter, however long. For PostgreSQL the second can be
 * written only when the first has told the types.
 */
#include "check/sql.h"

#include <stdlib.h>

/* A pair of braces. */
typedef struct choice {
    size_t open, close; /* tokens */
    uint64_t needs;     /* the values, by index, that must be present */
} choice;

typedef struct sql_expansion {
    sql_check *check;
    gen_statement *statement;
    const sql_token *tokens;
    size_t token_count;
    choice choices[SQL_CHOICES_MAX];
    size_t choice_count;
    bool numbered, named;
    size_t *value_of;           /* [token]: of a parameter the index of its value, else SQL_NONE */
    const gen_field **field_of; /* [token]: the member that begins there */
    size_t list;                /* the value whose members are used, or SQL_NONE */
    size_t row; /* the parenthesis behind VALUES that is of each item, or SQL_NONE */
    sql_list members;
} expansion;

static gen_place place_of(const expansion *e, size_t token)
{
    return gen_statement_place(e->statement, e->tokens[token].offset, e->tokens[token].len);
}

/* ---- parameters ------------------------------------------------------------------------------ */

size_t sql_parameter_index(const sql_token *token)
{
    const char *digits = token->text + 1;
    bool plain = token->text[0] == '$' && digits[0] >= '1' && digits[0] <= '9' &&
                 digits[strspn(digits, "0123456789")] == 0 && strlen(digits) <= 6;
    return plain ? strtoul(digits, NULL, 10) - 1 : SQL_NONE;
}

static size_t find_value(const sql_check *check, const char *name)
{
    for (size_t i = 0; i < check->value_count; i++)
        if (strcmp(check->values[i]->name, name) == 0)
            return i;
    return SQL_NONE;
}

/* Whether token `at` begins ":list.member". */
static bool is_member(const expansion *e, size_t at)
{
    return e->tokens[at].kind == SQL_PARAMETER && e->tokens[at].text[0] == ':' &&
           at + 2 < e->token_count && sql_is(&e->tokens[at + 1], ".") &&
           sql_is_name(&e->tokens[at + 2]);
}

static void report_no_value(const expansion *e, size_t at)
{
    const sql_check *check = e->check;
    const char *name = e->tokens[at].text + 1;
    gen_place place = place_of(e, at);
    gen_report(GEN_ERROR, &place, "\"%s\" has no parameter called \"%s\"",
               e->statement->function->name, name);
    const char **names = gen_alloc(check->arena, (check->value_count + 1) * sizeof *names);
    for (size_t i = 0; i < check->value_count; i++)
        names[i] = check->values[i]->name;
    const char *nearest = gen_nearest(name, names, check->value_count);
    if (nearest)
        gen_report(GEN_NOTE, &place, "did you mean \":%s\"?", nearest);
}

static bool refuse(const expansion *e, size_t first, size_t last, const char *why,
                   const char *remedy)
{
    gen_place place = gen_statement_place(e->statement, e->tokens[first].offset,
                                          e->tokens[last].offset + e->tokens[last].len -
                                              e->tokens[first].offset);
    gen_report(GEN_ERROR, &place, "%s%s", e->tokens[first].text, why);
    gen_report(GEN_NOTE, &place, "%s", remedy);
    return false;
}

/* ---- a list of structs ----------------------------------------------------------------------- */

/* The structs of a list, or NULL when the value is no such list. */
static const gen_record *items_of(const expansion *e, size_t value)
{
    const gen_type *type = value != SQL_NONE ? &e->check->values[value]->type : NULL;
    bool records = type && type->kind == GEN_ARRAY && type->element->kind == GEN_RECORD;
    return records && type->element->record->derives & GEN_JSON ? type->element->record : NULL;
}

/* Whether token `at` is a list where a table stands. */
static bool is_table(const expansion *e, size_t at)
{
    const sql_token *tokens = e->tokens;
    return at > 0 && e->field_of[at] == NULL && items_of(e, e->value_of[at]) != NULL &&
           SQL_IS_ANY(&tokens[at - 1], "FROM", "USING") &&
           !(at > 1 && sql_is(&tokens[at - 2], "DISTINCT"));
}

static bool take_list(expansion *e, size_t first, size_t last, size_t list)
{
    if (e->list != SQL_NONE && e->list != list)
        return refuse(e, first, last, " is a second list",
                      "a statement takes one: put what belongs together into one struct");
    e->list = list;
    e->members.name = e->check->values[list]->name;
    return true;
}

/* The member as a parameter of its own, behind those of the prototype. */
static size_t add_member(expansion *e, size_t list, const gen_field *field)
{
    const gen_parameter *whole = e->check->values[list];
    const char *name = gen_format(e->check->arena, "%s.%s", whole->name, field->name);
    size_t known = find_value(e->check, name);
    if (known != SQL_NONE)
        return known;
    gen_parameter *member = gen_alloc(e->check->arena, sizeof *member);
    *member = (gen_parameter){.name = name, .type = field->type, .place = field->place};
    GEN_PUSH(e->check->arena, e->check->values, e->check->value_count, member);
    GEN_PUSH(e->check->arena, e->members.members, e->members.count,
             ((sql_member){field, e->check->value_count - 1}));
    return e->check->value_count - 1;
}

static const gen_field *find_field(const gen_record *record, const char *name)
{
    for (size_t i = 0; i < record->field_count; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

/* :list.member */
static bool read_member(expansion *e, size_t at)
{
    size_t list = find_value(e->check, e->tokens[at].text + 1);
    const gen_record *items = items_of(e, list);
    if (items == NULL)
        return refuse(e, at, at + 2, " is no list of structs that derive json",
                      "a member is of each item of an ARRAY(T), T derives json");
    const gen_field *field = find_field(items, e->tokens[at + 2].text);
    if (field == NULL)
        return refuse(e, at, at + 2, " has items without such a member",
                      "name a member of the struct");
    gen_kind kind = gen_value_type(&field->type)->kind;
    if (kind == GEN_BYTES || kind == GEN_BYTES_URL)
        return refuse(e, at, at + 2, " has bytes there, which do not travel in a list",
                      "run a statement for each item, within a transaction");
    if (!take_list(e, at, at + 2, list))
        return false;
    e->named = true;
    e->field_of[at] = field;
    e->value_of[at] = add_member(e, list, field);
    return true;
}

/* The parenthesis behind VALUES of an INSERT, or SQL_NONE. */
static size_t find_row(const expansion *e)
{
    size_t values = SQL_FIND(e->tokens, 0, e->token_count, "VALUES");
    bool inserts = SQL_IS_ANY(&e->tokens[0], "INSERT", "REPLACE") && values < e->token_count;
    return inserts ? values + 1 : SQL_NONE;
}

/* An item that an outer join does not find would make members NULL that the check holds for
 * present. A list itself stands only where no LEFT JOIN is before it. */
static bool check_table(const expansion *e, size_t table)
{
    if (e->members.count == 0)
        return refuse(e, table, table, " is read, but none of its members is used",
                      "write :list.member where its values are wanted");
    if (sql_is(&e->tokens[table + 1], "AS"))
        return refuse(e, table + 1, table + 1, " gives the list a name that it cannot have",
                      "leave it out: its columns are written :list.member");
    for (size_t i = 0; i < e->token_count; i++)
        if (SQL_IS_ANY(&e->tokens[i], "RIGHT", "FULL") &&
            SQL_IS_ANY(&e->tokens[i + 1], "JOIN", "OUTER"))
            return refuse(e, i, i, " JOIN may find no item of the list",
                          "write .. LEFT JOIN (SELECT :list.member AS name FROM :list) AS ..");
    return true;
}

/* Members stand where the statement reads the list, or in the row of an INSERT. */
static bool check_list(expansion *e)
{
    size_t table = 1;
    while (table < e->token_count && !is_table(e, table))
        table++;
    e->row = SQL_NONE;
    if (e->list == SQL_NONE || table < e->token_count)
        return e->list == SQL_NONE || check_table(e, table);
    e->row = find_row(e);
    for (size_t i = 0; i < e->token_count; i++)
        if (e->field_of[i] && (e->row == SQL_NONE || i < e->row || i > e->tokens[e->row].match))
            return refuse(e, i, i + 2, " stands where no list is read",
                          "write FROM :list, or INSERT INTO table (columns) VALUES "
                          "(:list.member, ..)");
    return true;
}

/* ---- names and numbers ----------------------------------------------------------------------- */

static bool read_name(expansion *e, size_t at)
{
    if (is_member(e, at))
        return read_member(e, at);
    e->named = true;
    e->value_of[at] = find_value(e->check, e->tokens[at].text + 1);
    if (e->value_of[at] == SQL_NONE)
        report_no_value(e, at);
    else if (is_table(e, at))
        return take_list(e, at, at, e->value_of[at]);
    return e->value_of[at] != SQL_NONE;
}

static bool report_style(const expansion *e, size_t at)
{
    gen_place place = place_of(e, at);
    gen_report(GEN_ERROR, &place, "\"%s\" is not how parameters are written", e->tokens[at].text);
    gen_report(GEN_NOTE, &place,
               "write $1, $2, .. for the parameters of \"%s\" in their order, or :name",
               e->statement->function->name);
    return false;
}

/* Notes which values the tokens stand for; $n is judged later, when all texts are known. */
static bool read_parameters(expansion *e)
{
    bool ok = true;
    for (size_t i = 0; i <= e->token_count; i++) {
        const sql_token *token = &e->tokens[i];
        e->value_of[i] = SQL_NONE;
        if (token->kind != SQL_PARAMETER)
            continue;
        size_t number = sql_parameter_index(token);
        e->numbered |= number != SQL_NONE;
        if (token->text[0] == ':')
            ok &= read_name(e, i);
        else if (number == SQL_NONE)
            ok = report_style(e, i);
        else if (number < e->check->value_count)
            e->value_of[i] = number;
    }
    if (ok && e->named && e->numbered) {
        gen_report(GEN_ERROR, &e->statement->place,
                   "parameters are written $1 or :name, not both in one statement");
        return false;
    }
    return ok && check_list(e);
}

/* ---- choices --------------------------------------------------------------------------------- */

static bool close_choice(expansion *e, choice *c, size_t at)
{
    c->close = at;
    for (size_t i = c->open; i < at; i++) {
        size_t value = e->value_of[i];
        if (value < 64 && e->check->values[value]->type.kind == GEN_OPTIONAL)
            c->needs |= UINT64_C(1) << value;
    }
    if (c->needs != 0)
        return true;
    gen_place place = place_of(e, c->open);
    gen_report(GEN_ERROR, &place, "nothing decides whether this is part of the statement");
    gen_report(GEN_NOTE, &place,
               "what stands in braces is left out when an OPTIONAL parameter in it is absent");
    return false;
}

static bool open_choice(expansion *e, size_t at)
{
    gen_place place = place_of(e, at);
    if (e->choice_count == SQL_CHOICES_MAX) {
        gen_report(GEN_ERROR, &place, "a statement has at most %d pairs of braces",
                   SQL_CHOICES_MAX);
        gen_report(GEN_NOTE, &place,
                   "each doubles the texts to be checked: declare two prototypes");
        return false;
    }
    e->choices[e->choice_count++] = (choice){.open = at};
    return true;
}

static bool read_choices(expansion *e)
{
    bool open = false;
    for (size_t i = 0; i < e->token_count; i++) {
        bool opens = sql_is(&e->tokens[i], "{"), closes = sql_is(&e->tokens[i], "}");
        if ((opens && open) || (closes && !open)) {
            gen_place place = place_of(e, i);
            gen_report(GEN_ERROR, &place, "%s",
                       opens ? "braces do not nest" : "this brace closes nothing");
            return false;
        }
        if (opens && !open_choice(e, i))
            return false;
        if (closes && !close_choice(e, &e->choices[e->choice_count - 1], i))
            return false;
        open = opens || (open && !closes);
    }
    if (!open)
        return true;
    gen_place place = place_of(e, e->choices[e->choice_count - 1].open);
    gen_report(GEN_ERROR, &place, "this brace is not closed");
    return false;
}

/* ---- one text -------------------------------------------------------------------------------- */

typedef struct text {
    const expansion *e;
    weft_buffer value;
    gen_piece *pieces;
    size_t piece_count;
    gen_sql_text *variant;
    uint64_t chosen;      /* bit i: choice i is there */
    bool whole;           /* it is of a whole list */
    const sql_check *row; /* whose text for PostgreSQL is that of one row; for its types */
} text;

/* Bytes of the statement as they stand, with the places that they have. */
static void copy(text *t, size_t from, size_t to)
{
    const gen_statement *statement = t->e->statement;
    for (size_t i = 0; i < statement->piece_count; i++) {
        const gen_piece *piece = &statement->pieces[i];
        size_t first = from > piece->offset ? from : piece->offset;
        size_t end = to < piece->offset + piece->len ? to : piece->offset + piece->len;
        if (first >= end)
            continue;
        gen_piece part = {t->value.len + first - from, end - first, piece->place};
        if (part.place.width == 0)
            part.place.column += (unsigned)(first - piece->offset);
        GEN_PUSH(t->e->check->arena, t->pieces, t->piece_count, part);
    }
    weft_buffer_append(&t->value, statement->sql + from, to - from);
}

/* What stands for tokens `first` to before `end`. */
static void replace(text *t, size_t first, size_t end, const char *with)
{
    const sql_token *tokens = t->e->tokens;
    const gen_statement *statement = t->e->statement;
    size_t width = tokens[end - 1].offset + tokens[end - 1].len - tokens[first].offset;
    gen_piece piece = {t->value.len, strlen(with),
                       gen_statement_place(statement, tokens[first].offset, width)};
    if (statement->piece_count != 0)
        GEN_PUSH(t->e->check->arena, t->pieces, t->piece_count, piece);
    weft_buffer_append(&t->value, with, strlen(with));
}

/* The number, from 1, of a value in this text. */
static size_t number_of(text *t, size_t value)
{
    gen_sql_text *v = t->variant;
    for (size_t i = 0; i < v->value_count; i++)
        if (v->values[i] == value)
            return i + 1;
    GEN_PUSH(t->e->check->arena, v->values, v->value_count, (unsigned)value);
    return v->value_count;
}

/* `= ANY ($n)` or `<> ALL ($n)` of a list at token `at`. */
static bool is_list(const expansion *e, size_t at)
{
    const sql_token *tokens = e->tokens;
    if (at + 4 >= e->token_count)
        return false;
    bool any = sql_is(&tokens[at], "=") && sql_is(&tokens[at + 1], "ANY");
    bool all = SQL_IS_ANY(&tokens[at], "<>", "!=") && sql_is(&tokens[at + 1], "ALL");
    size_t value = e->value_of[at + 3];
    return (any || all) && sql_is(&tokens[at + 2], "(") && sql_is(&tokens[at + 4], ")") &&
           value != SQL_NONE && e->check->values[value]->type.kind == GEN_ARRAY;
}

/* Whether nothing is joined to the table at token `at`. */
static bool is_alone(const expansion *e, size_t at)
{
    return e->tokens[at + 1].kind == SQL_END ||
           SQL_IS_ANY(&e->tokens[at + 1], ";", ")", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER",
                      "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT", "RETURNING");
}

/* Of one row: its members are parameters, so that no table is left. The token behind, 0: no
 * change. */
static size_t write_row_token(text *t, size_t at)
{
    const expansion *e = t->e;
    bool clause = is_table(e, at + 1) && is_alone(e, at + 1);
    if (!clause && !is_table(e, at))
        return 0;
    size_t end = at + (clause ? 2 : 1);
    replace(t, at, end,
            clause ? "" : gen_format(e->check->arena, "(SELECT 1) AS \":%s\"", e->members.name));
    return end;
}

static const char *write_table(text *t, gen_engine engine)
{
    const expansion *e = t->e;
    size_t number = number_of(t, e->list);
    return engine == GEN_POSTGRES ? sql_postgres_list(t->row, &e->members, number)
                                  : sql_sqlite_list(e->check->arena, &e->members, number);
}

/* Of a whole list: VALUES (.., :list.member, ..) becomes SELECT .., ":list.member", .. FROM it. */
static size_t write_whole_token(text *t, size_t at, gen_engine engine)
{
    const expansion *e = t->e;
    weft_arena *arena = e->check->arena;
    const char *with = NULL;
    size_t end = at + 1;
    if (e->field_of[at] != NULL) {
        end = at + 3;
        with = gen_format(arena, "\":%s.%s\"", e->members.name, e->field_of[at]->name);
    } else if (is_table(e, at)) {
        with = write_table(t, engine);
    } else if (e->row != SQL_NONE && at + 1 >= e->row && at <= e->tokens[e->row].match) {
        with = at + 1 == e->row ? "SELECT" : at == e->row ? "" : NULL;
        if (at == e->tokens[e->row].match) /* WHERE: else SQLite takes ON CONFLICT for a join's */
            with = gen_format(arena, " FROM %s WHERE true", write_table(t, engine));
    }
    if (with == NULL)
        return 0;
    replace(t, at, end, with);
    return end;
}

/* Writes what token `at` stands for; the token behind it. */
static size_t write_token(text *t, size_t at, gen_engine engine)
{
    const expansion *e = t->e;
    const sql_token *token = &e->tokens[at];
    if (engine == GEN_SQLITE && is_list(e, at)) {
        replace(t, at, at + 5,
                gen_format(e->check->arena, "%s (SELECT value FROM json_each($%zu))",
                           sql_is(token, "=") ? "IN" : "NOT IN",
                           number_of(t, e->value_of[at + 3])));
        return at + 5;
    }
    size_t end = 0;
    if (e->list != SQL_NONE)
        end = t->whole ? write_whole_token(t, at, engine) : write_row_token(t, at);
    if (end != 0)
        return end;
    end = at + (e->field_of[at] ? 3 : 1);
    bool renumbered = e->value_of[at] != SQL_NONE && (e->named || e->choice_count != 0);
    if (renumbered)
        replace(t, at, end, gen_format(e->check->arena, "$%zu", number_of(t, e->value_of[at])));
    else
        copy(t, token->offset, token->offset + token->len);
    return end;
}

/* The choice that begins at token `at`, or NULL. */
static const choice *choice_at(const expansion *e, size_t at, size_t *index)
{
    for (*index = 0; *index < e->choice_count; ++*index)
        if (e->choices[*index].open == at)
            return &e->choices[*index];
    return NULL;
}

static void write_text(text *t, gen_engine engine)
{
    const expansion *e = t->e;
    size_t done = 0; /* bytes of the statement */
    for (size_t i = 0; i < e->token_count;) {
        size_t index, next = i + 1;
        const choice *c = choice_at(e, i, &index);
        copy(t, done, e->tokens[i].offset);
        if (c != NULL && !(t->chosen >> index & 1))
            next = c->close + 1;
        else if (!SQL_IS_ANY(&e->tokens[i], "{", "}"))
            next = write_token(t, i, engine);
        done = e->tokens[next - 1].offset + e->tokens[next - 1].len;
        i = next;
    }
    copy(t, done, strlen(e->statement->sql));
}

/* ---- all ------------------------------------------------------------------------------------- */

/* $1, $2, .. stay what they are unless something may be left out. */
static void number_as_written(gen_sql_text *variant, const sql_check *check)
{
    for (size_t i = 0; i < check->value_count; i++)
        GEN_PUSH(check->arena, variant->values, variant->value_count, (unsigned)i);
}

static void write_for(text t, gen_engine engine)
{
    weft_arena *arena = t.e->check->arena;
    weft_buffer_init(&t.value, arena);
    write_text(&t, engine);
    t.variant->sql[engine] = gen_copy(arena, t.value.at, t.value.len);
    t.variant->pieces[engine] = t.pieces;
    t.variant->piece_count[engine] = t.piece_count;
}

static void write_variant(const expansion *e, size_t index, const bool *engines)
{
    bool whole = e->statement->bulk && index == 1;
    text t = {.e = e,
              .variant = &e->statement->texts[index],
              .chosen = whole ? 0 : index,
              .whole = whole};
    if (!e->named && e->choice_count == 0)
        number_as_written(t.variant, e->check);
    for (gen_engine engine = 0; engine < GEN_ENGINES; engine++)
        if (engines[engine] && !(whole && engine == GEN_POSTGRES))
            write_for(t, engine);
}

void sql_expand_list(sql_check *whole, const sql_check *row)
{
    write_for((text){.e = whole->expansion, .variant = whole->variant, .whole = true, .row = row},
              GEN_POSTGRES);
    sql_take_text(whole);
}

static bool check_use(const expansion *e)
{
    bool ok = true;
    for (size_t i = 0; e->named && i < e->check->value_count; i++) {
        bool used = false;
        for (size_t k = 0; k < e->token_count; k++)
            used |= e->value_of[k] == i || e->list == i;
        if (!used)
            gen_report(GEN_ERROR, &e->check->values[i]->place,
                       "parameter \"%s\" is not used: the statement has no :%s",
                       e->check->values[i]->name, e->check->values[i]->name);
        ok &= used;
    }
    return ok;
}

bool sql_expand(sql_check *check, const bool *engines)
{
    gen_statement *statement = check->statement;
    expansion *e = gen_alloc(check->arena, sizeof *e);
    *e = (expansion){.check = check,
                     .statement = statement,
                     .tokens = check->tokens.at,
                     .token_count = check->tokens.len,
                     .list = SQL_NONE};
    e->field_of = gen_alloc(check->arena, (e->token_count + 1) * sizeof *e->field_of);
    e->value_of = gen_alloc(check->arena, (e->token_count + 1) * sizeof *e->value_of);
    if (!read_parameters(e) || !read_choices(e) || !check_use(e))
        return false;
    if (e->list != SQL_NONE && e->choice_count != 0) {
        gen_report(GEN_ERROR, &statement->place,
                   "what takes a list of structs has no braces: its text is one");
        return false;
    }
    statement->named = e->named;
    statement->bulk = e->list != SQL_NONE;
    statement->list = e->list;
    statement->choice_count = e->choice_count;
    statement->choices = gen_alloc(check->arena, (e->choice_count + 1) * sizeof(uint64_t));
    for (size_t i = 0; i < e->choice_count; i++)
        statement->choices[i] = e->choices[i].needs;
    statement->text_count = statement->bulk ? 2 : (size_t)1 << e->choice_count;
    statement->texts = gen_alloc(check->arena, statement->text_count * sizeof(gen_sql_text));
    for (size_t i = 0; i < statement->text_count; i++)
        write_variant(e, i, engines);
    sql_check *kept = gen_alloc(check->arena, sizeof *kept);
    *kept = *check;
    e->check = kept;
    check->expansion = e;
    return true;
}
