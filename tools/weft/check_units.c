/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/check_units.c: compile_commands.json, which Meson, CMake and others write: the files that
 * are compiled and what their compiler is told. Only what gives the text its meaning is taken from
 * it, for the flags may be another compiler's.
 */
#include "check.h"

#include <weft/codec.h>

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "list.h"

#define DATABASE     "compile_commands.json"
#define DATABASE_MAX (256u << 20) /* bytes */

/* ---- where it is ----------------------------------------------------------------------------- */

const char *check_build_folder(const char *named)
{
    const char *usual[] = {".", "build", "builddir", "out"};
    if (named != NULL && access(join(named, DATABASE), R_OK) == 0)
        return named;
    for (size_t i = 0; named == NULL && i < sizeof usual / sizeof usual[0]; i++)
        if (access(join(usual[i], DATABASE), R_OK) == 0)
            return usual[i];
    fail("no " DATABASE " in %s: it says how each file is compiled.\n"
         "  Meson writes it (meson setup build), CMake when asked to "
         "(-DCMAKE_EXPORT_COMPILE_COMMANDS=ON);\n"
         "  where else it is, --build DIR says",
         named != NULL ? named : "this folder or build/");
    return NULL;
}

static bool read_file(const char *path, weft_str *text)
{
    weft_arena *arena = weft_arena_current();
    weft_buffer buffer;
    weft_buffer_init(&buffer, arena);
    FILE *file = fopen(path, "re");
    char *to;
    size_t got = 0;
    while (file != NULL && buffer.len < DATABASE_MAX &&
           (to = weft_buffer_reserve(&buffer, 65536)) != NULL &&
           (got = fread(to, 1, 65536, file)) != 0)
        buffer.len += got;
    if (file != NULL)
        fclose(file);
    *text = weft_buffer_str(&buffer);
    return file != NULL && !buffer.failed;
}

/* ---- what it says ---------------------------------------------------------------------------- */

/* An entry has its words in `arguments`, or as a shell would read them in `command`. */
typedef struct entry {
    const char *folder, *file;
    const char **words;
    size_t word_count;
} entry;

/* The words of a command as a POSIX shell splits it; there is nothing to expand. */
static void split_command(const char *command, entry *into)
{
    char *word = WEFT_NEW_ARRAY(weft_arena_current(), char, strlen(command) + 1);
    WEFT_EXPECT(word, "out of memory");
    for (const char *at = command; *(at += strspn(at, " \t\n")) != '\0';) {
        size_t len = 0;
        for (char quote = 0; *at != '\0' && (quote != 0 || strchr(" \t\n", *at) == NULL); at++) {
            if (quote == 0 && (*at == '"' || *at == '\''))
                quote = *at;
            else if (*at == quote)
                quote = 0;
            else if (*at == '\\' && quote != '\'' && at[1] != '\0')
                word[len++] = *++at;
            else
                word[len++] = *at;
        }
        add_text(&into->words, &into->word_count, keep(word, len));
    }
}

static const char *read_text(weft_json_reader *reader)
{
    weft_str text = {0};
    return weft_json_read_str(reader, &text) ? keep(text.at, text.len) : "";
}

static void read_words(weft_json_reader *reader, entry *into)
{
    weft_json_array words;
    weft_str *word;
    if (!weft_json_array_begin(reader, &words))
        return;
    while ((word = weft_json_array_next(reader, &words, sizeof *word, _Alignof(weft_str))) != NULL)
        if (weft_json_read_str(reader, word))
            add_text(&into->words, &into->word_count, keep(word->at, word->len));
    (void)weft_json_array_end(reader, &words);
}

static bool read_entry(weft_json_reader *reader, entry *into)
{
    weft_json_array members;
    weft_entry_weft_str *member;
    *into = (entry){.folder = ".", .file = ""};
    if (!weft_json_map_begin(reader, &members))
        return false;
    while ((member = weft_json_map_next(reader, &members, sizeof *member,
                                        _Alignof(weft_entry_weft_str))) != NULL) {
        if (weft_str_equal(member->key, WEFT_STR("directory")))
            into->folder = read_text(reader);
        else if (weft_str_equal(member->key, WEFT_STR("file")))
            into->file = read_text(reader);
        else if (weft_str_equal(member->key, WEFT_STR("command")))
            split_command(read_text(reader), into);
        else if (weft_str_equal(member->key, WEFT_STR("arguments")))
            read_words(reader, into);
        else
            weft_json_skip(reader);
    }
    return weft_json_map_end(reader, &members, sizeof *member);
}

