/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/script.c: see script.h.
 */
#include "db/postgres/script.h"

#include <ctype.h>
#include <strings.h>

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Past a string or name; a doubled quote stands for itself, and so does what a backslash precedes
 * in E'..'. */
static const char *after_quoted(const char *at, bool escapes)
{
    char quote = *at++;
    for (; *at != '\0'; at++) {
        if (escapes && *at == '\\' && at[1] != '\0')
            at++;
        else if (*at == quote && at[1] == quote)
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return at;
}

/* Past $tag$..$tag$; past the dollar when it opens none. */
static const char *after_dollar(const char *at)
{
    size_t len = 1;
    while (is_letter(at[len]))
        len++;
    if (at[len] != '$' || isdigit((unsigned char)at[1]))
        return at + 1;
    len++;
    for (const char *end = at + len; (end = strchr(end, '$')) != NULL; end++)
        if (strncmp(end, at, len) == 0)
            return end + len;
    return at + strlen(at);
}

/* Comments lie within each other. */
static const char *after_comment(const char *at)
{
    if (at[0] == '-')
        return at + strcspn(at, "\n");
    unsigned depth = 0;
    for (; *at != '\0'; at++) {
        if (at[0] == '/' && at[1] == '*') {
            depth++;
            at++;
        } else if (at[0] == '*' && at[1] == '/') {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return at;
}

static bool is_word(const char *at, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(at, word, len) == 0;
}

/* How deep in BEGIN ATOMIC .. END we are after this word; CASE .. END lies within. */
static unsigned count_word(weft_str before, const char *at, size_t len, unsigned depth)
{
    if ((is_word(at, len, "atomic") && is_word(before.at, before.len, "begin")) ||
        (depth != 0 && is_word(at, len, "case")))
        return depth + 1;
    if (depth != 0 && is_word(at, len, "end"))
        return depth - 1;
    return depth;
}

const char *weft__pg_statement_end(const char *at)
{
    unsigned depth = 0;
    weft_str before = {at, 0}; /* the last word */
    while (*at != '\0') {
        if (*at == ';' && depth == 0)
            return at + 1;
        if (*at == '\'' || *at == '"') {
            at = after_quoted(at, false);
        } else if (*at == '$') {
            at = after_dollar(at);
        } else if ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*')) {
            at = after_comment(at);
        } else if ((*at == 'e' || *at == 'E') && at[1] == '\'') {
            at = after_quoted(at + 1, true);
        } else if (is_letter(*at)) {
            size_t len = 1;
            while (is_letter(at[len]) || at[len] == '$')
                len++;
            depth = count_word(before, at, len, depth);
            before = (weft_str){at, len};
            at += len;
        } else {
            at++;
        }
    }
    return at;
}
