/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/statements.c: SQL(..) before a prototype. The text is read from the source itself,
 * literal by literal, because only there its places are known.
 */
#include "read.h"

#include <ctype.h>

struct scan {
    weft_str text;     /* what is left */
    gen_place place;   /* of its first byte */
    weft_buffer value; /* the bytes of the literals so far */
    gen_statement *statement;
    weft_arena *arena;
};

static int peek(const struct scan *scan, size_t ahead)
{
    return scan->text.len > ahead ? (unsigned char)scan->text.at[ahead] : -1;
}

static void skip(struct scan *scan, size_t count)
{
    for (; count != 0 && scan->text.len != 0; count--) {
        if (scan->text.at[0] == '\n') {
            scan->place.line++;
            scan->place.column = 0;
        }
        scan->place.column++;
        scan->text = weft_str_skip(scan->text, 1);
    }
}

static bool at(const struct scan *scan, const char *word)
{
    return weft_str_starts_with(scan->text, weft_str_from(word));
}

static void skip_past(struct scan *scan, const char *end)
{
    while (scan->text.len != 0 && !at(scan, end))
        skip(scan, 1);
    skip(scan, strlen(end));
}

/* White space, comments, lines that are continued. */
static void skip_space(struct scan *scan)
{
    for (;;) {
        if (isspace(peek(scan, 0)))
            skip(scan, 1);
        else if (at(scan, "\\\n"))
            skip(scan, 2);
        else if (at(scan, "//"))
            skip_past(scan, "\n");
        else if (at(scan, "/*"))
            skip_past(scan, "*/");
        else
            return;
    }
}

static void add_piece(struct scan *scan, const char *bytes, size_t len, gen_place place)
{
    gen_piece piece = {.offset = scan->value.len, .len = len, .place = place};
    GEN_PUSH(scan->arena, scan->statement->pieces, scan->statement->piece_count, piece);
    weft_buffer_append(&scan->value, bytes, len);
}

/* ---- escapes ---- */

/* The UTF-8 form of a code point; \u and \U name no surrogates, the compiler saw to that. */
static size_t utf8(uint32_t point, char out[4])
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(marks[len] | point);
    return len;
}

/* Up to `max` digits of `base` behind the backslash and `from`; *value is their number. */
static size_t digits(const struct scan *scan, size_t from, size_t max, unsigned base,
                     uint32_t *value)
{
    size_t count = 0;
    for (*value = 0; count < max; count++) {
        int c = tolower(peek(scan, from + count));
        unsigned digit = isdigit(c)    ? (unsigned)(c - '0')
                         : isxdigit(c) ? (unsigned)(c - 'a') + 10
                                       : 99;
        if (digit >= base)
            break;
        *value = *value * base + digit;
    }
    return count;
}

static void scan_escape(struct scan *scan)
{
    static const char letters[] = "abfnrtv\\\"'?", values[] = "\a\b\f\n\r\t\v\\\"'?";
    gen_place place = scan->place;
    char bytes[4];
    size_t len = 1, width = 2;
    uint32_t value;
    int c = peek(scan, 1);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    if (letter != NULL) {
        bytes[0] = values[letter - letters];
    } else if (c == 'u' || c == 'U') {
        width += digits(scan, 2, c == 'u' ? 4 : 8, 16, &value);
        len = utf8(value, bytes);
    } else if (c == 'x') {
        width += digits(scan, 2, 8, 16, &value);
        bytes[0] = (char)value;
    } else {
        width = 1 + digits(scan, 1, 3, 8, &value);
        bytes[0] = (char)value;
    }
    place.width = (unsigned)width;
    add_piece(scan, bytes, len, place);
    skip(scan, width);
}

/* ---- literals ---- */

static void scan_literal(struct scan *scan)
{
    skip(scan, 1);
    while (scan->text.len != 0 && peek(scan, 0) != '"') {
        if (at(scan, "\\\n")) {
            skip(scan, 2);
        } else if (peek(scan, 0) == '\\') {
            scan_escape(scan);
        } else {
            size_t len = 0;
            while (len < scan->text.len && strchr("\"\\\n", scan->text.at[len]) == NULL)
                len++;
            add_piece(scan, scan->text.at, len, scan->place);
            skip(scan, len ? len : 1);
        }
    }
    skip(scan, 1);
}

/* String literals up to `)` or the end; false when anything else stands there. */
static bool scan_literals(struct scan *scan)
{
    skip_space(scan);
    bool any = peek(scan, 0) == '"';
    while (peek(scan, 0) == '"') {
        scan_literal(scan);
        skip_space(scan);
    }
    return any && (scan->text.len == 0 || peek(scan, 0) == ')');
}

static bool scan_source(struct reader *reader, const struct note *note, struct scan *scan)
{
    scan->text = read_source(reader, note->location, &scan->place);
    if (!at(scan, "SQL"))
        return false;
    skip(scan, 3);
    skip_space(scan);
    if (peek(scan, 0) != '(')
        return false;
    skip(scan, 1);
    return scan_literals(scan);
}

/* When the note comes out of a macro of the user's, all of the text is placed where it is used. */
static bool scan_note(const struct note *note, struct scan *scan)
{
    scan->value.len = 0;
    scan->statement->piece_count = 0;
    scan->text = weft_str_from(note->text + strlen("sql:"));
    bool done = scan_literals(scan);
    scan->statement->piece_count = 0;
    return done;
}

static void add_statement(struct reader *reader, const struct note *note, void *data)
{
    gen_function *function = data;
    if (strncmp(note->text, "sql:", 4) != 0)
        return;
    for (size_t i = 0; i < reader->unit->statement_count; i++)
        if (reader->unit->statements[i]->function == function)
            return; /* a redeclaration inherits the note */
    gen_statement *statement = gen_alloc(reader->arena, sizeof(*statement));
    statement->function = function;
    statement->place = read_place(reader, note->location, (unsigned)strlen("SQL"));
    struct scan scan = {.statement = statement, .arena = reader->arena};
    weft_buffer_init(&scan.value, reader->arena);
    if (!scan_source(reader, note, &scan) && !scan_note(note, &scan)) {
        gen_report(GEN_ERROR, &statement->place,
                   "SQL takes one string literal, or several in a row, and nothing else");
        return;
    }
    statement->sql = gen_copy(reader->arena, scan.value.at, scan.value.len);
    GEN_PUSH(reader->arena, reader->unit->statements, reader->unit->statement_count, statement);
}

/* "total, average" */
static void read_present(struct reader *reader, gen_statement *statement, const char *text)
{
    for (text += strspn(text, " ,"); *text != '\0'; text += strspn(text, " ,")) {
        size_t len = strcspn(text, " ,");
        GEN_PUSH(reader->arena, statement->present, statement->present_count,
                 gen_copy(reader->arena, text, len));
        text += len;
    }
}

static void add_override(struct reader *reader, const struct note *note, void *data)
{
    gen_statement *statement = data;
    if (strncmp(note->text, "present:", 8) == 0)
        read_present(reader, statement, note->text + 8);
    else if (strcmp(note->text, "any_columns") == 0)
        statement->any_columns = true;
}

void read_statement(struct reader *reader, CXCursor declaration)
{
    size_t before = reader->unit->statement_count;
    read_each_note(reader, declaration, add_statement, reader_find(reader, declaration));
    if (reader->unit->statement_count != before)
        read_each_note(reader, declaration, add_override, reader->unit->statements[before]);
}
