/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SQL text to tokens, as SQLite cuts it (https://sqlite.org/lang_keywords.html and src/tokenize.c's
 * documented rules), or PostgreSQL (its manual's chapter on lexical structure): comments and white
 * space drop out, parentheses know their partners.
 */
#include "check/sql.h"

#include <ctype.h>
#include <strings.h>

bool sql_is(const sql_token *token, const char *text)
{
    return (token->kind == SQL_WORD || token->kind == SQL_MARK) &&
           strcasecmp(token->text, text) == 0;
}

bool sql_is_in(const sql_token *token, const char *const *words)
{
    for (; *words; words++)
        if (sql_is(token, *words))
            return true;
    return false;
}

size_t sql_find_in(const sql_token *tokens, size_t at, size_t end, const char *const *words)
{
    while (at < end && !sql_is_in(&tokens[at], words))
        at = sql_after(tokens, at);
    return at < end ? at : end;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t span_of_name(const char *s)
{
    size_t n = 0;
    while (is_name_byte(s[n]))
        n++;
    return n;
}

/* A comment that may hold others, as in PostgreSQL. */
static size_t span_of_nested_comment(const char *s)
{
    size_t n = 0, depth = 0;
    do {
        bool open = s[n] == '/' && s[n + 1] == '*', close = s[n] == '*' && s[n + 1] == '/';
        depth = depth + open - close;
        n += open || close ? 2 : 1;
    } while (depth > 0 && s[n]);
    return n;
}

/* White space and comments at `s`. */
static size_t span_of_nothing(const char *s, gen_engine dialect)
{
    if (s[0] == '-' && s[1] == '-')
        return strcspn(s, "\n");
    if (s[0] == '/' && s[1] == '*' && dialect == GEN_POSTGRES)
        return span_of_nested_comment(s);
    if (s[0] == '/' && s[1] == '*') {
        const char *close = strstr(s + 2, "*/");
        return close ? (size_t)(close - s) + 2 : strlen(s);
    }
    return strspn(s, " \t\r\n\f");
}

/* A quoted text at `s`, its quotes included; a doubled closing quote stands for itself. */
static size_t span_of_quoted(const char *s)
{
    char close = s[0] == '[' ? ']' : s[0];
    size_t n = 1;
    while (s[n] && (s[n] != close || (close != ']' && s[n + 1] == close)))
        n += s[n] == close ? 2 : 1;
    return s[n] ? n + 1 : n;
}

static size_t span_of_number(const char *s)
{
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return 2 + strspn(s + 2, "0123456789abcdefABCDEF");
    size_t n = strspn(s, "0123456789.");
    if (s[n] == 'e' || s[n] == 'E') {
        size_t sign = s[n + 1] == '+' || s[n + 1] == '-';
        if (isdigit((unsigned char)s[n + 1 + sign]))
            n += 1 + sign + strspn(s + n + 1 + sign, "0123456789");
    }
    return n;
}

static size_t span_of_mark(const char *s)
{
    static const char *const marks[] = {
        "->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "==", "::", ":="};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(s, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 1;
}

/* E'text with \' escapes', or 0. */
static size_t span_of_escaped(const char *s)
{
    if ((s[0] != 'e' && s[0] != 'E') || s[1] != '\'')
        return 0;
    size_t n = 2;
    while (s[n] && (s[n] != '\'' || s[n + 1] == '\''))
        n += (s[n] == '\\' || s[n] == '\'') && s[n + 1] ? 2 : 1;
    return s[n] ? n + 1 : n;
}

/* $tag$text$tag$, or 0. */
static size_t span_of_dollars(const char *s)
{
    size_t tag = 1;
    while (is_name_byte(s[tag]) && s[tag] != '$')
        tag++;
    if (s[0] != '$' || s[tag] != '$' || isdigit((unsigned char)s[1]))
        return 0;
    tag++;
    for (size_t n = tag; s[n]; n++)
        if (strncmp(s + n, s, tag) == 0)
            return n + tag;
    return strlen(s);
}

/* What PostgreSQL has and SQLite has not, or has otherwise. */
static bool is_of_postgres(const char *s, sql_token_kind *kind, size_t *len)
{
    *kind = SQL_MARK;
    *len = 1;
    if (s[0] == '[' || s[0] == '?' || s[0] == '#' || s[0] == '@' || s[0] == '`')
        return true;
    *kind = SQL_BYTES; /* whose text is of no interest */
    *len = span_of_escaped(s);
    if (*len == 0)
        *len = span_of_dollars(s);
    return *len != 0;
}

static sql_token_kind kind_at(const char *s, gen_engine dialect, size_t *len)
{
    sql_token_kind kind;
    if (dialect == GEN_POSTGRES && is_of_postgres(s, &kind, len))
        return kind;
    if ((s[0] == 'x' || s[0] == 'X') && s[1] == '\'') {
        *len = 1 + span_of_quoted(s + 1);
        return SQL_BYTES;
    }
    if (s[0] == '"' || s[0] == '`' || s[0] == '[' || s[0] == '\'') {
        *len = span_of_quoted(s);
        return s[0] == '\'' ? SQL_STRING : SQL_QUOTED;
    }
    if (isdigit((unsigned char)s[0]) || (s[0] == '.' && isdigit((unsigned char)s[1]))) {
        *len = span_of_number(s);
        return SQL_NUMBER;
    }
    if (s[0] == '?' || (strchr("$:@#", s[0]) && is_name_byte(s[1]))) {
        *len = 1 + span_of_name(s + 1);
        return SQL_PARAMETER;
    }
    if (is_name_byte(s[0])) {
        *len = span_of_name(s);
        return SQL_WORD;
    }
    *len = span_of_mark(s);
    return SQL_MARK;
}

/* The token's text without quotes, doubled quotes single. */
static const char *text_of(weft_arena *arena, sql_token_kind kind, const char *s, size_t len)
{
    char *text = gen_alloc(arena, len + 1);
    bool quoted = kind == SQL_QUOTED || kind == SQL_STRING;
    size_t n = 0;
    for (size_t i = quoted; i < len - (quoted && len > 1); i++) {
        text[n++] = s[i];
        if (quoted && s[0] != '[' && s[i] == s[0])
            i++;
    }
    text[n] = 0;
    return text;
}

static void match_parentheses(weft_arena *arena, sql_tokens tokens)
{
    size_t *open = gen_alloc(arena, (tokens.len + 1) * sizeof(size_t));
    size_t depth = 0;
    for (size_t i = 0; i < tokens.len; i++) {
        if (sql_is(&tokens.at[i], "(")) {
            open[depth++] = i;
        } else if (sql_is(&tokens.at[i], ")") && depth > 0) {
            tokens.at[i].match = open[--depth];
            tokens.at[open[depth]].match = i;
        }
    }
}

sql_tokens sql_tokenize(weft_arena *arena, const char *sql, gen_engine dialect)
{
    size_t most = strlen(sql) + 1; /* no token is empty */
    sql_tokens tokens = {gen_alloc(arena, most * sizeof(sql_token)), 0};
    const char *s = sql;
    for (size_t len; *s; s += len) {
        len = span_of_nothing(s, dialect);
        if (len != 0)
            continue;
        sql_token_kind kind = kind_at(s, dialect, &len);
        tokens.at[tokens.len] = (sql_token){.kind = kind,
                                            .text = text_of(arena, kind, s, len),
                                            .offset = (size_t)(s - sql),
                                            .len = len,
                                            .match = tokens.len};
        tokens.len++;
    }
    tokens.at[tokens.len] = (sql_token){
        .kind = SQL_END, .text = "", .offset = (size_t)(s - sql), .match = tokens.len};
    match_parentheses(arena, tokens);
    return tokens;
}
