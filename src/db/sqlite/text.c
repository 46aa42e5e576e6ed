/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/sqlite/text.c: skipping what is not a statement, recognising the first word of one.
 */
#include "db/sqlite/text.h"

#include <ctype.h>
#include <strings.h>

static const char *after_comment(const char *at, const char *end_mark)
{
    const char *end = strstr(at + 2, end_mark);
    return end ? end + strlen(end_mark) : at + strlen(at);
}

const char *weft__sql_start(const char *sql)
{
    for (;;) {
        if (*sql != '\0' && strchr(" \t\r\n\f;", *sql) != NULL)
            sql++;
        else if (sql[0] == '-' && sql[1] == '-')
            sql = after_comment(sql, "\n");
        else if (sql[0] == '/' && sql[1] == '*')
            sql = after_comment(sql, "*/");
        else
            return sql;
    }
}

bool weft__sql_is_control(const char *sql)
{
    static const char *const words[] = {"BEGIN",     "COMMIT",  "END",    "ROLLBACK",
                                        "SAVEPOINT", "RELEASE", "ATTACH", "DETACH"};
    const char *start = weft__sql_start(sql);
    size_t len = 0;
    while (isalpha((unsigned char)start[len]))
        len++;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i]) == len && strncasecmp(start, words[i], len) == 0)
            return true;
    return false;
}
