/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check_source.c: the text that a finding is about: its line, and the function around it,
 * whose name people know better than a line's number. It reads C as far as braces, texts and
 * comments go.
 */
#include "check.h"

#include <ctype.h>
#include <stdlib.h>

#include "list.h"

/* The files that were asked for, the last one at hand. */
static const char *text_of(const char *file)
{
    static const char *last_file, *last_text;
    if (last_file != NULL && strcmp(last_file, file) == 0)
        return last_text;
    char *text = NULL;
    size_t size = 0;
    FILE *open = fopen(file, "re");
    ssize_t len = open != NULL ? getdelim(&text, &size, '\0', open) : -1;
    last_file = keep(file, strlen(file));
    last_text = len > 0 ? keep(text, (size_t)len) : "";
    free(text);
    if (open != NULL)
        fclose(open);
    return last_text;
}

/* The beginning of a line; the end of the text when there are fewer. */
static const char *line_start(const char *text, unsigned number)
{
    for (; number > 1; number--) {
        text += strcspn(text, "\n");
        text += *text != '\0';
    }
    return text;
}

const char *check_line(const char *file, unsigned number)
{
    const char *at = line_start(text_of(file), number);
    return *at != '\0' ? keep(at, strcspn(at, "\r\n")) : NULL;
}

/* ---- the function around it ------------------------------------------------------------------ */

/* Past a comment, text, character or directive that begins at `at`; `at` itself when none does. */
static const char *skip_quiet(const char *at, bool line_begins)
{
    if (at[0] == '/' && at[1] == '/')
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end != NULL ? end + 2 : at + strlen(at);
    }
    if (at[0] == '#' && line_begins) {
        while (*(at += strcspn(at, "\n")) != '\0' && at[-1] == '\\')
            at++;
        return at;
    }
    if (at[0] != '"' && at[0] != '\'')
        return at;
    for (char quote = *at++; *at != '\0' && *at != quote && *at != '\n'; at++)
        at += at[0] == '\\' && at[1] != '\0';
    return at + (*at != '\0');
}

/* What has been read of a declaration outside of functions. */
typedef struct reading {
    const char *word, *word_end; /* the last name */
    const char *name, *name_end; /* the one before the last parentheses */
    const char *open, *close;    /* these */
    unsigned depth, braces;
} reading;

static void read_outside(reading *r, const char *at)
{
    if (*at == '(' && r->depth++ == 0) {
        r->name = r->word;
        r->name_end = r->word_end;
        r->open = at + 1;
        r->close = NULL;
    } else if (*at == ')' && r->depth > 0 && --r->depth == 0) {
        r->close = at;
    } else if (*at == ';' && r->depth == 0) {
        *r = (reading){0};
    }
}

check_function check_function_at(check_place place)
{
    check_function found = {0};
    const char *text = text_of(place.file), *end = line_start(text, place.line);
    bool line_begins = true;
    unsigned line = 1;
    reading r = {0};
    for (const char *at = text; at < end + place.column && *at != '\0';) {
        const char *past = skip_quiet(at, line_begins);
        if (past != at) {
            for (; at < past; at++)
                line += *at == '\n';
            continue;
        }
        line_begins = *at == '\n' || (line_begins && isspace((unsigned char)*at));
        line += *at == '\n';
        if (isalpha((unsigned char)*at) || *at == '_') {
            size_t len = 1;
            while (isalnum((unsigned char)at[len]) || at[len] == '_')
                len++;
            r.word = at;
            r.word_end = at += len;
            continue;
        }
        if (*at == '{' && r.braces++ == 0 && r.close != NULL && r.name != NULL)
            found = (check_function){.name = keep(r.name, (size_t)(r.name_end - r.name)),
                                     .parameters = keep(r.open, (size_t)(r.close - r.open)),
                                     .body = at,
                                     .line = line};
        else if (*at == '}' && r.braces > 0 && --r.braces == 0) {
            if (at + 1 < end + place.column - 1)
                found = (check_function){0};
            r = (reading){0};
        } else if (r.braces == 0)
            read_outside(&r, at);
        at++;
    }
    if (found.body != NULL)
        found.body = keep(found.body, (size_t)(end + place.column - 1 - found.body));
    return found;
}
