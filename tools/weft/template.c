/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/template.c: see template.h.
 */
#include "template.h"

#include <weft/buffer.h>
#include <weft/weft.h>

#include <stdio.h>

/* "sqlite/.." between `before` and `behind`: true when that is not this project's engine; else *at
 * is behind it. */
static bool is_of_another(const char **at, const char *before, const char *behind,
                          const new_project *of)
{
    static const char *const engines[] = {"sqlite", "postgres"};
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        char mark[16];
        size_t len = (size_t)snprintf(mark, sizeof mark, "%s%s%s", before, engines[i], behind);
        if (strncmp(*at, mark, len) != 0)
            continue;
        *at += len;
        return strcmp(engines[i], of->engine) != 0;
    }
    return false;
}

typedef struct replacement {
    const char *word, *by; /* word NULL: the last one */
} replacement;

static void append_replaced(weft_buffer *to, const char *at, const char *end,
                            const replacement *replacements)
{
    while (at < end) {
        const replacement *r = replacements;
        while (r->word != NULL && strncmp(at, r->word, strlen(r->word)) != 0)
            r++;
        if (r->word == NULL)
            weft_buffer_append(to, at, 1);
        else
            weft_buffer_append_str(to, weft_str_from(r->by));
        at += r->word == NULL ? 1 : strlen(r->word);
    }
}

const char *template_path(const template_file *file, const new_project *of)
{
    const replacement replacements[] = {{"NAME", of->name}, {"dot-", "."}, {0}};
    const char *path = file->path;
    weft_buffer to;
    if (is_of_another(&path, "", "/", of))
        return NULL;
    weft_buffer_init(&to, weft_arena_current());
    append_replaced(&to, path, path + strlen(path) + 1, replacements);
    const char *replaced = to.failed ? NULL : to.at;
    return WEFT_EXPECT(replaced, "out of memory");
}

weft_str template_text(const template_file *file, const new_project *of)
{
    const replacement replacements[] = {
        {"@name@", of->name}, {"@engine@", of->engine}, {"@version@", WEFT_VERSION}, {0}};
    weft_buffer to;
    weft_buffer_init(&to, weft_arena_current());
    for (const char *line = file->text, *end; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        if (!is_of_another(&line, "@", "@", of))
            append_replaced(&to, line, end, replacements);
    }
    const template_file *written = to.failed ? NULL : file;
    WEFT_EXPECT(written, "out of memory");
    return weft_buffer_str(&to);
}
