/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weftgen/read/slips.c: names that are nearly those of Weft's macros. Before a typedef DERVE(json)
 * is a function definition of old, and the compiler complains of everything that follows, but not
 * of it.
 */
#include "read.h"

#include <ctype.h>

static const char *const words[] = {
    "ARRAY",    "ARRAY_OF",   "BASE64URL", "CHANGE",   "CHANGE_OF",       "CLOSES",    "COOKIE",
    "CURSOR",   "CURSOR_OF",  "DEFAULT",   "DELETE",   "DERIVE",          "FALLBACK",  "GIVES",
    "GUARDED",  "GUARDED_OF", "HEAD",      "HEADER",   "IF_OPENS",        "IF_SOME",   "ITEM",
    "LAYERS",   "LENGTH",     "LENT",      "MAP_OF",   "METHOD_FALLBACK", "MERGE",     "MOVES",
    "NEST",     "NONE",       "OPENS",     "OPTIONAL", "OPTIONAL_OF",     "OPTIONS",   "OWNED",
    "PATCH",    "PATTERN",    "POST",      "PRESENT",  "RANGE",           "RENAME",    "ROUTES",
    "SHARES",   "SOME",       "SOME_OR",   "STR_ARGS", "TAKES",           "TRY_OPENS", "USES",
    "VALUE_OR",
};

enum { WORDS = sizeof words / sizeof words[0], LEN_MIN = 4 };

/* In capitals, and none of the words. */
static bool is_strange(const char *name)
{
    if (strlen(name) < LEN_MIN)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (!isupper((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '_')
            return false;
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(name, words[i]) == 0)
            return false;
    return true;
}

static const char *spelling(struct reader *reader, CXToken token)
{
    return read_text(reader, clang_getTokenSpelling(reader->parsed, token));
}

void read_slips(struct reader *reader)
{
    CXToken *tokens = NULL;
    unsigned count = 0;
    CXCursor whole = clang_getTranslationUnitCursor(reader->parsed);
    clang_tokenize(reader->parsed, clang_getCursorExtent(whole), &tokens, &count);
    const char *before = "";
    for (unsigned i = 0; i + 1 < count; i++) {
        const char *name = spelling(reader, tokens[i]);
        bool called = strcmp(spelling(reader, tokens[i + 1]), "(") == 0;
        if (called && strcmp(before, "define") != 0 && is_strange(name)) {
            const char *nearest = gen_nearest(name, words, WORDS);
            gen_place place = read_place(reader, clang_getTokenLocation(reader->parsed, tokens[i]),
                                         (unsigned)strlen(name));
            if (nearest != NULL && place.file != NULL)
                gen_report(GEN_NOTE, &place, "did you mean %s?", nearest);
        }
        before = name;
    }
    clang_disposeTokens(reader->parsed, tokens, count);
}
