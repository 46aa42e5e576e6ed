/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * SQL text to tokens, as SQLite cuts it (https://sqlite.org/lang_keywords.html and src/tokenize.c's
 * documented rules): comments and white space drop out, parentheses know their partners.
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

/* White space and comments at `s`. */
static size_t span_of_nothing(const char *s)
{
    if (s[0] == '-' && s[1] == '-')
        return strcspn(s, "\n");
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
    static const char *const marks[] = {"->>", "->", "||", "<<", ">>",
                                        "<=",  ">=", "<>", "!=", "=="};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(s, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 1;
}

static sql_token_kind kind_at(const char *s, size_t *len)
{
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

sql_tokens sql_tokenize(weft_arena *arena, const char *sql)
{
    size_t most = strlen(sql) + 1; /* no token is empty */
    sql_tokens tokens = {gen_alloc(arena, most * sizeof(sql_token)), 0};
    const char *s = sql;
    for (size_t len; *s; s += len) {
        len = span_of_nothing(s);
        if (len != 0)
            continue;
        sql_token_kind kind = kind_at(s, &len);
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
