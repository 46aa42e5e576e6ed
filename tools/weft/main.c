/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/main.c: the command line tool: which command, which arguments.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "command.h"
#include "db/engine.h"

const tool_command commands[] = {
    {"new", "PATH", "write a new project into the folder PATH", TAKES_ENGINE, run_new},
    {"migrate up", NULL, "apply the migrations that are pending", TAKES_DATABASE | TAKES_DIR,
     run_migrate_up},
    {"migrate status", NULL, "list the migrations and what became of them",
     TAKES_DATABASE | TAKES_DIR, run_migrate_status},
    {"migrate down", "[COUNT]", "take back what was applied last", TAKES_DATABASE | TAKES_DIR,
     run_migrate_down},
    {"migrate new", "NAME", "write the next, empty migration", TAKES_DIR, run_migrate_new},
    {"migrate embed", "FILE", "write the migrations as C, for the program",
     TAKES_DIR | TAKES_DEPFILE, run_migrate_embed},
    {"db up", NULL, "start a PostgreSQL server for this folder and print its URL", 0, run_db_up},
    {"db down", NULL, "stop it", 0, run_db_down},
    {"db status", NULL, "say whether it runs, and its URL", 0, run_db_status},
    {"sql prepare", NULL, "ask PostgreSQL about every SQL(..) and write .weft/queries",
     TAKES_DATABASE | TAKES_DIR, run_sql_prepare},
    {"sql check", NULL, "say whether .weft/queries is what PostgreSQL says",
     TAKES_DATABASE | TAKES_DIR, run_sql_check},
    {"check", "[PATH]", "say whether every handle is closed once, and not used after",
     TAKES_BUILD | TAKES_FORMAT, run_check},
    {"help", NULL, "say what there is", 0, run_help},
    {"version", NULL, "say which version this is", 0, run_version},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);

int fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("weft: error: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_FAILED;
}

static int misused(const char *what, const char *word)
{
    fprintf(stderr, "weft: error: %s \"%s\"; \"weft help\" says what there is\n", what, word);
    return EXIT_USAGE;
}

weft_database *open_database(const tool_arguments *given)
{
    char why[WEFT__WHY_SIZE];
    weft_database *database = weft__database_open(given->database, NULL, why, sizeof(why));
    if (database == NULL)
        fail("%s", why);
    return database;
}

/* How many of the arguments are the command's words; 0 when they are others. */
static int match(const tool_command *command, int count, char **words)
{
    const char *rest = command->words;
    for (int i = 0; i < count; i++) {
        size_t len = strlen(words[i]);
        if (len == 0 || strncmp(rest, words[i], len) != 0)
            return 0;
        if (rest[len] == '\0')
            return i + 1;
        if (rest[len] != ' ')
            return 0;
        rest += len + 1;
    }
    return 0;
}

/* The value of "--flag value" or "--flag=value" at words[*i]; NULL when it is another argument.
 * Moves *i to the last word it took. *missing: the flag is there, its value not. */
static const char *flag_value(const char *flag, int count, char **words, int *i, bool *missing)
{
    size_t len = strlen(flag);
    if (strncmp(words[*i], flag, len) != 0)
        return NULL;
    const char *value = NULL;
    if (words[*i][len] == '=')
        value = words[*i] + len + 1;
    else if (words[*i][len] == '\0' && *i + 1 < count)
        value = words[++*i];
    else if (words[*i][len] != '\0')
        return NULL;
    *missing = value == NULL || value[0] == '\0';
    return *missing ? NULL : value;
}

/* Takes the option at words[*i]; false: it is none of the command's. */
static bool take_option(const tool_command *command, int count, char **words, int *i,
                        tool_arguments *given, bool *missing)
{
    const struct {
        unsigned bit;
        const char *flag;
        const char **value;
    } options[] = {{TAKES_DATABASE, "--database", &given->database},
                   {TAKES_DIR, "--dir", &given->folder},
                   {TAKES_BUILD, "--build", &given->build},
                   {TAKES_FORMAT, "--format", &given->format},
                   {TAKES_ENGINE, "--engine", &given->engine},
                   {TAKES_DEPFILE, "--depfile", &given->depfile}};
    for (size_t o = 0; o < sizeof options / sizeof options[0] && !*missing; o++) {
        if ((command->takes & options[o].bit) == 0)
            continue;
        const char *value = flag_value(options[o].flag, count, words, i, missing);
        if (value == NULL)
            continue;
        *options[o].value = value;
        return true;
    }
    return false;
}

/* Fills the arguments from the words behind the command; EXIT_OK, or EXIT_USAGE and said why. */
static int parse(const tool_command *command, int count, char **words, tool_arguments *given)
{
    for (int i = 0; i < count; i++) {
        const char *word = words[i];
        bool missing = false;
        if (take_option(command, count, words, &i, given, &missing))
            continue;
        if (missing)
            return misused("a value must follow", word);
        if (word[0] == '-' || command->operand == NULL || given->name != NULL)
            return misused(word[0] == '-' ? "unknown option" : "unexpected argument", word);
        given->name = word;
    }
    if (command->operand != NULL && command->operand[0] != '[' && given->name == NULL) {
        fprintf(stderr, "weft: error: usage: weft %s %s\n", command->words, command->operand);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* The words are no command: says what would be. */
static int unknown(char **words)
{
    size_t len = strlen(words[0]);
    for (size_t i = 0; i < command_count; i++) {
        if (strncmp(commands[i].words, words[0], len) != 0 || commands[i].words[len] != ' ')
            continue;
        fprintf(stderr, "weft: error: \"%s\" needs to know what to do:\n", words[0]);
        print_commands(stderr, words[0]);
        return EXIT_USAGE;
    }
    return misused("unknown command", words[0]);
}

int main(int count, char **words)
{
    tool_arguments given = {.database = getenv("DATABASE_URL"), .folder = DEFAULT_FOLDER};
    if (count < 2) {
        fputs("weft: error: which command?\n", stderr);
        print_commands(stderr, "");
        return EXIT_USAGE;
    }
    if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0)
        return run_help(&given);
    if (strcmp(words[1], "--version") == 0)
        return run_version(&given);
    for (size_t i = 0; i < command_count; i++) {
        int taken = match(&commands[i], count - 1, words + 1);
        if (taken == 0)
            continue;
        int result = parse(&commands[i], count - 1 - taken, words + 1 + taken, &given);
        return result == EXIT_OK ? commands[i].run(&given) : result;
    }
    return unknown(words + 1);
}