typedef struct entries {
    entry *at;
    size_t len;
} entries;

static bool read_entries(weft_json_reader *reader, void *into)
{
    entries *list = into;
    weft_json_array array;
    if (!weft_json_array_begin(reader, &array))
        return false;
    while ((list->at = weft_json_array_next(reader, &array, sizeof(entry), _Alignof(entry))) !=
           NULL)
        (void)read_entry(reader, list->at);
    list->at = (entry *)(void *)array.at;
    list->len = array.len;
    return weft_json_array_end(reader, &array);
}

/* ---- what is taken from it ------------------------------------------------------------------- */

/* Whether `word` is `flag`; *together: its value follows in the same word. */
static bool is_flag(const char *word, const char *flag, bool *together)
{
    size_t len = strlen(flag);
    *together = word[len < strlen(word) ? len : strlen(word)] != '\0';
    return strncmp(word, flag, len) == 0;
}

static void take_flags(check_unit *unit, const entry *from)
{
    const char *const taken[] = {"-isystem", "-iquote", "-include", "-imacros", "-I", "-D", "-U"};
    for (size_t i = 1; i < from->word_count; i++) {
        const char *word = from->words[i];
        if (strncmp(word, "-std=", 5) == 0)
            add_text(&unit->flags, &unit->flag_count, word);
        for (size_t j = 0; j < sizeof taken / sizeof taken[0]; j++) {
            bool together;
            if (!is_flag(word, taken[j], &together))
                continue;
            add_text(&unit->flags, &unit->flag_count, word);
            if (!together && i + 1 < from->word_count)
                add_text(&unit->flags, &unit->flag_count, from->words[++i]);
            break;
        }
    }
}

/* What a person wrote: of a file that weftgen wrote, the one that it includes. */
static const char *source_of(const char *file)
{
    char line[PATH_MAX + 32];
    size_t len = strlen(file), end;
    if (len < 7 || strcmp(file + len - 7, ".weft.c") != 0)
        return file;
    FILE *open = fopen(file, "re");
    const char *source = file;
    while (open != NULL && source == file && fgets(line, sizeof line, open) != NULL)
        if (strncmp(line, "#include \"/", 11) == 0 && line[10 + (end = strcspn(line + 10, "\""))])
            source = keep(line + 10, end);
    if (open != NULL)
        fclose(open);
    return source;
}

/* `path` itself or below it, and no other project's. */
static bool belongs(const char *file, const char *path)
{
    size_t len = strlen(path);
    const char *source = source_of(file);
    return strncmp(source, path, len) == 0 &&
           (source[len] == '\0' || source[len] == '/' || len == 1) &&
           strstr(source + len, "/subprojects/") == NULL;
}

static bool is_c(const char *file)
{
    size_t len = strlen(file);
    return len > 2 && strcmp(file + len - 2, ".c") == 0;
}

bool check_units_read(const char *build, const char *path, check_units *units)
{
    weft_str text;
    entries list = {0};
    weft_json_fault fault;
    weft_violations violations = {.arena = weft_arena_current()};
    const char *database = join(build, DATABASE);
    *units = (check_units){0};
    if (!read_file(database, &text) ||
        weft_json_decode(text, weft_arena_current(), read_entries, &list, &violations, &fault) !=
            WEFT_JSON_OK) {
        fail("%s cannot be read; the build writes it anew", database);
        return false;
    }
    for (size_t i = 0; i < list.len; i++) {
        const char *named = join(list.at[i].folder, list.at[i].file);
        char *file = realpath(named, NULL);
        if (is_c(named) && belongs(file != NULL ? file : named, path)) {
            units->at = grow(units->at, units->len, sizeof *units->at);
            check_unit *unit = &units->at[units->len++];
            *unit = (check_unit){.folder = list.at[i].folder,
                                 .file = file ? keep(file, strlen(file)) : named};
            take_flags(unit, &list.at[i]);
        }
        free(file);
    }
    return true;
}
