/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/word.c: see word.h.
 */
#include "db/postgres/word.h"

#include <ctype.h>

#define IS_ONE_OF(sql, words) weft__pg_first_word_is(sql, words, sizeof(words) / sizeof(words)[0])

/* Past a comment; those between slash and star lie within each other. */
static const char *skip_comment(const char *at)
{
    if (at[0] == '-')
        return at + strcspn(at, "\n");
    unsigned depth = 0;
    while (*at != '\0') {
        bool opens = at[0] == '/' && at[1] == '*', closes = at[0] == '*' && at[1] == '/';
        depth += opens;
        depth -= closes;
        at += opens || closes ? 2 : 1;
        if (depth == 0)
            break;
    }
    return at;
}

static weft_str next_word(const char *sql)
{
    for (;;) {
        sql += strspn(sql, " \t\r\n\f\v(;");
        if (strncmp(sql, "--", 2) != 0 && strncmp(sql, "/*", 2) != 0)
            break;
        sql = skip_comment(sql);
    }
    size_t len = 0;
    while (isalpha((unsigned char)sql[len]))
        len++;
    return (weft_str){sql, len};
}

static bool is_one_of(weft_str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (weft_str_equal_nocase(word, weft_str_from(words[i])))
            return true;
    return false;
}

bool weft__pg_first_word_is(const char *sql, const char *const *words, size_t count)
{
    return is_one_of(next_word(sql), words, count);
}

bool weft__pg_is_plain(const char *sql)
{
    static const char *const words[] = {"select", "insert", "update", "delete",
                                        "with",   "values", "merge",  "table"};
    return IS_ONE_OF(sql, words);
}

bool weft__pg_is_control(const char *sql)
{
    static const char *const words[] = {"begin", "start",     "commit",  "end", "rollback",
                                        "abort", "savepoint", "release", "copy"};
    return IS_ONE_OF(sql, words);
}

bool weft__pg_is_setting(const char *sql)
{
    static const char *const words[] = {"reset",      "listen",  "unlisten", "prepare",
                                        "deallocate", "discard", "load"};
    static const char *const set[] = {"set"}, *const passing[] = {"local", "transaction",
                                                                  "constraints"};
    weft_str word = next_word(sql);
    if (is_one_of(word, set, 1))
        return !is_one_of(next_word(word.at + word.len), passing, 3);
    return IS_ONE_OF(sql, words);
}
